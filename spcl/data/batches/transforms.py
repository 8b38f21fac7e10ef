"""Random crops of labelled images, colour jitter and blur; the caller supplies all randomness."""

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from spcl.label_space import IGNORE_INDEX
from spcl.method.ranks.sums import num_ranks, own_rows

_LUMA = (0.299, 0.587, 0.114)


def random_view(
    image: NDArray[np.uint8],
    label: NDArray[np.uint8] | None,
    *,
    size: tuple[int, int],
    scale: tuple[float, float],
    draws: NDArray[np.float64],
) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    """Crop an image and its label alike, resize them to `size` and mirror them half of the time.

    An image that becomes smaller than `size` is placed at random on its mean colour, with the
    surrounding pixels ignored.

    Args:
        image: RGB, (H, W, 3).
        label: class ids, (H, W), or None.
        size: height and width of the result.
        scale: smallest and largest magnification; at 1 the whole image fills `size`.
        draws: four random numbers in [0, 1): magnification, place down and across, mirroring.
    """
    height, width = image.shape[:2]
    magnify, down, across, mirror = (float(draw) for draw in draws)
    magnified = scale[0] + magnify * (scale[1] - scale[0])
    share = min(1.0, 1 / magnified)
    top, left = down * height * (1 - share), across * width * (1 - share)
    box = (left, top, left + width * share, top + height * share)
    inner = size if magnified >= 1 else _shrunk(size, magnified)
    view = _resized(image, inner, box, Image.Resampling.BILINEAR)
    label_view = None
    if label is not None:
        label_box = _scaled(box, label.shape[1] / width, label.shape[0] / height)
        label_view = _resized(label, inner, label_box, Image.Resampling.NEAREST)
    if inner != size:
        place = int(down * (size[0] - inner[0] + 1)), int(across * (size[1] - inner[1] + 1))
        view = _placed(view, size, place, fill=view.mean((0, 1)).astype(np.uint8))
        if label_view is not None:
            label_view = _placed(label_view, size, place, fill=np.uint8(IGNORE_INDEX))
    if mirror < 0.5:
        view = view[:, ::-1]
        label_view = None if label_view is None else label_view[:, ::-1]
    return view, label_view


def _shrunk(size: tuple[int, int], factor: float) -> tuple[int, int]:
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _placed(
    view: NDArray[np.uint8],
    size: tuple[int, int],
    place: tuple[int, int],
    *,
    fill: NDArray[np.uint8] | np.uint8,
) -> NDArray[np.uint8]:
    """Return a canvas of `size` filled with `fill`, with `view` at `place` (top, left)."""
    canvas = np.empty((*size, *view.shape[2:]), np.uint8)
    canvas[:] = fill
    canvas[place[0] : place[0] + view.shape[0], place[1] : place[1] + view.shape[1]] = view
    return canvas


def whole_view(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the whole image (H, W, 3) resized to `size` bilinearly."""
    if image.shape[:2] == size:
        return image
    return _resized(image, size, None, Image.Resampling.BILINEAR)


def whole_label(label: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the whole label (H, W) resized to `size` by nearest neighbour."""
    if label.shape == size:
        return label
    return _resized(label, size, None, Image.Resampling.NEAREST)


def _resized(
    array: NDArray[np.uint8],
    size: tuple[int, int],
    box: tuple[float, float, float, float] | None,
    how: Image.Resampling,
) -> NDArray[np.uint8]:
    picture = Image.fromarray(array)
    return np.asarray(picture.resize((size[1], size[0]), how, box=box, reducing_gap=None))


def _scaled(
    box: tuple[float, float, float, float], across: float, down: float
) -> tuple[float, float, float, float]:
    return box[0] * across, box[1] * down, box[2] * across, box[3] * down


def to_tensor(images: list[NDArray[np.uint8]]) -> Tensor:
    """Stack RGB images (H, W, 3) into a channels-last batch (B, 3, H, W) in [0, 1]."""
    stacked = torch.from_numpy(np.stack(images))
    return (
        stacked.permute(0, 3, 1, 2).float().div_(255).contiguous(memory_format=torch.channels_last)
    )


def color_jitter(images: Tensor, strength: float, generator: torch.Generator) -> Tensor:
    """Change brightness, contrast and saturation of each image by up to `strength`.

    Args:
        images: (B, 3, H, W) in [0, 1].
        strength: factors are drawn from [1 - strength, 1 + strength].
        generator: source of randomness, on the CPU.
    """
    if strength == 0:
        return images
    shape = (3, len(images) * num_ranks(), 1, 1, 1)  # as one process draws for all images
    draws = own_rows(torch.rand(shape, generator=generator), dim=1)
    factors = 1 + strength * (2 * draws - 1)
    brightness, contrast, saturation = factors.to(images.device, non_blocking=True)
    luma = torch.tensor(_LUMA).view(1, 3, 1, 1).to(images.device, non_blocking=True)
    bright = images * brightness
    mean = (bright * luma).sum(1, keepdim=True).mean((2, 3), keepdim=True)
    contrasted = mean + contrast * (bright - mean)
    gray = (contrasted * luma).sum(1, keepdim=True)
    jittered: Tensor = (gray + saturation * (contrasted - gray)).clamp(0, 1)
    return jittered


def random_blur(images: Tensor, chance: float, generator: torch.Generator) -> Tensor:
    """Blur each image with probability `chance` by a Gaussian of 0.3 to 1.3 pixels.

    Args:
        images: (B, 3, H, W).
        chance: probability in [0, 1].
        generator: source of randomness, on the CPU.
    """
    draws = own_rows(torch.rand(2, len(images) * num_ranks(), generator=generator), dim=1)
    chosen = torch.nonzero(draws[0] < chance).flatten().tolist()
    if not chosen:
        return images
    blurred = images.clone()
    for index in chosen:
        blurred[index] = _gaussian(images[index : index + 1], 0.3 + float(draws[1, index]))[0]
    return blurred


def _gaussian(image: Tensor, sigma: float) -> Tensor:
    offsets = torch.arange(-3, 4, dtype=image.dtype, device=image.device)
    kernel = torch.exp(-0.5 * (offsets / sigma) ** 2)
    kernel = (kernel / kernel.sum()).expand(3, 1, 1, 7)
    padded = F.pad(image, (3, 3, 3, 3), mode="reflect")
    across = F.conv2d(padded, kernel, groups=3)
    return F.conv2d(across, kernel.transpose(2, 3), groups=3)
