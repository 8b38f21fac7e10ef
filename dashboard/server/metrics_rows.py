"""The newest scalars as float32 rows; only what was added to the file since is read."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dashboard.data.recorded import updates
from spcl.store.growing.ragged import Values
from spcl.store.reader import Run

TIME = "time"
"""The column of hours since the first row of the run."""
_LARGEST = float(np.finfo(np.float32).max)
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
        a value was not recorded; the names of all scalars in those rows. The last row of a step
        counts.
    """
    found = updates(run)
    rows = _rows_after(found.step, since)
    if not len(rows):
        return [], b"", []
    known = sorted(
        name for name, values in found.numbers.items() if name != TIME and _are_in(values, rows)
    )
    wanted = [name for name in known if name.startswith(_LOSS) or name in chosen]
    hours = (found.time[rows] - found.time[0]) / 3600
    numbers = (found.number(name)[rows] for name in wanted)
    table = np.stack([found.step[rows].astype(np.float64), hours, *numbers], axis=1)
    table[np.abs(table) > _LARGEST] = np.nan
    return ["step", TIME, *wanted], table.astype("<f4").tobytes(), known


def _are_in(values: Values, rows: NDArray[np.intp]) -> bool:
    """Return whether one of these rows has a number that float32 can hold."""
    bearable = values.rows[np.abs(values.values) <= _LARGEST]
    return bool(np.isin(bearable, rows).any())


def _rows_after(step: NDArray[np.int64], since: int) -> NDArray[np.intp]:
    """Return the last row of each step behind `since`, ascending by step.

    Rows are nearly in order: those that count stand behind the last one that is known.
    """
    known = np.flatnonzero(step <= since)
    first = int(known[-1]) + 1 if len(known) else 0
    _, from_end = np.unique(step[first:][::-1], return_index=True)
    return len(step) - 1 - from_end
