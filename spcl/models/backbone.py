"""The common form of a backbone: a trunk, and a neck that fuses its levels at one stride."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spcl.models.weight_files import read_state

IMAGENET_MEAN = (0.485, 0.456, 0.406)
"""Red, green and blue of ImageNet in [0, 1]; nearly all published weights expect it subtracted."""
IMAGENET_STD = (0.229, 0.224, 0.225)
"""Their standard deviations."""


class Backbone(nn.Module):
    """Images (B, 3, H, W) in [0, 1] -> non-negative features (B, C, ceil(H/s), ceil(W/s)).

    A subclass sets `trunk`, `neck`, `num_channels` and `stride`, and passes the pixel mean and
    standard deviation to `__init__`.

    Attributes:
        trunk: the network proper, which may be pretrained; images -> levels.
        neck: makes the features of the levels; always trained from scratch.
        num_channels: C.
        stride: s, pixels from one cell of the features to the next.
        norm_stride: stride of the coarsest batch norm; None where there is none.
    """

    trunk: nn.Module
    neck: nn.Module
    num_channels: int
    stride: int = 8
    norm_stride: int | None = 32
    mean: Tensor
    std: Tensor

    def __init__(self, *, mean: float | Sequence[float], std: float | Sequence[float]) -> None:
        """Normalise pixels in [0, 1] by subtracting `mean` and dividing by `std`."""
        super().__init__()
        self.register_buffer("mean", _per_channel(mean), persistent=False)
        self.register_buffer("std", _per_channel(std), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """Compute the features of `images`, (B, 3, H, W) in [0, 1]."""
        levels = self.trunk((images - self.mean) / self.std)
        features: Tensor = self.neck(levels)
        return features

    def make_classifier(self, num_classes: int) -> nn.Module:
        """Return a layer from features (B, C, h, w) to logits (B, K, h, w)."""
        return nn.Conv2d(self.num_channels, num_classes, kernel_size=1)

    def default_weights(self) -> Path | str | None:
        """Return the pretrained weights: a file, a name on the hub, or None if there are none."""
        return None

    def load_weights(self, state: Mapping[str, Tensor]) -> None:
        """Load weights (RuntimeError if they do not fit)."""
        self.load_state_dict(state)

    def load_folder(self, folder: Path) -> None:
        """Load weights from a folder of the hub (RuntimeError if they do not fit)."""
        self.load_weights(read_state(folder / "model.safetensors"))


def _per_channel(value: float | Sequence[float]) -> Tensor:
    return torch.tensor(value) if isinstance(value, float) else torch.tensor(value).view(-1, 1, 1)


class Neck(nn.Module):
    """Project each level by 1x1, sum all at one stride, then 3x3 depthwise, 1x1, norm and ReLU."""

    def __init__(
        self,
        channels: Sequence[int],
        num_channels: int,
        *,
        at: int,
        norm: Callable[[int], nn.Module] = nn.BatchNorm2d,
    ) -> None:
        """Build for levels with these channels; the features have the size of the level `at`."""
        super().__init__()
        self.at = at
        self.reduce = nn.ModuleList(nn.Conv2d(c, num_channels, kernel_size=1) for c in channels)
        self.fuse = nn.Sequential(
            nn.Conv2d(num_channels, num_channels, 3, padding=1, groups=num_channels, bias=False),
            nn.Conv2d(num_channels, num_channels, kernel_size=1, bias=False),
            norm(num_channels),
            nn.ReLU(),
        )

    def forward(self, levels: Sequence[Tensor]) -> Tensor:
        """Fuse `levels`, each (B, C_i, h_i, w_i), into features (B, C, h, w)."""
        size = levels[self.at].shape[2:]
        reduced = [
            _resized(layer(level), size) for layer, level in zip(self.reduce, levels, strict=True)
        ]
        fused: Tensor = self.fuse(torch.stack(reduced).sum(0))
        return fused


def _resized(level: Tensor, size: torch.Size) -> Tensor:
    if level.shape[2:] == size:
        return level
    if level.shape[2] > size[0]:
        return F.adaptive_avg_pool2d(level, (size[0], size[1]))
    return F.interpolate(level, size=size, mode="bilinear", align_corners=False)
