"""Small results in the user's cache folder, for what takes long and does not change."""

import tempfile
from pathlib import Path


def keep(place: Path, content: bytes, *, most: int) -> None:
    """Write a result, whole or not at all, and forget all but the latest `most` beside it.

    Where that cannot be written nothing happens: the result is made again next time.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _replace(place, content)
        known = sorted(place.parent.iterdir(), key=lambda path: path.stat().st_mtime)
        for old in known[:-most]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def _replace(place: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".", delete=False) as draft:
        temporary = Path(draft.name)
        try:
            draft.write(content)
            draft.flush()
            temporary.replace(place)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
