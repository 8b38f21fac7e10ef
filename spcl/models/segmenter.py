"""A backbone with a linear classifier, which returns features and logits at stride 8."""

from contextlib import nullcontext
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from spcl.method.precision import at_least_single
from spcl.models.backbones import Backbone, build_backbone


class Output(NamedTuple):
    """The model's output at stride 8.

    Attributes:
        features: what the prototypes are compared with, (B, C, h, w), non-negative.
        logits: class scores before the softmax, (B, K, h, w).
    """

    features: Tensor
    logits: Tensor


Precision = Literal["single", "bfloat16"]
"""Precision of the convolutions; weights, features and losses are single in both."""


class Segmenter(nn.Module):
    """A semantic segmentation model: `backbone`, then a 1x1 classifier."""

    def __init__(
        self, backbone: Backbone, num_classes: int, *, precision: Precision = "single"
    ) -> None:
        super().__init__()
        self.backbone = backbone
        self.precision = precision
        self.classifier = nn.Conv2d(backbone.num_channels, num_classes, kernel_size=1)

    @property
    def num_channels(self) -> int:
        """Return the number of feature channels C."""
        return self.backbone.num_channels

    def forward(self, images: Tensor) -> Output:
        """Compute features and logits.

        Args:
            images: RGB, (B, 3, H, W), float in [0, 1], any size and memory format.
        """
        place = images.device.type
        is_mixed = self.precision == "bfloat16"
        with torch.autocast(place, dtype=torch.bfloat16) if is_mixed else nullcontext():
            features = at_least_single(self.backbone(images))
            return Output(features, at_least_single(self.classifier(features)))

    def parameter_groups(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """Return the parameters of the trunk, which may be pretrained, and all the others."""
        body = list(self.backbone.trunk.parameters())
        body_ids = {id(parameter) for parameter in body}
        return body, [p for p in self.parameters() if id(p) not in body_ids]


def build_segmenter(
    backbone: str, num_classes: int, *, weights: str = "default", precision: Precision = "single"
) -> Segmenter:
    """Build a segmenter on a named backbone.

    Args:
        backbone: a key of `BACKBONES` (UserError for any other).
        num_classes: K.
        weights: "default" (pretrained where the backbone has such weights), "none", or a path.
        precision: precision of the convolutions.
    """
    return Segmenter(build_backbone(backbone, weights=weights), num_classes, precision=precision)
