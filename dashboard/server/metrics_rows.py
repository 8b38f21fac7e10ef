"""The newest losses as float32 rows; only what was added to the file since is read."""

import numpy as np
from numpy.typing import NDArray

from dashboard.data.recorded import updates
from spcl.store.reader import Run

_LARGEST = float(np.finfo(np.float32).max)


def losses_since(run: Run, since: int) -> tuple[list[str], bytes]:
    """Return column names and the rows of all steps after `since`, float32 (rows, columns).

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


def _rows_after(step: NDArray[np.int64], since: int) -> NDArray[np.intp]:
    """Return the last row of each step behind `since`, ascending by step.

    Rows are nearly in order: those that count stand behind the last one that is known.
    """
    known = np.flatnonzero(step <= since)
    first = int(known[-1]) + 1 if len(known) else 0
    _, from_end = np.unique(step[first:][::-1], return_index=True)
    return len(step) - 1 - from_end
