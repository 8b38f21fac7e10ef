"""One analysis a run at a time: a lock that a dead process cannot keep."""

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spcl.store.process import is_alive, process_started


@contextmanager
def only_one(folder: Path) -> Iterator[bool]:
    """Yield whether this process may work in `folder`; a lock of a dead process is taken over."""
    path = folder / "analysis.lock"
    mine: dict[str, object] = {
        "pid": os.getpid(),
        "started": process_started(os.getpid()),
        "host": socket.gethostname(),
    }
    if not _take(path, mine):
        yield False
        return
    try:
        yield True
    finally:
        if _owner(path) == mine:
            path.unlink(missing_ok=True)


def _take(path: Path, mine: dict[str, object]) -> bool:
    for _ in range(2):
        try:
            with path.open("x", encoding="utf-8") as stream:
                json.dump(mine, stream)
        except FileExistsError:
            if _is_held(path):
                return False
            path.unlink(missing_ok=True)
        else:
            return True
    return False


def _owner(path: Path) -> dict[str, object] | None:
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return owner if isinstance(owner, dict) else None


def _is_held(path: Path) -> bool:
    owner = _owner(path)
    if owner is None:
        return False if not path.exists() else _is_young(path)
    try:
        alive = is_alive(
            int(str(owner["pid"])), started=float(str(owner["started"])), host=str(owner["host"])
        )
    except (KeyError, ValueError):
        return False
    return alive is not False


def _is_young(path: Path) -> bool:
    """Return whether an unreadable lock may still be being written."""
    try:
        return time.time() - path.stat().st_mtime < 2
    except OSError:
        return False
