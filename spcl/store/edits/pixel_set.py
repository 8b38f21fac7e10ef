"""A set of probe pixels as a short word: for an address, and for a file beside the run."""

import base64
import binascii
import zlib

import numpy as np
from numpy.typing import NDArray

_COUNT_BYTES = 4
_MOST_BYTES = 8_000_000
"""Of the gaps unpacked: two million pixels and more."""


def written(indices: NDArray[np.integer], count: int) -> str:
    """Return the letters for some of `count` pixels; "" for none.

    Sorted indices differ by little, so their gaps are packed seven bits to a byte and deflated:
    a word holds about a letter for each pixel, and never much more than one for six of all.

    Args:
        indices: of the pixels, in [0, count), in any order.
        count: how many pixels there are; read back with the same.
    """
    places = np.unique(np.asarray(indices, np.int64))
    if not len(places):
        return ""
    assert places[0] >= 0 and places[-1] < count, "an index is outside of the probe"
    inside = np.zeros(count, bool)
    inside[places] = True
    gaps = _packed(np.diff(places, prepend=-1) - 1)
    of = count.to_bytes(_COUNT_BYTES, "little")
    packings = (b"g" + of + gaps, b"b" + of + np.packbits(inside).tobytes())
    content = min((zlib.compress(one, 9) for one in packings), key=len)
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def read(word: str, count: int) -> NDArray[np.int64] | None:
    """Return the indices that a word stands for, ascending; None where it is none of `count`."""
    if not word.isascii():
        return None
    try:
        content = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
        unpacker = zlib.decompressobj()
        raw = unpacker.decompress(content, _MOST_BYTES)
    except (binascii.Error, ValueError, zlib.error):
        return None
    head = 1 + _COUNT_BYTES
    if not unpacker.eof or int.from_bytes(raw[1:head], "little") != count or len(raw) <= head:
        return None
    if raw[:1] == b"g":
        return _gaps(raw[head:], count)
    return _bits(raw[head:], count) if raw[:1] == b"b" else None


def _packed(gaps: NDArray[np.int64]) -> bytes:
    """Return numbers as bytes of seven bits, the low ones first; the top bit: more come."""
    parts = []
    rest, order = gaps.copy(), np.arange(len(gaps))
    place = 0
    while len(rest):
        more = rest > 127
        parts.append((order, np.full(len(order), place), (rest & 127) | (more << 7)))
        rest, order = rest[more] >> 7, order[more]
        place += 1
    of, at, value = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return value[np.lexsort((at, of))].astype(np.uint8).tobytes()


def _gaps(content: bytes, count: int) -> NDArray[np.int64] | None:
    values = np.frombuffer(content, np.uint8).astype(np.int64)
    ends = values < 128
    if not ends[-1]:
        return None
    starts = np.flatnonzero(np.concatenate([[True], ends[:-1]]))
    depth = np.arange(len(values)) - np.repeat(starts, np.diff([*starts, len(values)]))
    if depth.max() > 5:
        return None
    gaps = np.add.reduceat((values & 127) << (7 * depth), starts)
    places = np.cumsum(gaps + 1) - 1
    return places if places[-1] < count else None


def _bits(content: bytes, count: int) -> NDArray[np.int64] | None:
    if len(content) != -(-count // 8):
        return None
    bits = np.unpackbits(np.frombuffer(content, np.uint8))
    places = np.flatnonzero(bits).astype(np.int64)
    return places if len(places) and places[-1] < count else None
