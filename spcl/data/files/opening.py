"""Open a picture file, or refuse it by name, reason and remedy.

What is refused here cannot be read at all or would not fit in memory; what its samples mean is
`decoding`'s.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, UnidentifiedImageError
from PIL.ImageFile import ImageFile

from spcl.errors import UserError

FORMATS = ("PNG", "JPEG", "BMP", "TIFF", "WEBP")
MAX_PIXELS = 89_478_485
"""A larger picture is refused before it is decoded; as RGB it would take more than 268 MB."""

# Larger pictures are refused below, in a sentence; Pillow's own warning would come on top of it.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


class ReadError(UserError):
    """Say why a file is not read; `kind` is the same for all files refused for the same reason."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


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
