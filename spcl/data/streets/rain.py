"""Rain between the street and the lens: streaks in the air, and drops on the glass."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from spcl.data.streets.texture import Floats

_STREAKS_PER_PIXEL = 0.008
_DROPS_PER_PIXEL = 6e-4


class _Drop(NamedTuple):
    """A drop on the lens: its middle and radius in pixels, and how much wider it sees."""

    row: float
    column: float
    radius: float
    view: float


def with_rain(picture: Floats, amount: float, random: np.random.Generator) -> Floats:
    """Return a picture (H, W, 3), linear light, behind rain.

    Args:
        picture: the street as it is without rain in front of it.
        amount: of rain, 0 for none, 1 for heavy.
        random: source of randomness.
    """
    fallen = picture + _streaks(picture, amount, random)
    height, width = picture.shape[:2]
    drops = _drops((height, width), amount, random)
    return _refracted(fallen, drops) if drops else fallen


def _streaks(picture: Floats, amount: float, random: np.random.Generator) -> Floats:
    """Return the light that falling drops add, (H, W, 3): bright where light is behind or near.

    The exposure draws each drop out into a line; all fall at one slant, near ones faster.
    """
    height, width = picture.shape[:2]
    count = int(amount * _STREAKS_PER_PIXEL * height * width)
    slant = float(random.normal(0, 0.12))
    layer = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(layer)
    for _ in range(count):
        row, column, near, bright = (float(value) for value in random.random(4))
        length = height * (0.03 + 0.15 * near**3)
        top, left = row * height * 1.1 - length, column * width
        end = (left + slant * length, top + length)
        draw.line([(left, top), end], fill=int(60 + 160 * bright), width=1)
    lines = np.asarray(layer.filter(ImageFilter.BoxBlur(0.4)), np.float32) / np.float32(255)
    return lines[..., None] * (np.float32(0.05) + np.float32(0.7) * _around(picture))


def _around(picture: Floats) -> Floats:
    """Return the light around each pixel, (H, W, 3): what a drop there is lit by."""
    radius = len(picture) / 10
    image = Image.fromarray(np.clip(picture * 127, 0, 255).astype(np.uint8))
    soft = image.filter(ImageFilter.BoxBlur(radius)).filter(ImageFilter.BoxBlur(radius))
    return np.asarray(soft, np.float32) / np.float32(127)


def _drops(size: tuple[int, int], amount: float, random: np.random.Generator) -> list[_Drop]:
    count = int(random.poisson(amount * _DROPS_PER_PIXEL * size[0] * size[1]))
    return [
        _Drop(
            row=float(random.uniform(0, size[0])),
            column=float(random.uniform(0, size[1])),
            radius=size[0] * float(0.015 + 0.075 * random.random() ** 3),
            view=float(random.uniform(2.5, 5)),
        )
        for _ in range(count)
    ]


def _refracted(picture: Floats, drops: list[_Drop]) -> Floats:
    """Return the picture seen through drops: each shows its surroundings upside down and small."""
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    cover = np.zeros((height, width), np.float32)
    for drop in drops:
        down, across = rows - drop.row, columns - drop.column
        distance = np.hypot(down * np.float32(0.9), across) / drop.radius
        inside = distance < 1
        rows = np.where(inside, drop.row - drop.view * down, rows)
        columns = np.where(inside, drop.column - drop.view * across, columns)
        cover = np.maximum(cover, np.where(inside, 1 - distance**4, 0))
    through = _sampled(_soft(picture), rows, columns)
    share = np.float32(0.85) * np.minimum(1, 3 * cover)[..., None]
    seen: NDArray[np.float32] = picture + (through - picture) * share
    return seen


def _soft(picture: Floats) -> Floats:
    """Return the picture out of focus, as a drop shows it."""
    image = Image.fromarray(np.clip(picture * 127, 0, 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.BoxBlur(1)), np.float32) / np.float32(127)


def _sampled(picture: Floats, rows: Floats, columns: Floats) -> Floats:
    height, width = picture.shape[:2]
    row = np.clip(np.round(rows), 0, height - 1).astype(np.intp)
    column = np.clip(np.round(columns), 0, width - 1).astype(np.intp)
    return picture[row, column]
