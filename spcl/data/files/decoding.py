"""The one reader of pictures and labels: audit, training and evaluation see what it returns.

A picture becomes 8-bit RGB, a label becomes its stored samples; both stand upright as their EXIF
orientation says. Whatever cannot be read faithfully is refused by file, reason and remedy.
"""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from PIL.ImageFile import ImageFile

from spcl.data.files.png_chunks import may_be_turned
from spcl.errors import UserError

FORMATS = ("PNG", "JPEG", "BMP", "TIFF", "WEBP")
MAX_PIXELS = 89_478_485
"""A larger picture is refused before it is decoded; as RGB it would take more than 268 MB."""

READER_VERSION = 1
"""Raised when the reader refuses or reads something else, so that what is kept is forgotten."""

_ORIENTATION = 0x0112
_LOSSY = ("JPEG", "MPO", "WEBP")
_CONVERTED = ("1", "L", "LA", "P", "PA", "RGBA", "RGBX", "CMYK", "YCbCr")

# Larger pictures are refused below, in a sentence; Pillow's own warning would come on top of it.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


class ReadError(UserError):
    """Say why a file is not read; `kind` is the same for all files refused for the same reason."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


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


@contextmanager
def opened(path: Path) -> Iterator[ImageFile]:
    """Open an image of one frame and a bearable size; every fault becomes a `ReadError`."""
    try:
        with Image.open(path, formats=FORMATS) as image:
            _require_bearable(path, image)
            if image.format == "TIFF":
                image.filename = ""  # mapped into memory, turned TIFFs come out scrambled
            yield image
    except (ReadError, MemoryError):
        raise
    except FileNotFoundError:
        raise ReadError(
            "missing", f"{path} is not a readable image (it is not there); replace or remove it"
        ) from None
    except PermissionError:
        raise ReadError(
            "permission", f"{path} may not be read; change its permissions (chmod +r)"
        ) from None
    except Image.DecompressionBombError:
        raise _too_large(path, _header_size(path)) from None
    except Exception as error:  # decoders raise whatever a broken file makes them stumble over
        raise _unreadable(path, _reason(path, error)) from None


def _require_bearable(path: Path, image: ImageFile) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise _too_large(path, image.size)
    num_frames = getattr(image, "n_frames", 1)
    if num_frames > 1 and image.format != "MPO":  # cameras add a preview as a second picture
        raise ReadError(
            "many frames",
            f"{path} holds {num_frames} pictures (pages or frames); save the one that counts alone",
        )
    if image.format == "BMP" and image.mode == "L" and _bits_of_bmp(path) != 8:
        raise ReadError("depth", f"{path} is a grey BMP of fewer than 8 bits; save it as 8-bit PNG")


def _bits_of_bmp(path: Path) -> int:
    with path.open("rb") as stream:
        return int.from_bytes(stream.read(30)[28:30], "little")


def _too_large(path: Path, size: tuple[int, int] | None) -> ReadError:
    told = "too large" if size is None else f"{size[0]}x{size[1]}"
    pixels = "" if size is None else f" ({size[0] * size[1] / 1e6:.0f} megapixels)"
    return ReadError(
        "too large",
        f"{path} is {told}{pixels}; images of up to {MAX_PIXELS / 1e6:.0f} megapixels are read, "
        "so scale it down or cut it into tiles",
    )


def _header_size(path: Path) -> tuple[int, int] | None:
    """Return width and height of a picture that Pillow refuses to open for its size."""
    with path.open("rb") as stream:
        for name in FORMATS:
            try:
                stream.seek(0)
                return Image.OPEN[name][0](stream, str(path)).size
            except Exception:  # not of this format
                continue
    return None


def _unreadable(path: Path, reason: str) -> ReadError:
    return ReadError(
        "unreadable", f"{path} is not a readable image ({reason}); replace or remove it"
    )


def _reason(path: Path, error: Exception) -> str:
    if path.exists() and path.stat().st_size == 0:
        return "it is empty"
    if isinstance(error, UnidentifiedImageError):
        return "none of PNG, JPEG, BMP, TIFF and WebP"
    if "truncated" in str(error) or isinstance(error, EOFError):
        return "it is cut off"
    return str(error).splitlines()[0][:80] if str(error) else type(error).__name__


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
