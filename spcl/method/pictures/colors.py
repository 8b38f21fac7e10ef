"""Strong changes of colour: some of a set, at random, that leave every edge where it is.

After Cubuk et al. 2020, RandAugment (arXiv 1909.13719), without what moves pixels: labels stay.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from spcl.method.ranks.sums import num_ranks, own_rows

NUM_CHANGES = 2
"""Changes that each image goes through."""
_LUMA = (0.299, 0.587, 0.114)


def strong_colors(images: Tensor, generator: torch.Generator) -> Tensor:
    """Return each image after two changes drawn from `CHANGES`, each of random strength.

    Args:
        images: (B, 3, H, W) in [0, 1].
        generator: source of randomness, on the CPU.

    Example:
        >>> strong_colors(torch.rand(2, 3, 4, 4), torch.Generator()).shape
        torch.Size([2, 3, 4, 4])
    """
    shape = (2, len(images) * num_ranks(), NUM_CHANGES)  # as one process draws for all images
    kinds, strengths = own_rows(torch.rand(shape, generator=generator), dim=1).tolist()
    changes = tuple(CHANGES.values())
    changed = []
    for image, own_kinds, own_strengths in zip(images, kinds, strengths, strict=True):
        for kind, strength in zip(own_kinds, own_strengths, strict=True):
            image = changes[int(kind * len(changes))](image, strength)
        changed.append(image)
    return torch.stack(changed).contiguous(memory_format=torch.channels_last)


def posterized(image: Tensor, strength: float) -> Tensor:
    """Return an image (3, H, W) in [0, 1] with 6 to 3 bits a channel, fewer with the strength.

    Example:
        >>> posterized(torch.tensor([0.2, 0.4, 0.6]).view(3, 1, 1), 1.0).flatten() * 255
        tensor([ 32.,  96., 128.])
    """
    step = 1 << (2 + int(4 * min(strength, 0.999)))
    return (_levels(image) // step * step).to(image.dtype) / 255


def solarized(image: Tensor, strength: float) -> Tensor:
    """Return an image (3, H, W) in [0, 1] with its brightest part inverted, down to a half.

    Example:
        >>> solarized(torch.tensor([0.2, 0.4, 0.6]).view(3, 1, 1), 1.0).flatten()
        tensor([0.2000, 0.4000, 0.4000])
    """
    return torch.where(image > 1 - 0.5 * strength, 1 - image, image)


def equalized(image: Tensor, strength: float) -> Tensor:
    """Return an image (3, H, W) in [0, 1] blended with one in which all levels are as frequent.

    Example:
        >>> half_and_half = torch.tensor([0.4, 0.6]).repeat_interleave(512).expand(3, 1, 1024)
        >>> equalized(half_and_half, 1.0)[0, 0, [0, -1]]
        tensor([0., 1.])
    """
    levels = _levels(image).flatten(1)
    counts = torch.zeros(3, 256, dtype=torch.int64, device=image.device)
    counts.scatter_add_(1, levels, torch.ones_like(levels))
    last = counts.gather(1, levels.max(1, keepdim=True).values)
    step = (levels.shape[1] - last) // 255
    below = counts.cumsum(1) - counts
    table = ((below + step // 2) // step.clamp(min=1)).clamp(0, 255)
    table = torch.where(step > 0, table, torch.arange(256, device=image.device))
    flat = table.gather(1, levels).view_as(image).to(image.dtype) / 255
    return image + strength * (flat - image)


def stretched(image: Tensor, strength: float) -> Tensor:
    """Return an image (3, H, W) in [0, 1] blended with one whose channels fill the whole range.

    Example:
        >>> stretched(torch.tensor([0.4, 0.5, 0.6]).expand(3, 1, 3), 1.0)[0, 0]
        tensor([0.0000, 0.5000, 1.0000])
    """
    low, high = image.amin((1, 2), keepdim=True), image.amax((1, 2), keepdim=True)
    full = torch.where(high > low, (image - low) / (high - low).clamp(min=1e-6), image)
    return image + strength * (full - image)


def sharpened(image: Tensor, strength: float) -> Tensor:
    """Return an image (3, H, W) in [0, 1] from smoothed (strength 0) to sharpened (1).

    Example:
        >>> sharpened(torch.tensor([0.4, 0.4, 0.6]).expand(3, 1, 3), 1.0)[0, 0]
        tensor([0.4000, 0.3538, 0.6462])
    """
    kernel = torch.ones(3, 3, dtype=image.dtype, device=image.device)
    kernel[1, 1] = 5
    padded = F.pad(image[None], (1, 1, 1, 1), mode="replicate")
    smooth = F.conv2d(padded, (kernel / 13).expand(3, 1, 3, 3), groups=3)[0]
    return (smooth + 2 * strength * (image - smooth)).clamp(0, 1)


def grayed(image: Tensor, strength: float) -> Tensor:
    """Return an image (3, H, W) in [0, 1] without a share of its colour, none left at 1.

    Example:
        >>> grayed(torch.tensor([0.2, 0.4, 0.6]).view(3, 1, 1), 1.0).flatten()
        tensor([0.3630, 0.3630, 0.3630])
    """
    gray = (image * image.new_tensor(_LUMA).view(3, 1, 1)).sum(0, keepdim=True)
    return image + strength * (gray - image)


def shuffled(image: Tensor, strength: float) -> Tensor:
    """Return an image (3, H, W) blended with one whose channels have changed their places.

    Example:
        >>> shuffled(torch.tensor([0.2, 0.4, 0.6]).view(3, 1, 1), 1.0).flatten()
        tensor([0.4000, 0.3000, 0.5000])
    """
    return image + 0.5 * strength * (image.roll(1, 0) - image)


def unchanged(image: Tensor, strength: float) -> Tensor:
    """Return the image.

    Example:
        >>> unchanged(torch.tensor([0.2]).view(1, 1, 1), 1.0).flatten()
        tensor([0.2000])
    """
    return image


def _levels(image: Tensor) -> Tensor:
    """Return the levels of the pixels, int64 in [0, 255]."""
    return (image * 255).round().long().clamp(0, 255)


CHANGES: dict[str, Callable[[Tensor, float], Tensor]] = {
    "posterize": posterized,
    "solarize": solarized,
    "equalize": equalized,
    "autocontrast": stretched,
    "sharpness": sharpened,
    "grayscale": grayed,
    "channels": shuffled,
    "identity": unchanged,
}
"""Each takes an image (3, H, W) in [0, 1] and a strength in [0, 1]."""
