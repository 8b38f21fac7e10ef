"""The measures of a run as columns of numbers: a row of the file takes 20 bytes here.

A long run has hundreds of thousands of rows. They repeat a few hundred series (a measure of a class
in a domain), and only step and value are new in each, so a line is compared with those seen before
instead of being parsed.
"""

import math
from array import array
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from spcl.store.derived.reader import MEASURES_COLUMNS_FILE
from spcl.store.formats.jsonl import MOST_STEPS
from spcl.store.growing.columns import Arrays, column, text_array, text_of
from spcl.store.growing.follower import InColumns
from spcl.store.names import MEASURE_COLUMNS

SERIES = ("class", "domain", "labels", "measure", "rival", "unit")
"""What tells one series of values from another."""
_STEP, _VALUE = b'{"step":', b',"value":'
_MOST_KNOWN = 200_000
_BYTES_A_LINE = 400
Words = tuple[Any, ...]


class MeasureRows(NamedTuple):
    """Rows as they are kept: step, number of the series in the order they came, value; (N,)."""

    step: NDArray[np.int64]
    series: NDArray[np.int32]
    value: NDArray[np.float64]


class GrowingMeasures(InColumns):
    """All rows of a growing `measures.jsonl`."""

    columns = ("step", "series", "value", "words")
    _parts: list[MeasureRows]

    @property
    def columns_file(self) -> tuple[Path, Path]:
        """Return where the columns stand, and the folder that is not left on the way."""
        return self._path.with_name(MEASURES_COLUMNS_FILE), self._within

    @property
    def kept_bytes(self) -> int:
        """Return about how much memory is kept."""
        num_known = len(self._known_series) + len(self._known_steps) + len(self._series)
        in_rows = sum(column.nbytes for part in self._parts for column in part)
        return in_rows + _BYTES_A_LINE * num_known

    def steps(self) -> frozenset[int]:
        """Return the steps that have measures so far."""
        with self._lock:
            self._read_on()
            return frozenset(self._steps)

    def read(self) -> tuple[MeasureRows, list[Words]]:
        """Return the rows so far, in the order of the file, and the words of each `SERIES`."""
        with self._lock:
            self._read_on()
            return self._joined(), list(self._series)

    def _joined(self) -> MeasureRows:
        if len(self._parts) > 1:
            self._parts = [MeasureRows(*map(np.concatenate, zip(*self._parts, strict=True)))]
        return self._parts[0]

    def _forget(self) -> None:
        self._parts = [_rows(array("q"), array("i"), array("d"))]
        self._series: dict[Words, int] = {}
        self._known_series: dict[tuple[bytes, bytes], int] = {}
        self._known_steps: dict[bytes, int] = {}
        self._steps: set[int] = set()

    def _arrays(self) -> Arrays:
        return {**self._joined()._asdict(), "words": text_array(list(self._series))}

    def _restore(self, arrays: Arrays) -> None:
        step = column(arrays, "step", np.int64)
        series = column(arrays, "series", np.int32, len(step))
        value = column(arrays, "value", np.float64, len(step))
        words = [_words(found) for found in text_of(column(arrays, "words", np.uint8))]
        self._series = {found: number for number, found in enumerate(words)}
        if len(self._series) != len(words) or not _is_within(series, len(words)):
            raise ValueError("a row has no series")
        if not _is_within(step, MOST_STEPS):
            raise ValueError("a row has no step")
        value[~np.isfinite(value)] = math.nan
        self._parts = [MeasureRows(step, series, value)]
        self._steps = set(step[np.flatnonzero(np.diff(step, prepend=-1))].tolist())

    def _take(self, lines: list[bytes]) -> None:
        steps, series, values = array("q"), array("i"), array("d")
        for line in lines:
            head, _, rest = line.partition(_VALUE)
            at, _, before = head.partition(b",")
            number, _, after = rest.partition(b",")
            step = self._known_steps.get(at)
            code = self._known_series.get((before, after))
            value = _number(number)
            if step is None or code is None or value is None:
                found = self._parsed(line, at, (before, after), is_plain=value is not None)
                if found is None:
                    continue
                step, code, value = found
            steps.append(step)
            series.append(code)
            values.append(value)
        self._steps.update(steps)
        self._parts.append(_rows(steps, series, values))

    def _parsed(
        self, line: bytes, at: bytes, around: tuple[bytes, bytes], *, is_plain: bool
    ) -> tuple[int, int, float] | None:
        """Return step, series and value of a line (None: it is no row), to be known again."""
        row = next(iter(self._tail.rows_of([line])), None)
        if row is None or any(isinstance(row.get(name), list | dict) for name in MEASURE_COLUMNS):
            return None
        words = tuple(row.get(name) for name in SERIES)
        step, code = row["step"], self._series.setdefault(words, len(self._series))
        if is_plain and at == b"%s%d" % (_STEP, step):
            if len(self._known_series) + len(self._known_steps) > _MOST_KNOWN:
                self._known_series.clear()
                self._known_steps.clear()
            self._known_steps[at], self._known_series[around] = step, code
        return step, code, _value(row.get("value"))


def _rows(step: "array[int]", series: "array[int]", value: "array[float]") -> MeasureRows:
    columns = (np.array(step, np.int64), np.array(series, np.int32), np.array(value, np.float64))
    return MeasureRows(*columns)


def _words(found: Any) -> Words:
    if not isinstance(found, list) or len(found) != len(SERIES):
        raise ValueError("no series")
    if any(isinstance(word, list | dict) for word in found):
        raise ValueError("no word of a series")
    return tuple(found)


def _is_within(numbers: NDArray[np.integer[Any]], most: int) -> bool:
    return not len(numbers) or bool(numbers.min() >= 0 and numbers.max() < most)


def _number(text: bytes) -> float | None:
    """Return a number or null as the analysis writes it; None for anything else."""
    if text == b"null":
        return math.nan
    try:
        value = None if text.translate(None, b"0123456789.e-") else float(text)
    except ValueError:
        return None
    return value if value is None or math.isfinite(value) else math.nan


def _value(value: object) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(cast("float", value)) if is_number else math.nan
