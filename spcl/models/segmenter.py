"""A backbone with a classifier, which returns features and logits at the backbone's stride."""

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn

from spcl.method.micro_batches import in_micro_batches
from spcl.method.precision import at_least_single
from spcl.models.backbones import Backbone, build_backbone


class Output(NamedTuple):
    """The model's output at the stride of its backbone.

    Attributes:
        features: what the prototypes are compared with, (B, C, h, w), non-negative.
        logits: class scores before the softmax, (B, K, h, w).
        shared: what classifier and projection both start from; `features` without a projection.
    """

    features: Tensor
    logits: Tensor
    shared: Tensor


Precision = Literal["single", "bfloat16"]
"""Precision of the convolutions; weights, features and losses are single in both."""


class Segmenter(nn.Module):
    """A semantic segmentation model: `backbone`, its classifier, and a projection if wanted.

    Attributes:
        micro_batches: parts of a batch that the backbone sees one at a time where gradients are
            wanted; classifier and projection see the whole.
    """

    micro_batches: int = 1

    def __init__(
        self,
        backbone: Backbone,
        num_classes: int,
        *,
        precision: Precision = "single",
        projection: int = 0,
    ) -> None:
        """Build the model; `projection` is the number of channels of that head, 0 for none."""
        super().__init__()
        self.backbone = backbone
        self.precision = precision
        self.classifier = backbone.make_classifier(num_classes)
        self.projection: nn.Module | None = None
        if projection:
            self.projection = projection_head(backbone.num_channels, projection)
        self.num_channels = projection or backbone.num_channels

    def forward(self, images: Tensor) -> Output:
        """Compute features and logits.

        Args:
            images: RGB, (B, 3, H, W), float in [0, 1], any size and memory format.
        """
        place = images.device.type
        is_mixed = self.precision == "bfloat16"
        with torch.autocast(place, dtype=torch.bfloat16) if is_mixed else nullcontext():
            shared = at_least_single(self._shared(images))
            logits = at_least_single(self.classifier(shared))
            if self.projection is None:
                return Output(shared, logits, shared)
            return Output(at_least_single(self.projection(shared)), logits, shared)

    def _shared(self, images: Tensor) -> Tensor:
        if self.micro_batches > 1 and torch.is_grad_enabled():
            return in_micro_batches(self.backbone, images, count=self.micro_batches)
        shared: Tensor = self.backbone(images)
        return shared

    def parameter_groups(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """Return the parameters of the trunk, which may be pretrained, and all the others."""
        body = list(self.backbone.trunk.parameters())
        body_ids = {id(parameter) for parameter in body}
        return body, [p for p in self.parameters() if id(p) not in body_ids]


def projection_head(num_in: int, num_out: int) -> nn.Sequential:
    """Build two 1x1 convolutions, each with ReLU, whose output the prototypes are compared with."""
    return nn.Sequential(
        nn.Conv2d(num_in, num_in, kernel_size=1),
        nn.ReLU(),
        nn.Conv2d(num_in, num_out, kernel_size=1),
        nn.ReLU(),
    )


def build_segmenter(
    backbone: str,
    num_classes: int,
    *,
    weights: str = "default",
    precision: Precision = "single",
    architecture: Mapping[str, Any] | None = None,
    projection: int = 0,
) -> Segmenter:
    """Build a segmenter on a named backbone.

    Args:
        backbone: one of `BACKBONES`, or `hf:NAME` (UserError for any other).
        num_classes: K.
        weights: "default" (pretrained where the backbone has such weights), "none", a path, or
            `hub:NAME`.
        precision: precision of the convolutions.
        architecture: sizes of the backbone that differ from those of its name.
        projection: channels of the projection head, 0 for none.
    """
    built = build_backbone(backbone, weights=weights, architecture=architecture)
    return Segmenter(built, num_classes, precision=precision, projection=projection)
