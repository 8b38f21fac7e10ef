"""Decode single files of a run; whatever is wrong with one becomes one sentence (`DamagedError`).

A changed byte can make a decoder raise nearly anything (zlib.error, TokenError, MemoryError, ...),
so these few functions catch every exception, around nothing but the decoding itself. What a file
claims about itself (shape, sizes of members, pixels) is checked before memory is spent on it.
"""

import io
import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spcl.store.errors import DamagedError
from spcl.store.formats.own_files import MOST_BYTES, read_own
from spcl.store.formats.text import one_line, parse_json

MOST_JSON_BYTES = 32_000_000
MOST_NPZ_BYTES = 64_000_000
MOST_DIRECTORY_BYTES = 65_536
MOST_PIXELS = 50_000_000
WRONG_CONTENT = (KeyError, TypeError, ValueError, AttributeError, OverflowError)
"""What JSON of another shape makes `from_json` raise."""


def read_json(path: Path, *, within: Path) -> dict[str, Any]:
    """Return the JSON object in `path`, a file of the folder `within`."""
    try:
        raw = parse_json(read_own(path, within=within, most_bytes=MOST_JSON_BYTES))
    except FileNotFoundError:
        raise DamagedError(f"{path} is missing; copy the run again or remove its folder") from None
    except OSError as error:
        raise DamagedError(f"{path} cannot be read ({error.strerror}); check its rights") from None
    except (ValueError, RecursionError):
        raise DamagedError(f"{path} is not JSON; copy the run again or remove its folder") from None
    if not isinstance(raw, Mapping):
        raise DamagedError(f"{path} holds no JSON object; copy the run again")
    return dict(raw)


def load_npy(path: Path, *, within: Path) -> NDArray[Any]:
    """Return the array in an npy file of the folder `within`; nothing is ever unpickled."""
    try:
        return _array(read_own(path, within=within))
    except DamagedError:
        raise
    except Exception as error:
        raise unreadable(path, error) from None


def load_npz(path: Path, names: tuple[str, ...], *, within: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays `names` of an npz file of `within`, with as many rows each."""
    try:
        arrays = _members(read_own(path, within=within, most_bytes=MOST_NPZ_BYTES), names)
    except DamagedError:
        raise
    except Exception as error:
        raise unreadable(path, error) from None
    missing = [name for name in names if name not in arrays]
    if missing:
        raise DamagedError(f"{path} lacks {', '.join(missing)}; copy the run again")
    if len({arrays[name].shape[:1] for name in names}) > 1:
        raise DamagedError(f"{path} has arrays of different length; copy the run again")
    return arrays


def load_stored(path: Path, names: tuple[str, ...], *, within: Path) -> dict[str, NDArray[Any]]:
    """Return those of the arrays `names` that an npz of `within` holds, which is not compressed."""
    try:
        content = read_own(path, within=within, most_bytes=MOST_NPZ_BYTES)
        return _members(content, names, most_bytes=len(content))
    except Exception as error:
        raise unreadable(path, error) from None


def load_png(path: Path, mode: str | None = None, *, within: Path) -> NDArray[np.uint8]:
    """Return the pixels of a PNG of the folder `within`, converted to `mode` if given."""
    try:
        content = read_own(path, within=within)
        with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise DamagedError(
                    f"{path} has {image.width}x{image.height} pixels, more than the "
                    f"{MOST_PIXELS:,} that are read; copy the run again"
                )
            return np.asarray(image.convert(mode) if mode else image)
    except DamagedError:
        raise
    except Exception as error:
        raise unreadable(path, error) from None


def _members(
    content: bytes, names: tuple[str, ...], *, most_bytes: int = MOST_BYTES
) -> dict[str, NDArray[Any]]:
    """Return the named arrays of an npz; a member that claims too much is not unpacked."""
    _require_few_entries(content)
    arrays = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in set(names) & {entry.removesuffix(".npy") for entry in archive.namelist()}:
            if archive.getinfo(f"{name}.npy").file_size > most_bytes:
                raise ValueError(f"{name} is larger than {most_bytes:,} bytes")
            arrays[name] = _array(archive.read(f"{name}.npy"))
    return arrays


def _require_few_entries(content: bytes) -> None:
    """Refuse a zip whose list of entries is itself a flood; an npz of a run has five."""
    end = content.rfind(b"PK\5\6")
    if end < 0 or len(content) < end + 22:
        raise ValueError("no zip archive")
    if int.from_bytes(content[end + 12 : end + 16], "little") > MOST_DIRECTORY_BYTES:
        raise ValueError("too many entries")


def _array(content: bytes) -> NDArray[Any]:
    """Return the array of npy bytes whose header claims what is there, no more and no less."""
    stream = io.BytesIO(content)
    version = np.lib.format.read_magic(stream)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }[version]
    shape, fortran_order, dtype = read_header(stream)
    if dtype.kind not in "biuf":
        raise ValueError(f"an array of {dtype} is not read")
    claimed, left = math.prod(shape) * dtype.itemsize, len(content) - stream.tell()
    if claimed != left:
        raise ValueError(f"the header claims {claimed} bytes, {left} follow")
    flat = np.frombuffer(content, dtype, offset=stream.tell())
    return flat.reshape(shape, order="F" if fortran_order else "C").copy()


def unreadable(path: Path, error: Exception) -> DamagedError:
    """Return the sentence for a file that no decoder takes."""
    return DamagedError(f"{path} cannot be read ({plain(error)}); copy the run again")


def plain(error: Exception) -> str:
    """Return an exception as at most one line of 160 characters."""
    return one_line(f"{type(error).__name__}: {error}", 160)
