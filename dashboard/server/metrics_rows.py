"""The newest scalars as float32 rows; only what was added to the file since is read."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from dashboard.data.growing.jsonl_follower import UpdateRows, follow
from spcl.store.reader import Run

TIME = "time"
"""The column of hours since the first row of the run."""
_LARGEST = float(np.finfo(np.float32).max)
_MOST_STEPS = 10**12
_LOSS = "loss/"


def scalars_since(
    run: Run, since: int, chosen: Sequence[str] = ()
) -> tuple[list[str], bytes, list[str]]:
    """Return column names, the rows of all steps after `since`, and the scalars there are.

    Args:
        run: the run.
        since: steps up to this one are known.
        chosen: scalars that are asked for beside the losses.

    Returns:
        The columns: step, time, every loss and what was chosen; float32 (rows, columns), NaN where
        a value was not recorded; the names of all scalars in those rows.
    """
    rows = follow(run.metrics(), UpdateRows).read()
    first = _first_after(rows, since)
    by_step = {row["step"]: row for row in rows[first:] if _is_step(row, since)}
    if not by_step:
        return [], b"", []
    known = _scalars(list(by_step.values()))
    wanted = [name for name in known if name.startswith(_LOSS) or name in chosen]
    begin = _moment(rows[0].get(TIME))
    table = [
        [step, _hours(begin, row.get(TIME)), *(_number(row.get(key)) for key in wanted)]
        for step, row in sorted(by_step.items(), key=lambda one: _number(one[0]))
    ]
    return ["step", TIME, *wanted], np.asarray(table, "<f4").tobytes(), known


def _scalars(rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Return the names of all values that are one number, the step left out."""
    found = {key for row in rows for key, value in row.items() if math.isfinite(_number(value))}
    return sorted(found - {"step", TIME})


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


def _hours(begin: datetime | None, text: object) -> float:
    """Return the hours from the first row to a time; NaN where one of them is not known."""
    moment = _moment(text)
    if begin is None or moment is None or (begin.tzinfo is None) != (moment.tzinfo is None):
        return math.nan
    return (moment - begin).total_seconds() / 3600


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
