"""A backbone with a linear classifier; features and logits come out together at stride 8."""

from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from spcl.method.precision import at_least_single
from spcl.models.backbones import Backbone, build_backbone


class Output(NamedTuple):
    """What the model says at stride 8.

    Attributes:
        features: what prototypes are compared with, (B, C, h, w), at least 0.
        logits: class scores before the softmax, (B, K, h, w).
    """

    features: Tensor
    logits: Tensor


Precision = Literal["single", "bfloat16"]
"""What convolutions multiply in; weights, features and losses are single in both."""


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
        is_rough = self.precision == "bfloat16"
        with torch.autocast(images.device.type, dtype=torch.bfloat16, enabled=is_rough):
            features = at_least_single(self.backbone(images))
            return Output(features, at_least_single(self.classifier(features)))

    def parameter_groups(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """Return the parameters of the body, which may be pretrained, and of all that is new."""
        body = list(self.backbone.trunk.parameters())
        known = {id(parameter) for parameter in body}
        return body, [p for p in self.parameters() if id(p) not in known]


def build_segmenter(
    backbone: str, num_classes: int, *, weights: str = "default", precision: Precision = "single"
) -> Segmenter:
    """Build a segmenter on the backbone of that name.

    Args:
        backbone: a name in `BACKBONES` (UserError for another).
        num_classes: K.
        weights: "default" (pretrained where the backbone has such weights), "none", or a path.
        precision: what convolutions multiply in.
    """
    return Segmenter(build_backbone(backbone, weights=weights), num_classes, precision=precision)
