"""One analysis a run at a time: a lock that a dead process cannot keep."""

import contextlib
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from spcl.store.errors import StoreError, UnwritableError, unwritable
from spcl.store.formats.own_files import read_own
from spcl.store.life.process import is_alive, process_started

LOCK_FILE = "analysis.lock"
SILENT_SECONDS = 900.0
"""A lock of another host, e.g. copied along with the run, is dead after so long a silence."""


@dataclass(frozen=True)
class Held:
    """The lock is ours; `after_kill` is whether its last owner died without giving it back."""

    after_kill: bool


@contextmanager
def only_one(folder: Path) -> Iterator[Held | None]:
    """Yield the lock of `folder`, None where another process has it; a dead one's is taken over."""
    path = folder / LOCK_FILE
    mine: dict[str, object] = {
        "pid": os.getpid(),
        "started": process_started(os.getpid()),
        "host": socket.gethostname(),
    }
    with _one_at_a_time(folder):
        held = _take(path, mine)
    if held is None:
        yield None
        return
    try:
        yield held
    finally:
        if _owner(path) == mine:
            path.unlink(missing_ok=True)


def still_here(folder: Path) -> None:
    """Renew the lock, for processes on other hosts, which cannot see this one."""
    with contextlib.suppress(OSError):
        os.utime(folder / LOCK_FILE, follow_symlinks=False)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Keep two processes from both taking over the same dead lock; the kernel lets go of it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network file systems cannot do this
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _take(path: Path, mine: dict[str, object]) -> Held | None:
    for after_kill in (False, True):
        try:
            with path.open("x", encoding="utf-8") as stream:
                json.dump(mine, stream)
        except FileExistsError:
            if _is_held(path):
                return None
            path.unlink(missing_ok=True)
        except OSError as error:  # a full disk has room for the name alone
            path.unlink(missing_ok=True)
            raise UnwritableError(unwritable(path.parent, error)) from error
        else:
            return Held(after_kill)
    return None


def _owner(path: Path) -> dict[str, object] | None:
    try:
        owner = json.loads(read_own(path, within=path.parent, most_bytes=10_000))
    except (OSError, ValueError, StoreError):
        return None
    return owner if isinstance(owner, dict) else None


def _is_held(path: Path) -> bool:
    owner = _owner(path)
    if owner is None:
        return _seconds_silent(path) < 2  # unreadable: still being written, or torn
    try:
        alive = is_alive(
            int(str(owner["pid"])), started=float(str(owner["started"])), host=str(owner["host"])
        )
    except (KeyError, ValueError):
        return False
    if alive is None:
        return _seconds_silent(path) < SILENT_SECONDS
    return alive


def _seconds_silent(path: Path) -> float:
    try:
        return time.time() - path.lstat().st_mtime
    except OSError:
        return float("inf")
