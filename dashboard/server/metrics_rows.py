"""The newest scalars as float32 rows; only what was added to the file since is read."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from dashboard.data.recorded import updates
from spcl.store.reader import Run

_LARGEST = float(np.finfo(np.float32).max)
_SECONDS_AN_HOUR = 3600


def scalars_since(
    run: Run, since: int, chosen: Collection[str] = ()
) -> tuple[list[str], bytes, list[str]]:
    """Return column names, the rows of all steps after `since`, and the scalars there are.

    The last row of a step counts.

    Args:
        run: the run.
        since: steps up to this one are known.
        chosen: scalars that are asked for beside the losses.

    Returns:
        The columns: step, time (hours since the first row), every loss and what was chosen;
        float32 (rows, columns), NaN where a value was not recorded; the names of all scalars.
    """
    found = updates(run)
    rows = _rows_after(found.step, since)
    if not len(rows):
        return [], b"", []
    names = sorted(found.numbers)
    wanted = [name for name in names if name.startswith("loss/") or name in chosen]
    columns = {name: found.number(name)[rows] for name in wanted}
    kept = [name for name, values in columns.items() if np.isfinite(values).any()]
    hours = (found.time[rows] - found.time[0]) / _SECONDS_AN_HOUR
    step = found.step[rows].astype(np.float64)
    table = np.stack([step, hours, *(columns[name] for name in kept)], axis=1)
    table[np.abs(table) > _LARGEST] = np.nan
    known = [name for name in names if name not in ("step", "time")]
    return ["step", "time", *kept], table.astype("<f4").tobytes(), known


def _rows_after(step: NDArray[np.int64], since: int) -> NDArray[np.intp]:
    """Return the last row of each step behind `since`, ascending by step.

    Rows are nearly in order: those that count stand behind the last one that is known.
    """
    known = np.flatnonzero(step <= since)
    first = int(known[-1]) + 1 if len(known) else 0
    _, from_end = np.unique(step[first:][::-1], return_index=True)
    return len(step) - 1 - from_end
