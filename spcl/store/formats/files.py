"""Decode single files of a run; whatever is wrong with one becomes one sentence (`DamagedError`).

A changed byte can make a decoder raise nearly anything (zlib.error, TokenError, MemoryError, ...),
so these few functions catch every exception, around nothing but the decoding itself.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spcl.store.errors import DamagedError

WRONG_CONTENT = (KeyError, TypeError, ValueError, AttributeError, OverflowError)
"""What JSON of another shape makes `from_json` raise."""


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in `path`."""
    try:
        raw = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise DamagedError(f"{path} is missing; copy the run again or remove its folder") from None
    except OSError as error:
        raise DamagedError(f"{path} cannot be read ({error.strerror}); check its rights") from None
    except (ValueError, RecursionError):
        raise DamagedError(f"{path} is not JSON; copy the run again or remove its folder") from None
    if not isinstance(raw, Mapping):
        raise DamagedError(f"{path} holds no JSON object; copy the run again")
    return dict(raw)


def load_npy(path: Path) -> NDArray[Any]:
    """Return the array in an npy file; nothing is ever unpickled."""
    try:
        loaded = np.load(path, allow_pickle=False)
    except Exception as error:
        raise unreadable(path, error) from None
    if not isinstance(loaded, np.ndarray):
        loaded.close()
        raise DamagedError(f"{path} holds no single array; copy the run again")
    return loaded


def load_npz(path: Path, names: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    """Return the arrays in an npz file; those in `names` must be there, with as many rows each."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except Exception as error:
        raise unreadable(path, error) from None
    missing = [name for name in names if name not in arrays]
    if missing:
        raise DamagedError(f"{path} lacks {', '.join(missing)}; copy the run again")
    if len({arrays[name].shape[:1] for name in names}) > 1:
        raise DamagedError(f"{path} has arrays of different length; copy the run again")
    return arrays


def load_png(path: Path, mode: str | None = None) -> NDArray[np.uint8]:
    """Return the pixels of a picture, converted to `mode` if given."""
    try:
        with Image.open(path) as image:
            return np.asarray(image.convert(mode) if mode else image)
    except Exception as error:
        raise unreadable(path, error) from None


def unreadable(path: Path, error: Exception) -> DamagedError:
    """Return the sentence for a file that no decoder takes."""
    return DamagedError(f"{path} cannot be read ({plain(error)}); copy the run again")


def plain(error: Exception) -> str:
    """Return an exception as at most one line of 160 characters."""
    text = str(error).split("\n")[0]
    return f"{type(error).__name__}: {text}"[:160]
