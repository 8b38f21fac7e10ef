"""The one reader of pictures and labels: audit, training and evaluation see what it returns.

A picture becomes 8-bit RGB, a label becomes its stored samples; both stand upright as their EXIF
orientation says. Whatever cannot be read faithfully is refused by file, reason and remedy.
"""

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL.ImageFile import ImageFile

from spcl.data.files.opening import ReadError, opened
from spcl.data.files.png_chunks import may_be_turned

READER_VERSION = 1
"""Raised when the reader refuses or reads something else, so that what is kept is forgotten."""

_ORIENTATION = 0x0112
_LOSSY = ("JPEG", "MPO", "WEBP")
_CONVERTED = ("1", "L", "LA", "P", "PA", "RGBA", "RGBX", "CMYK", "YCbCr")


class LabelFile(NamedTuple):
    """What a label file holds: ids (H, W) as stored, and the colours of its palette, if any."""

    ids: NDArray[np.uint8]
    palette: list[int] | None


class Picture(NamedTuple):
    """RGB (H, W, 3), and how it came about.

    Attributes:
        pixels: RGB, (H, W, 3).
        mode: Pillow's mode of the file.
        turned: whether EXIF orientation turned it upright.
    """

    pixels: NDArray[np.uint8]
    mode: str
    turned: bool


def read_image(path: Path) -> NDArray[np.uint8]:
    """Return an image as upright RGB (H, W, 3) (UserError if it cannot be read)."""
    return read_picture(path).pixels


def read_picture(path: Path) -> Picture:
    """Return an image as upright RGB with its origin (UserError if it cannot be read).

    Grey pictures of 16 bits keep their upper 8 bits; an alpha channel is left out.
    """
    with opened(path) as image:
        mode, raw = image.mode, _raw_mode(image)
        pixels = _rgb(path, image, raw)
        orientation = _still_to_turn(image)
        return Picture(_upright(pixels, orientation), mode, orientation != 1)


def read_ids(path: Path) -> NDArray[np.uint8]:
    """Return the raw ids of a label file, (H, W) (UserError unless lossless, with one channel)."""
    return read_label_file(path).ids


def read_label_file(path: Path) -> LabelFile:
    """Return ids as stored, whatever their depth, with the palette (UserError as `read_ids`)."""
    try:
        with opened(path) as image:
            if image.format in _LOSSY or image.info.get("compression") == "jpeg":
                raise ReadError(
                    "lossy label",
                    f"{path} is a {image.format} file, whose compression changes ids; "
                    "save labels as 8-bit PNG",
                )
            raw, palette = _raw_mode(image), image.getpalette() if image.mode == "P" else None
            return LabelFile(_upright(_samples(path, image, raw), _still_to_turn(image)), palette)
    except ReadError as error:
        if error.kind != "missing":
            raise
        raise ReadError(
            "missing", f"{path} is missing; give each labelled image its label"
        ) from None


def read_size(path: Path) -> tuple[int, int]:
    """Return height and width from the header alone (UserError if that cannot be read)."""
    with opened(path) as image:
        width, height = image.size
        is_upright = image.format == "TIFF" or (image.format == "PNG" and not may_be_turned(path))
        is_turned = not is_upright and _orientation(image) >= 5
        return (width, height) if is_turned else (height, width)


def _raw_mode(image: ImageFile) -> str:
    """Return how the samples are stored, e.g. "L;2" for 2-bit grey; known before decoding only."""
    if not image.tile:
        return image.mode
    arguments = image.tile[0][3]
    raw = arguments[0] if isinstance(arguments, tuple) and arguments else arguments
    return raw if isinstance(raw, str) else image.mode


def _rgb(path: Path, image: ImageFile, raw: str) -> NDArray[np.uint8]:
    if image.mode == "RGB":
        return np.asarray(image)
    if image.mode.startswith("I;16"):
        gray = (np.asarray(image) >> (4 if raw == "I;12" else 8)).astype(np.uint8)
        return np.repeat(gray[:, :, None], 3, axis=2)
    if image.mode in _CONVERTED:
        has_alpha = image.mode == "P" and "transparency" in image.info  # Pillow warns otherwise
        return np.asarray((image.convert("RGBA") if has_alpha else image).convert("RGB"))
    samples = {"F": "floating-point", "I": "32-bit"}.get(image.mode, f"{image.mode}")
    raise ReadError(
        f"mode {image.mode}",
        f"{path} has {samples} samples, whose range is not known; save it as 8-bit RGB or grey",
    )


def _samples(path: Path, image: ImageFile, raw: str) -> NDArray[np.uint8]:
    """Return the numbers that stand in the file, before any scaling to grey levels."""
    depth = re.search(r"\d+", raw)
    is_inverted = "I" in raw.partition(";")[2]  # TIFF may count grey from white
    if image.mode == "1":
        bits = np.asarray(image).astype(np.uint8)
        return 1 - bits if is_inverted else bits
    if image.mode == "L":
        gray = 255 - np.asarray(image) if is_inverted else np.asarray(image)
        levels = 2 ** int(depth[0]) - 1 if depth else 255
        return gray if levels == 255 else gray // np.uint8(255 // levels)
    if image.mode == "P":
        return np.asarray(image)
    if image.mode == "I" or image.mode.startswith("I;16"):
        return _narrowed(path, np.asarray(image))
    raise ReadError(
        f"mode {image.mode}",
        f"{path} has mode {image.mode}; save labels as 8-bit PNG, one channel of ids",
    )


def _narrowed(path: Path, wide: NDArray[np.integer]) -> NDArray[np.uint8]:
    outside = (wide < 0) | (wide > 255)
    if outside.any():
        ids, counts = np.unique(wide[outside], return_counts=True)
        raise ReadError(
            "ids",
            f"{path} has id {ids[0]} in {counts[0]} pixels; ids are 0 to 254, 255 is unlabelled",
        )
    return wide.astype(np.uint8)


def _still_to_turn(image: ImageFile) -> int:
    """Return the EXIF orientation of a decoded image; Pillow turns a TIFF while it decodes it."""
    return 1 if image.format == "TIFF" else _orientation(image)


def _orientation(image: ImageFile) -> int:
    """Return the EXIF orientation, 1 to 8."""
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # a picture with broken EXIF is a picture; Pillow raises many kinds of error
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _upright(array: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Return an array (H, W, ...) turned and mirrored as `orientation` asks for."""
    if orientation == 1:
        return array
    if orientation >= 5:
        array = array.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        array = array[::-1]
    if orientation in (2, 3, 6, 7):
        array = array[:, ::-1]
    return np.ascontiguousarray(array)
