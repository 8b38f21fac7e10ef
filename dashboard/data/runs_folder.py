"""Where the runs stand and which of them are looked at; set once when the server starts."""

import time
from pathlib import Path
from threading import Lock

LOOKED_AT_SECONDS = 15.0
_lock = Lock()
_runs_dir = Path("runs")
_looked_at: dict[Path, float] = {}


def use(runs_dir: Path) -> None:
    """Serve the runs below `runs_dir` from now on."""
    global _runs_dir
    with _lock:
        _runs_dir = Path(runs_dir)
        _looked_at.clear()


def runs_dir() -> Path:
    """Return the folder whose runs are served."""
    return _runs_dir


def look_at(run_path: Path) -> None:
    """Note that a page shows `run_path` now, so that its analysis is worth starting."""
    with _lock:
        _looked_at[run_path] = time.monotonic()


def looked_at() -> list[Path]:
    """Return the runs that a page showed during the last seconds."""
    oldest = time.monotonic() - LOOKED_AT_SECONDS
    with _lock:
        return [path for path, seen in _looked_at.items() if seen >= oldest]
