"""The newest losses as float32 rows; only what was added to the file since is read."""

import math

import numpy as np

from dashboard.data.growing.jsonl_follower import UpdateRows, follow
from spcl.store.reader import Run

_LARGEST = float(np.finfo(np.float32).max)
_MOST_STEPS = 10**12


def losses_since(run: Run, since: int) -> tuple[list[str], bytes]:
    """Return column names and the rows of all steps after `since`, float32 (rows, columns).

    The columns are step and every loss; a value that was not recorded is NaN.
    """
    rows = follow(run.metrics(), UpdateRows).read()
    first = _first_after(rows, since)
    by_step = {row["step"]: row for row in rows[first:] if _is_step(row, since)}
    if not by_step:
        return [], b""
    losses = sorted({key for row in by_step.values() for key in row if key.startswith("loss/")})
    columns = ["step", *losses]
    table = [[_number(by_step[step].get(key)) for key in columns] for step in sorted(by_step)]
    return columns, np.asarray(table, "<f4").tobytes()


def _first_after(rows: list[dict[str, object]], since: int) -> int:
    """Return the index of the first new row; rows are nearly in order, so search from the end."""
    index = len(rows)
    while index and not _is_old(rows[index - 1], since):
        index -= 1
    return index


def _is_old(row: dict[str, object], since: int) -> bool:
    step = row.get("step")
    return isinstance(step, int) and step <= since


def _is_step(row: dict[str, object], since: int) -> bool:
    step = row.get("step")
    return isinstance(step, int) and not isinstance(step, bool) and since < step < _MOST_STEPS


def _number(value: object) -> float:
    """Return a value as a float32 can hold it; text, lists and too large numbers are NaN."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    return float(value) if abs(value) <= _LARGEST else math.nan
