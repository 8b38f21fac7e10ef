"""Give a picture the look of another: its low frequencies (FDA), or its colours.

Neither learns anything, and neither needs labels: the cheapest ways to meet another domain.
"""

from collections.abc import Callable

import torch
from torch import Tensor

_TO_XYZ = (
    (0.412453, 0.357580, 0.180423),
    (0.212671, 0.715160, 0.072169),
    (0.019334, 0.119193, 0.950227),
)
_WHITE = (0.95047, 1.0, 1.08883)
"""CIE XYZ of linear sRGB, and of its white, D65 (IEC 61966-2-1)."""
_EPSILON = 216 / 24389
_KAPPA = 24389 / 27
"""Where CIE Lab goes from a cube root to a line, and the slope of that line."""


def with_style_of(others: Tensor, images: Tensor, *, how: str, share: float) -> Tensor:
    """Return each image in the style of another, wrapping around if there are fewer of those.

    Args:
        others: (A, 3, H, W) in [0, 1].
        images: (B, 3, H, W) in [0, 1].
        how: `fourier` or `color`.
        share: of the picture's shorter side, for `fourier`.

    Example:
        >>> one, two = torch.full((1, 3, 1, 2), 0.7), torch.rand(2, 3, 1, 2)
        >>> with_style_of(one, two, how="color", share=0.0).mean((2, 3)).round(decimals=2)
        tensor([[0.7000, 0.7000, 0.7000],
                [0.7000, 0.7000, 0.7000]])
    """
    partner = torch.arange(len(images), device=images.device) % len(others)
    return STYLES[how](images, others[partner], share)


def low_frequencies_of(images: Tensor, others: Tensor, share: float) -> Tensor:
    """Return images with the amplitudes of others at low frequencies and their own phases.

    Yang and Soatto 2020, FDA (arXiv 2004.05498), eq. 3. Frequencies of up to `share` of the shorter
    side, rounded down, are taken in each direction; with 0 that is the mean alone.

    Args:
        images: (B, 3, H, W) in [0, 1].
        others: (B, 3, H, W).
        share: in [0, 0.5].

    Example:
        >>> dark, bright = torch.tensor([0.1, 0.3]), torch.tensor([0.4, 0.8])
        >>> low_frequencies_of(dark.view(1, 1, 1, 2), bright.view(1, 1, 1, 2), 0.0)
        tensor([[[[0.5000, 0.7000]]]])
    """
    height, width = int(images.shape[2]), int(images.shape[3])
    reach = int(min(height, width) * share)
    own, other = (torch.fft.fft2(one.float()) for one in (images, others))
    low = _is_low(height, reach, images.device)[:, None] & _is_low(width, reach, images.device)
    amplitude = torch.where(low, other.abs(), own.abs())
    mixed: Tensor = torch.fft.ifft2(torch.polar(amplitude, own.angle())).real.clamp(0, 1)
    return mixed.to(images.dtype)


def _is_low(length: int, reach: int, device: torch.device) -> Tensor:
    """Return which of the frequencies in the order of the transform are within reach, (length,)."""
    position = torch.arange(length, device=device)
    return torch.minimum(position, length - position) <= reach


def colors_of(images: Tensor, others: Tensor) -> Tensor:
    """Return images whose channels in CIE Lab have the mean and deviation of others'.

    Reinhard et al., Color transfer between images, IEEE CG&A 21 (2001), eqs. 10 and 11; they use
    another opponent space, Lab is what is common today. Clipped to [0, 1].

    Args:
        images: (B, 3, H, W) in [0, 1].
        others: (B, 3, H, W) in [0, 1].

    Example:
        >>> dark, bright = torch.tensor([0.2, 0.4]), torch.tensor([0.6, 0.8])
        >>> colors_of(dark.expand(1, 3, 1, 2), bright.expand(1, 3, 1, 2))[0, 0]
        tensor([[0.6000, 0.8000]])
    """
    own, other = lab_of(images), lab_of(others)
    mean, wanted = (one.mean((2, 3), keepdim=True) for one in (own, other))
    spread, spread_wanted = (one.std((2, 3), keepdim=True) for one in (own, other))
    moved = (own - mean) * (spread_wanted / spread.clamp(min=1e-4)) + wanted
    return rgb_of(moved).clamp(0, 1).to(images.dtype)


def lab_of(images: Tensor) -> Tensor:
    """Return sRGB (B, 3, H, W) in [0, 1] as CIE Lab: L in [0, 100], a and b in about [-110, 110].

    Example:
        >>> lab_of(torch.tensor([1.0, 0.0, 0.0]).view(1, 3, 1, 1)).flatten().round()
        tensor([53., 80., 67.])
    """
    rgb = images.float()
    linear = torch.where(rgb > 0.04045, ((rgb.clamp(min=0) + 0.055) / 1.055) ** 2.4, rgb / 12.92)
    xyz = torch.einsum("ij,bjhw->bihw", linear.new_tensor(_TO_XYZ), linear)
    ratio = xyz / linear.new_tensor(_WHITE).view(1, 3, 1, 1)
    root = ratio.clamp(min=_EPSILON) ** (1 / 3)
    x, y, z = torch.where(ratio > _EPSILON, root, (_KAPPA * ratio + 16) / 116).unbind(1)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], 1)


def rgb_of(lab: Tensor) -> Tensor:
    """Return CIE Lab (B, 3, H, W) as sRGB, beyond [0, 1] for colours that a screen cannot show.

    Example:
        >>> rgb_of(lab_of(torch.tensor([0.2, 0.4, 0.6]).view(1, 3, 1, 1))).flatten()
        tensor([0.2000, 0.4000, 0.6000])
    """
    y = (lab[:, 0] + 16) / 116
    roots = torch.stack([y + lab[:, 1] / 500, y, y - lab[:, 2] / 200], 1)
    ratio = torch.where(roots**3 > _EPSILON, roots**3, (116 * roots - 16) / _KAPPA)
    xyz = ratio * lab.new_tensor(_WHITE).view(1, 3, 1, 1)
    linear = torch.einsum("ij,bjhw->bihw", lab.new_tensor(_TO_XYZ).inverse(), xyz)
    curved = 1.055 * linear.clamp(min=0.0031308) ** (1 / 2.4) - 0.055
    return torch.where(linear > 0.0031308, curved, 12.92 * linear)


STYLES: dict[str, Callable[[Tensor, Tensor, float], Tensor]] = {
    "fourier": low_frequencies_of,
    "color": lambda images, others, _: colors_of(images, others),
}
"""By the value of `adapt.style`."""
