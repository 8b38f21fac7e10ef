"""The newest metrics as float32 rows, read on from where the last reading of the file ended."""

from pathlib import Path
from threading import Lock

import numpy as np

from dashboard.growing import GrowingRows
from spcl.store.reader import Run

_lock = Lock()
_tails: dict[str, GrowingRows] = {}
_MOST = 64


def after(run: Run, since: int) -> tuple[list[str], bytes]:
    """Return column names and the rows of the steps after `since`, float32 (rows, columns).

    The columns are step and every loss; a value that was not recorded is NaN.
    """
    rows = _tail(str(run.metrics().path)).read()
    first = _first_after(rows, since)
    by_step = {row["step"]: row for row in rows[first:] if _is_step(row, since)}
    if not by_step:
        return [], b""
    losses = sorted({key for row in by_step.values() for key in row if key.startswith("loss/")})
    columns = ["step", *losses]
    table = [[_number(by_step[step].get(key)) for key in columns] for step in sorted(by_step)]
    return columns, np.asarray(table, "<f4").tobytes()


def _tail(path: str) -> GrowingRows:
    with _lock:
        if path not in _tails and len(_tails) >= _MOST:
            _tails.pop(next(iter(_tails)))
        return _tails.setdefault(path, GrowingRows(Path(path)))


def _first_after(rows: list[dict[str, object]], since: int) -> int:
    """Return an index before which no row is newer; rows are nearly in order, so look from behind.

    After a resume steps come again, so the search goes on until a run of older rows is met.
    """
    index = len(rows)
    while index and _is_step(rows[index - 1], since):
        index -= 1
    return index


def _is_step(row: dict[str, object], since: int) -> bool:
    step = row.get("step")
    return isinstance(step, int) and step > since


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")
