"""Class scores of an image larger than the model sees at once, from windows that overlap."""

from collections.abc import Callable

import torch
from torch import Tensor

from spcl.method.grid.resize import upsample

Logits = Callable[[Tensor], Tensor]
"""Images (B, 3, H, W) -> class scores (B, K, h, w)."""


def window_starts(length: int, window: int, stride: int) -> list[int]:
    """Return where windows begin along a side: every `stride`, the last one flush with the end.

    Example:
        >>> window_starts(10, 4, 3), window_starts(11, 4, 3), window_starts(3, 4, 3)
        ([0, 3, 6], [0, 3, 6, 7], [0])
    """
    last = max(0, length - window)
    return [*range(0, last, stride), last]


def sliding_logits(
    logits_of: Logits, images: Tensor, *, window: tuple[int, int], stride: tuple[int, int]
) -> Tensor:
    """Return class scores at full size (B, K, H, W), the mean over all windows that see a pixel.

    Args:
        logits_of: the model.
        images: (B, 3, H, W).
        window: height and width of what the model sees; more than the image is the image.
        stride: rows and columns from one window to the next, at most the window.

    Example:
        >>> image = torch.tensor([1.0, 2.0, 3.0]).expand(1, 3, 1, 3)
        >>> mean = lambda windows: windows.mean((1, 2, 3), keepdim=True)  # one score a window
        >>> sliding_logits(mean, image, window=(1, 2), stride=(1, 1))
        tensor([[[[1.5000, 2.0000, 2.5000]]]])
    """
    height, width = int(images.shape[2]), int(images.shape[3])
    tall, wide = min(window[0], height), min(window[1], width)
    total: Tensor | None = None
    seen = torch.zeros((1, 1, height, width))
    for top in window_starts(height, tall, stride[0]):
        for left in window_starts(width, wide, stride[1]):
            place = (..., slice(top, top + tall), slice(left, left + wide))
            logits = upsample(logits_of(images[place]), (tall, wide))
            if total is None:
                total = logits.new_zeros((*logits.shape[:2], height, width))
                seen = seen.to(logits.device)  # where the model is, wherever the images are
            total[place] += logits
            seen[place] += 1
    assert total is not None, "every image has a window"
    return total / seen


def mirrored(logits_of: Logits) -> Logits:
    """Return the model as it sees mirrored images, its scores mirrored back.

    Example:
        >>> rising = lambda images: images.cumsum(3)
        >>> mirrored(rising)(torch.ones(1, 1, 1, 3))
        tensor([[[[3., 2., 1.]]]])
    """
    return lambda images: logits_of(images.flip(3)).flip(3)
