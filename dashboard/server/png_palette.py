"""Recolour a palette PNG without touching a pixel: only its PLTE chunk is replaced."""

import struct
import zlib
from collections.abc import Sequence

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def replace_palette(png: bytes, colors: Sequence[tuple[int, int, int]]) -> bytes:
    """Return `png` with the first palette entries set to `colors`; unchanged without a palette."""
    at = len(_SIGNATURE)
    while at + 8 <= len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind = png[at + 4 : at + 8]
        if kind == b"PLTE":
            old = png[at + 8 : at + 8 + length]
            new = bytes(part for color in colors for part in color)[:length]
            chunk = kind + new + old[len(new) :]
            checked = chunk + struct.pack(">I", zlib.crc32(chunk))
            return png[: at + 4] + checked + png[at + 12 + length :]
        at += 12 + length
    return png
