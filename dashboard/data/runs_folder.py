"""Where the runs stand and which of them are looked at; set once when the server starts."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from dashboard.data.connection import connection

LOOKED_AT_SECONDS = 15.0
_lock = Lock()
_runs_dir = Path("runs")
_may_bin = True


@dataclass(frozen=True)
class _Look:
    run_path: Path
    since: float
    last: float


_looks: dict[str, _Look] = {}
"""What each browser tab shows, by its session; without a session by the run itself."""
_troubles: dict[Path, str] = {}
_is_open: Callable[[str], bool] | None = None


def use(runs_dir: Path, *, may_bin: bool = True) -> None:
    """Serve the runs below `runs_dir` from now on.

    Args:
        runs_dir: the folder of all runs.
        may_bin: whether pages may move runs into the bin.
    """
    global _runs_dir, _may_bin
    with _lock:
        _runs_dir, _may_bin = Path(runs_dir), may_bin
        _looks.clear()
        _troubles.clear()


def runs_dir() -> Path:
    """Return the folder whose runs are served."""
    return _runs_dir


def may_bin() -> bool:
    """Return whether pages may move runs into the bin: only where nobody else can reach them.

    One that is fetched from elsewhere would be fetched again.
    """
    return _may_bin and connection() is None


def ask_sessions(is_open: Callable[[str], bool]) -> None:
    """Ask `is_open` from now on whether a tab is still there: live updates may be off in it."""
    global _is_open
    _is_open = is_open


def look_at(run_path: Path, session: str | None = None) -> None:
    """Note that a page shows `run_path` now, in the tab of `session`; its analysis is wanted."""
    session, now = session or f"run {run_path}", time.monotonic()
    with _lock:
        before = _looks.get(session)
        same = before is not None and before.run_path == run_path
        _looks[session] = _Look(run_path, before.since if same and before else now, now)


def looked_at() -> list[Path]:
    """Return the runs that open pages show, the one turned to last first."""
    oldest = time.monotonic() - LOOKED_AT_SECONDS
    with _lock:
        for session, look in list(_looks.items()):
            if look.last < oldest and not (_is_open and _is_open(session)):
                del _looks[session]
        newest_first = sorted(_looks.values(), key=lambda look: look.since, reverse=True)
    return list(dict.fromkeys(look.run_path for look in newest_first))


def say_trouble(run_path: Path, sentence: str | None) -> None:
    """Keep what went wrong with the analysis of a run, for its pages; None: nothing any more."""
    with _lock:
        if sentence is None:
            _troubles.pop(run_path, None)
        else:
            _troubles[run_path] = sentence


def trouble(run_path: Path) -> str | None:
    """Return the sentence about the analysis of a run, if something went wrong with it."""
    with _lock:
        return _troubles.get(run_path)
