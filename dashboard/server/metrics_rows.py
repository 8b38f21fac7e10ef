"""The newest losses as float32 rows; only what was added to the file since is read."""

import numpy as np

from dashboard.data.jsonl_follower import follow
from spcl.store.reader import Run


def losses_since(run: Run, since: int) -> tuple[list[str], bytes]:
    """Return column names and the rows of all steps after `since`, float32 (rows, columns).

    The columns are step and every loss; a value that was not recorded is NaN.
    """
    rows = follow(run.metrics()).read()
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
    while index and _is_step(rows[index - 1], since):
        index -= 1
    return index


def _is_step(row: dict[str, object], since: int) -> bool:
    step = row.get("step")
    return isinstance(step, int) and step > since


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")
