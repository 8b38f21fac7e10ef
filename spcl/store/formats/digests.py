"""Digests of what was published, so that a changed byte is found and not believed."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from spcl.store.errors import DamagedError
from spcl.store.formats.files import read_json
from spcl.store.formats.own_files import own_stat, read_own

DIGESTS_FILE = "digests.json"


def digests_bytes(files: Mapping[str, bytes]) -> bytes:
    """Return the content of `digests.json`: SHA-256 of every file of a snapshot, by its name."""
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return json.dumps({"sha256": digests}, separators=(",", ":")).encode()


def changed_files(folder: Path, *, within: Path) -> list[str] | None:
    """Return the files of a snapshot that are missing or not what was published.

    None for a snapshot without digests, as they were recorded up to 2026-11.

    Args:
        folder: of the snapshot.
        within: the run.
    """
    if own_stat(folder / DIGESTS_FILE, within=within) is None:
        return None
    recorded = read_json(folder / DIGESTS_FILE, within=within).get("sha256")
    if not isinstance(recorded, dict):
        raise DamagedError(f"{folder / DIGESTS_FILE} holds no digests; copy the run again")
    return [name for name, digest in recorded.items() if _digest(folder / name, within) != digest]


def _digest(path: Path, within: Path) -> str | None:
    try:
        return hashlib.sha256(read_own(path, within=within)).hexdigest()
    except (OSError, ValueError, DamagedError):
        return None
