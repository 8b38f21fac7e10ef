"""What runs say of themselves, parsed only when their `run.json` was replaced.

A folder may hold hundreds of runs, and every open page looks at all of them each second or two.
"""

from pathlib import Path
from threading import Lock

from spcl.store.reader import Run
from spcl.store.schema import RUN_FILE, RunInfo

_MOST_RUNS = 1000
_lock = Lock()
_known: dict[Path, tuple[tuple[int, int, int], RunInfo]] = {}


def read_info(run: Run) -> RunInfo:
    """Return `run.json` (StoreError: missing, damaged, newer), as parsed before if unchanged."""
    try:
        found = (run.path / RUN_FILE).stat()
    except OSError:
        return run.info()  # says in a sentence what is wrong
    stamp = found.st_ino, found.st_mtime_ns, found.st_size
    with _lock:
        known = _known.get(run.path)
    if known is not None and known[0] == stamp:
        return known[1]
    info = run.info()
    with _lock:
        _known[run.path] = stamp, info
        while len(_known) > _MOST_RUNS:
            del _known[next(iter(_known))]
    return info
