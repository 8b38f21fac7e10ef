"""Names of images as parts of file names: no two meet in one file, on any file system."""

import hashlib
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

_TAKEN = (".label", ".confidence")
"""What the run folder itself appends to a key before its last suffix."""

_ESCAPED = re.compile(r"~[0-9a-f]{10}$")
_MOST_BYTES = 180


def key_parts(names: Sequence[str]) -> dict[str, str]:
    """Return a part of a file name for each image name: the name itself wherever that is safe.

    Another part begins like the name and ends in a digest of it. It is given to names that end as
    files of the run do, that differ from others only by case or accents' encoding, that are too
    long, or that hold what does not belong into a file name.
    """
    alike = Counter(_folded(name) for name in names)
    return {
        name: name if alike[_folded(name)] == 1 and _is_plain(name) else _escaped(name)
        for name in names
    }


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _is_plain(name: str) -> bool:
    return (
        name.isprintable()
        and not set(name) & set('/\\:*?"<>|')
        and not _folded(name).endswith(_TAKEN)
        and not name.endswith((".", " "))
        and not _ESCAPED.search(name)
        and len(name.encode(errors="replace")) <= _MOST_BYTES
    )


def _escaped(name: str) -> str:
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:10]
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '_', name)[:60]}~{digest}"
