"""Rows of metrics as columns of numbers.

Numbers, lists of numbers (a value a class), the time and the stage are kept, other texts are not. A
training may log what it wants, as seldom as it wants: kept are the values that there are.
"""

import math
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spcl.store.formats.jsonl import MOST_STEPS
from spcl.store.growing.columns import Arrays, column, text_array, text_of
from spcl.store.growing.ragged import Ragged, Values


@dataclass(frozen=True)
class Updates:
    """The rows of a run so far, in the order of the file; do not change them.

    Attributes:
        step: of each row, (N,).
        time: when it was written, in seconds since 1970; NaN where it does not say so, (N,).
        stage: its stage as a place in `stages`, -1 for none, (N,).
        stages: the stages there are.
        numbers: what has one number a row, by name.
        lists: what has a list of numbers a row, by name.
    """

    step: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    time: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    stage: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    stages: tuple[str, ...] = ()
    numbers: Mapping[str, Values] = field(default_factory=dict)
    lists: Mapping[str, Values] = field(default_factory=dict)

    def number(self, name: str) -> NDArray[np.float64]:
        """Return a value of each row, (N,), NaN where it has none."""
        values = np.full(len(self.step), math.nan)
        if name in self.numbers:
            values[self.numbers[name].rows] = self.numbers[name].values
        return values

    def list_at(self, name: str, row: int) -> NDArray[np.floating[Any]]:
        """Return a list of a row, NaN for null; empty where it has none."""
        return self.lists[name].at(row) if name in self.lists else np.zeros(0, np.float32)

    def is_in(self, stage: str) -> NDArray[np.bool_]:
        """Return which rows are of a stage, (N,)."""
        place = self.stages.index(stage) if stage in self.stages else -2
        return np.asarray(self.stage == place)


class UpdateTable:
    """Rows of metrics, in the order they come."""

    columns = (
        *("step", "time", "stage", "words"),
        *(f"{kind}_{part}" for kind in ("number", "list") for part in Ragged.parts),
    )
    """Names of the arrays."""

    def __init__(self) -> None:
        """Begin without a row."""
        self._step, self._time, self._stage = array("q"), array("d"), array("i")
        self._stages: dict[str, int] = {}
        self._numbers, self._lists = Ragged(np.float64), Ragged(np.float32)

    @property
    def num_bytes(self) -> int:
        """Return about how much memory is kept."""
        return 20 * len(self._step) + self._numbers.num_bytes + self._lists.num_bytes

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row, which has a step."""
        place, stage = len(self._step), row.get("stage")
        self._step.append(row["step"])
        self._time.append(seconds_of(row.get("time")))
        self._stage.append(self._place_of(stage) if isinstance(stage, str) else -1)
        for name, value in row.items():
            if isinstance(value, list):
                self._lists.add(name, place, value)
            elif isinstance(value, int | float) and not isinstance(value, bool) and name != "step":
                self._numbers.add(name, place, (value,))

    def _place_of(self, stage: str) -> int:
        return self._stages.setdefault(stage, len(self._stages))

    def updates(self) -> Updates:
        """Return all rows so far, for reading."""
        values = self._numbers.values(), self._lists.values()
        return Updates(*self._flat(), tuple(self._stages), *values)

    def _flat(self) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int32]]:
        return (
            np.array(self._step, np.int64),
            np.array(self._time, np.float64),
            np.array(self._stage, np.int32),
        )

    def arrays(self) -> Arrays:
        """Return everything so far as the arrays `columns`."""
        words = [list(self._stages), self._numbers.names(), self._lists.names()]
        flat: list[NDArray[Any]] = [*self._flat(), text_array(words)]
        named = dict(zip(self.columns, flat, strict=False))
        return {**named, **self._numbers.arrays("number"), **self._lists.arrays("list")}

    def restore(self, arrays: Arrays) -> None:
        """Add the rows that `arrays` returned (KeyError, TypeError, ValueError: it never did)."""
        step = column(arrays, "step", np.int64)
        time = column(arrays, "time", np.float64, len(step))
        stage = column(arrays, "stage", np.int32, len(step))
        stages, numbers, lists = map(_names, text_of(arrays["words"]))
        if len(step) and not (step.min() >= 0 and step.max() <= MOST_STEPS):
            raise ValueError("a row has no step")
        if len(step) and not (stage.min() >= -1 and stage.max() < len(stages)):
            raise ValueError("a row has no stage")
        time[~np.isfinite(time)] = math.nan
        self._step.frombytes(step.tobytes())
        self._time.frombytes(time.tobytes())
        self._stage.frombytes(stage.tobytes())
        self._stages = {name: place for place, name in enumerate(stages)}
        self._numbers.restore("number", numbers, arrays, len(step))
        self._lists.restore("list", lists, arrays, len(step))
        if any(len(one.rows) != len(one.values) for one in self._numbers.values().values()):
            raise ValueError("a row has more than one number")


def updates_of(rows: Iterable[Mapping[str, Any]]) -> Updates:
    """Return rows of metrics as columns."""
    table = UpdateTable()
    for row in rows:
        table.add(row)
    return table.updates()


def _names(found: Any) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise ValueError("no names")
    if len(set(found)) < len(found):
        raise ValueError("a name stands twice")
    return found


def seconds_of(stamp: object) -> float:
    """Return an ISO 8601 time in seconds since 1970; NaN for anything else."""
    try:
        return datetime.fromisoformat(str(stamp)).timestamp()
    except (ValueError, OverflowError, OSError):
        return math.nan
