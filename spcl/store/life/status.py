"""How a run stands now: judged from several signs and never stored.

The signs: whether a living writer holds the lock, whether its process is here, how old its last
heartbeat is by this clock, by the file's own time and between two looks.
"""

import os
import socket
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from spcl.store import schema
from spcl.store.life.ownership import is_held
from spcl.store.life.process import is_alive
from spcl.store.schema import RunInfo

StatusKind = Literal["running", "stalled", "crashed", "finished", "stopped", "failed", "damaged"]

_PATIENCE_SECONDS = 3 * schema.HEARTBEAT_SECONDS
"""A run without a lock may be written by a process that cannot be seen from here, e.g. of another
container: so fresh a heartbeat counts as life."""
_MOST_LOOKS = 2000


@dataclass(frozen=True)
class Status:
    """How a run stands now.

    Attributes:
        kind: the word for it.
        seconds_since_write: since the last heartbeat, by the clock that says least.
        pid: the writer's process.
        process_alive: whether the writer is known to live (True) or to be gone (False); None where
            nothing here can tell, e.g. on another machine.
        failure: the recorded reason.
        signs: what the judgement rests on, as a part of a sentence.
        clocks_differ: whether the writer's clock and that of its disk are far apart.
        path: the run's folder, if it was given.
        has_checkpoint: whether a run that ended early has kept what is needed to continue it; True
            where nobody looked.
        elsewhere: the machine that the run was written on, where that is another one than this;
            then what is here may be a copy, and older than what is there.
    """

    kind: StatusKind
    seconds_since_write: float
    pid: int
    process_alive: bool | None
    failure: str | None = None
    signs: str = ""
    clocks_differ: bool = False
    path: Path | None = None
    has_checkpoint: bool = True
    elsewhere: str | None = None


COPY_MARK = ".copied-from"
"""Stands in a folder of runs that is a copy of one elsewhere: no process of here writes them."""


@dataclass(frozen=True)
class _Look:
    """What an earlier look saw, to notice a heartbeat whatever the clocks say."""

    owner: tuple[str, int, float, bool]
    heartbeat: str
    changed_at: float | None
    """When a change was first seen, on the steady clock; None before the first change."""


_looks: dict[Path, _Look] = {}


def status_of(info: RunInfo, path: Path | None = None) -> Status:
    """Return how the run stands: with its folder `path` from all signs, else from its process.

    Cheap enough for every rerun of a page: one look at the lock and at the time of one file.
    """
    elsewhere = _elsewhere(info, path)
    by_heartbeat = schema.seconds_since(info.heartbeat_at)
    if info.status != "running":
        silent = max(0.0, by_heartbeat)
        kept = path is None or _has_checkpoint(path)
        return Status(
            info.status,
            silent,
            info.pid,
            None,
            info.failure,
            path=path,
            has_checkpoint=kept,
            elsewhere=elsewhere,
        )
    held = is_held(path) if path is not None else None
    here = None if elsewhere else is_alive(info.pid, started=info.process_started, host=info.host)
    by_file = _age_of_file(path) if path is not None else None
    by_looks = _since_change(path, info, held) if path is not None else None
    silent = _silence(by_heartbeat, by_file, by_looks)
    kind, alive, signs = _judged(info, held, here, silent, beats=by_looks is not None, path=path)
    differ = by_file is not None and abs(by_heartbeat - by_file) > schema.STALLED_AFTER_SECONDS
    differ = differ and kind == "running"
    kept = path is None or _has_checkpoint(path)
    return Status(kind, silent, info.pid, alive, info.failure, signs, differ, path, kept, elsewhere)


def _elsewhere(info: RunInfo, path: Path | None) -> str | None:
    """Return the machine that writes the run, if another; two machines may have one name."""
    is_copy = path is not None and os.path.lexists(path.parent / COPY_MARK)
    return info.host or "its machine" if is_copy or info.host != socket.gethostname() else None


def _judged(
    info: RunInfo,
    held: bool | None,
    here: bool | None,
    silent: float,
    *,
    beats: bool,
    path: Path | None,
) -> tuple[StatusKind, bool | None, str]:
    """Return kind, whether the writer lives, and what says so."""
    living: StatusKind = "stalled" if silent > schema.STALLED_AFTER_SECONDS else "running"
    if held:
        return living, True, "its writer holds the lock"
    if here:
        return living, True, f"process {info.pid} is alive"
    if here is None:
        return living, None, f"{info.host or 'its machine'} is another machine"
    if beats and living == "running":
        return living, None, f"its heartbeat goes on, though process {info.pid} is not seen here"
    if held is False:
        return "crashed", False, f"process {info.pid} is gone and nobody holds the lock"
    if path is not None and silent <= _PATIENCE_SECONDS:
        return (
            "running",
            None,
            f"its heartbeat is fresh, though process {info.pid} is not seen here",
        )
    return "crashed", False, f"process {info.pid} is gone"


def _silence(*ages: float | None) -> float:
    """Return the least age in seconds; one far in the future comes from a clock that is wrong."""
    possible = [age for age in ages if age is not None and age > -schema.STALLED_AFTER_SECONDS]
    return max(0.0, min(possible, default=0.0))


def _has_checkpoint(path: Path) -> bool:
    return os.path.lexists(path / schema.CHECKPOINTS_FOLDER / schema.CHECKPOINT_FILE)


def _age_of_file(path: Path) -> float | None:
    try:
        about = (path / schema.RUN_FILE).lstat()
    except OSError:
        return None
    return time.time() - about.st_mtime if stat.S_ISREG(about.st_mode) else None


def _since_change(path: Path, info: RunInfo, held: bool | None) -> float | None:
    """Return the seconds since the heartbeat was seen to change; begun anew with another owner.

    A lock that was let go begins it anew, too: what was seen before says nothing of life now.
    """
    now, before = time.monotonic(), _looks.get(path)
    owner = (info.host, info.pid, info.process_started, held is True)
    if before is None or before.owner != owner:
        before = _Look(owner, info.heartbeat_at, None)
    elif before.heartbeat != info.heartbeat_at:
        before = _Look(owner, info.heartbeat_at, now)
    if len(_looks) >= _MOST_LOOKS:
        _looks.clear()
    _looks[path] = before
    return None if before.changed_at is None else now - before.changed_at
