"""The newest scalars as float32 rows; only what was added to the file since is read."""

<<<<<<< HEAD
import math
from collections.abc import Mapping, Sequence
from datetime import datetime

=======
>>>>>>> main
import numpy as np
from numpy.typing import NDArray

from dashboard.data.recorded import updates
from spcl.store.reader import Run

TIME = "time"
"""The column of hours since the first row of the run."""
_LARGEST = float(np.finfo(np.float32).max)
<<<<<<< HEAD
_MOST_STEPS = 10**12
_LOSS = "loss/"
=======
>>>>>>> main


def scalars_since(
    run: Run, since: int, chosen: Sequence[str] = ()
) -> tuple[list[str], bytes, list[str]]:
    """Return column names, the rows of all steps after `since`, and the scalars there are.

<<<<<<< HEAD
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
=======
    The columns are step and every loss; a value that was not recorded is NaN. The last row of a
    step counts.
    """
    found = updates(run)
    rows = _rows_after(found.step, since)
    if not len(rows):
        return [], b""
    names = sorted(name for name in found.numbers if name.startswith("loss/"))
    columns = [found.step[rows].astype(np.float64), *(found.number(name)[rows] for name in names)]
    is_there = [True, *(bool(np.isfinite(values).any()) for values in columns[1:])]
    table = np.stack([one for one, there in zip(columns, is_there, strict=True) if there], axis=1)
    table[np.abs(table) > _LARGEST] = np.nan
    kept = [name for name, there in zip(["step", *names], is_there, strict=True) if there]
    return kept, table.astype("<f4").tobytes()
>>>>>>> main


def _rows_after(step: NDArray[np.int64], since: int) -> NDArray[np.intp]:
    """Return the last row of each step behind `since`, ascending by step.

    Rows are nearly in order: those that count stand behind the last one that is known.
    """
    known = np.flatnonzero(step <= since)
    first = int(known[-1]) + 1 if len(known) else 0
    _, from_end = np.unique(step[first:][::-1], return_index=True)
    return len(step) - 1 - from_end
