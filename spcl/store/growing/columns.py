"""Rows of a growing text as columns of numbers in one file beside it, so that pages need not parse.

The file is derived: it may be deleted, and is made again by the analysis. It stands for the first
bytes of one text, which it names by their number and a digest of them; where the text is another
one, or the file is damaged, newer or a stranger's, the text is read as if there were none.
"""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spcl.store.errors import StoreError
from spcl.store.formats.encoding import json_bytes
from spcl.store.formats.files import WRONG_CONTENT, load_stored
from spcl.store.formats.jsonl import MOST_FILE_BYTES
from spcl.store.formats.own_files import open_own
from spcl.store.formats.text import parse_json

Arrays = Mapping[str, NDArray[Any]]
VERSION = 1
"""Raised when columns mean something else; those of another version are passed over."""
_HEAD = "head"
_BLOCK_BYTES, _MOST_BLOCKS = 4096, 64


@dataclass(frozen=True)
class Prefix:
    """The first bytes of a text: how many, and a digest of them.

    All of a short text is digested, of a long one 64 blocks from its first byte to its last.
    """

    num_bytes: int
    digest: str


def prefix_of(path: Path, num_bytes: int, *, within: Path) -> Prefix | None:
    """Return the first bytes of a file; None where it does not have so many, or is not there."""
    try:
        with open_own(path, within=within, most_bytes=MOST_FILE_BYTES) as stream:
            digest = hashlib.blake2b(digest_size=16)
            for begin in _blocks(num_bytes):
                stream.seek(begin)
                wanted = min(_BLOCK_BYTES, num_bytes - begin)
                content = stream.read(wanted)
                if len(content) < wanted:
                    return None
                digest.update(content)
    except (OSError, StoreError):
        return None
    return Prefix(num_bytes, digest.hexdigest())


def _blocks(num_bytes: int) -> list[int]:
    """Return where the blocks begin that are digested, the last one at the end."""
    last = max(0, num_bytes - _BLOCK_BYTES)
    if num_bytes <= _BLOCK_BYTES * _MOST_BLOCKS:
        return list(range(0, num_bytes, _BLOCK_BYTES))
    return [last * block // (_MOST_BLOCKS - 1) for block in range(_MOST_BLOCKS)]


def packed(prefix: Prefix, arrays: Arrays) -> bytes:
    """Return the columns as the bytes of an npz file; not compressed, so that they open at once."""
    head = {"version": VERSION, "bytes": prefix.num_bytes, "digest": prefix.digest}
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **{_HEAD: text_array(head)}, **arrays)
    return stream.getvalue()


def unpacked(path: Path, names: tuple[str, ...], *, within: Path) -> tuple[Prefix | None, Arrays]:
    """Return which text columns stand for, and those `names`; None where there are none to use."""
    try:
        arrays = load_stored(path, (_HEAD, *names), within=within)
        head = text_of(arrays.pop(_HEAD))
        if head["version"] != VERSION:
            return None, {}
        num_bytes, digest = head["bytes"], head["digest"]
    except (StoreError, *WRONG_CONTENT, RecursionError):
        return None, {}
    if type(num_bytes) is not int or not 0 <= num_bytes <= MOST_FILE_BYTES:
        return None, {}
    return Prefix(num_bytes, str(digest)), arrays


def text_array(value: Any) -> NDArray[np.uint8]:
    """Return a value as JSON in an array of bytes."""
    return np.frombuffer(json_bytes(value), np.uint8)


def text_of(array: NDArray[Any]) -> Any:
    """Return the value of `text_array` (ValueError: it is none)."""
    if array.dtype != np.uint8 or array.ndim != 1:
        raise ValueError("no text")
    return parse_json(array.tobytes())


def column(arrays: Arrays, name: str, dtype: type[np.generic], rows: int | None = None) -> Any:
    """Return a flat array of one kind, with so many rows if said (ValueError: it is none)."""
    found = arrays[name]
    is_long = rows is None or len(found) == rows
    if found.ndim != 1 or found.dtype != np.dtype(dtype) or not is_long:
        raise ValueError(f"{name} is no such column")
    return found
