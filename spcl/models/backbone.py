"""The common form of a backbone: a trunk, and a neck that fuses its levels at stride 8."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

DEEPEST_STRIDE = 32
"""Of the coarsest level of every backbone; the features are fused at stride 8."""


class Backbone(nn.Module):
    """Images (B, 3, H, W) in [0, 1] -> non-negative features (B, C, ceil(H/8), ceil(W/8)).

    A subclass sets `trunk`, `neck` and `num_channels`, and passes the pixel mean and standard
    deviation to `__init__`.

    Attributes:
        trunk: the network proper, which may be pretrained; images -> list of levels.
        neck: fuses the levels; always trained from scratch.
        num_channels: C.
    """

    trunk: nn.Module
    neck: nn.Module
    num_channels: int
    mean: Tensor
    std: Tensor

    def __init__(self, *, mean: float, std: float) -> None:
        """Normalise pixels in [0, 1] by subtracting `mean` and dividing by `std`."""
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean), persistent=False)
        self.register_buffer("std", torch.tensor(std), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """Compute the features of `images`, (B, 3, H, W) in [0, 1]."""
        levels = self.trunk((images - self.mean) / self.std)
        features: Tensor = self.neck(levels)
        return features

    def default_weights(self) -> Path | None:
        """Return the path of the pretrained weights, or None if the backbone has none."""
        return None

    def load_weights(self, state: Mapping[str, Tensor]) -> None:
        """Load weights (RuntimeError if they do not fit)."""
        self.load_state_dict(state)


class Neck(nn.Module):
    """Project each level by 1x1, sum all at stride 8, then 3x3 depthwise, 1x1, norm and ReLU."""

    def __init__(self, channels: Sequence[int], num_channels: int, *, at: int) -> None:
        """Build for levels with these channels; the level at index `at` has stride 8."""
        super().__init__()
        self.at = at
        self.reduce = nn.ModuleList(nn.Conv2d(c, num_channels, kernel_size=1) for c in channels)
        self.fuse = nn.Sequential(
            nn.Conv2d(num_channels, num_channels, 3, padding=1, groups=num_channels, bias=False),
            nn.Conv2d(num_channels, num_channels, kernel_size=1, bias=False),
            nn.BatchNorm2d(num_channels),
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
