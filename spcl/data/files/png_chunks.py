"""What a PNG holds besides its pixels, found without decoding them."""

import struct
from pathlib import Path

_SIGNATURE_BYTES = 8
_CHECKSUM_BYTES = 4
_WITH_ORIENTATION = (b"eXIf", b"tEXt", b"zTXt", b"iTXt")
"""EXIF stands in a chunk of its own; older programs put it, or XMP, into texts."""


def may_be_turned(path: Path) -> bool:
    """Return whether a PNG has a chunk that could give it an orientation, before or behind pixels.

    Only names of chunks are read; Pillow's `getexif` would decode the whole picture.
    """
    with path.open("rb") as stream:
        stream.seek(_SIGNATURE_BYTES)
        while len(head := stream.read(8)) == 8:
            length, kind = struct.unpack(">I4s", head)
            if kind in _WITH_ORIENTATION:
                return True
            stream.seek(length + _CHECKSUM_BYTES, 1)
    return False
