"""Pad images to what a network can divide, and cut its features to the image again."""

import math
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional as F


def padded(images: Tensor, divisor: int) -> Tensor:
    """Return images (B, 3, H, W) with zeros after the end, both sides multiples of `divisor`."""
    height, width = images.shape[2:]
    return F.pad(images, (0, -width % divisor, 0, -height % divisor))


def cut(features: Tensor, size: tuple[int, int], *, padded_size: torch.Size, stride: int) -> Tensor:
    """Return features of a padded image (B, C, h, w) as features of the image alone.

    Args:
        features: at `stride`, over the padded image.
        size: height H and width W of the image.
        padded_size: height and width after padding.
        stride: pixels from one cell to the next.

    Returns:
        (B, C, ceil(H / stride), ceil(W / stride)); cells divide the image evenly, as those of
        labels do, and are read bilinearly.

    Example:
        >>> line = torch.arange(4.0).view(1, 1, 1, 4)
        >>> cut(line, (4, 12), padded_size=torch.Size((4, 16)), stride=4)
        tensor([[[[0., 1., 2.]]]])
        >>> cut(line, (4, 14), padded_size=torch.Size((4, 16)), stride=4)
        tensor([[[[0.0000, 0.8125, 1.6875, 2.5625]]]])
    """
    if size == tuple(padded_size):
        return features
    for axis in (0, 1):
        num_in = int(features.shape[2 + axis])
        num_out = math.ceil(size[axis] / stride)
        weights = _weights(num_in, num_out, num_in * size[axis] / padded_size[axis])
        weights = weights.to(features)
        features = weights @ features if axis == 0 else features @ weights.T
    return features


@lru_cache(maxsize=64)
def _weights(num_in: int, num_out: int, length: float) -> Tensor:
    """Return the weight of each of `num_in` cells in each of `num_out` over the first `length`."""
    # What is cached must be usable everywhere: no inference tensor, and not of a device of shapes.
    with torch.inference_mode(False), torch.device("cpu"):
        centers = (torch.arange(num_out, dtype=torch.float64) + 0.5) * length / num_out - 0.5
        centers = centers.clamp(0, num_in - 1)
        distance = (centers[:, None] - torch.arange(num_in, dtype=torch.float64)).abs()
        return (1 - distance).clamp(min=0)
