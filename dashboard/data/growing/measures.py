"""The measures of a run as columns of numbers: a row of the file takes 20 bytes here.

A long run has hundreds of thousands of rows. They repeat a few hundred series (a measure of a class
in a domain), and only step and value are new in each, so a line is compared with those seen before
instead of being parsed.
"""

import math
from array import array
from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.data.checked import has_step
from dashboard.data.growing.jsonl_follower import Growing
from spcl.store.names import MEASURE_COLUMNS

_KEY = ("class", "domain", "labels", "measure", "rival")
_SERIES = (*_KEY, "unit")
_STEP, _VALUE = b'{"step":', b',"value":'
_MOST_KNOWN = 200_000
_BYTES_A_LINE = 400


_ROW = np.dtype([("step", np.int64), ("series", np.int32), ("value", np.float64)])
"""A row as it is kept; `series` counts the series in the order they came."""


class GrowingMeasures(Growing):
    """All rows of a growing `measures.jsonl`."""

    def _forget(self) -> None:
        self._parts = [np.zeros(0, _ROW)]
        self._series: dict[tuple[Any, ...], int] = {}
        self._known_series: dict[tuple[bytes, bytes], int] = {}
        self._known_steps: dict[bytes, int] = {}
        self._steps: set[int] = set()

    @property
    def kept_bytes(self) -> int:
        """Return about how much memory is kept."""
        num_known = len(self._known_series) + len(self._known_steps) + len(self._series)
        return sum(part.nbytes for part in self._parts) + _BYTES_A_LINE * num_known

    def steps(self) -> frozenset[int]:
        """Return the steps that have measures so far."""
        with self._lock:
            self._read_on()
            return frozenset(self._steps)

    def frame(self, *, at: Collection[int], over: Collection[str]) -> pd.DataFrame:
        """Return the rows at the steps `at`, and those of the measures `over` at every step.

        In the order of the file; of rows that differ in value and unit alone the last one counts.
        """
        rows, series = self._everything()
        wanted = np.array([words[_KEY.index("measure")] in over for words in series], bool)
        chosen = np.isin(rows["step"], list(at))
        if wanted.any():
            chosen |= wanted[rows["series"]]
        return _frame(rows[chosen], series)

    def about(self, name: str) -> pd.DataFrame:
        """Return the rows of every step that name a class, as itself or as a rival; as above."""
        rows, series = self._everything()
        places = (_KEY.index("class"), _KEY.index("rival"))
        wanted = np.array([any(words[at] == name for at in places) for words in series], bool)
        chosen = wanted[rows["series"]] if wanted.any() else np.zeros(len(rows), bool)
        return _frame(rows[chosen], series)

    def _everything(self) -> tuple[NDArray[np.void], list[tuple[Any, ...]]]:
        """Return the rows read so far, and what their `series` means."""
        with self._lock:
            self._read_on()
            if len(self._parts) > 1:
                self._parts = [np.concatenate(self._parts)]
            return self._parts[0], list(self._series)

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
        added = np.empty(len(steps), _ROW)
        added["step"], added["series"], added["value"] = steps, series, values
        self._parts.append(added)

    def _parsed(
        self, line: bytes, at: bytes, around: tuple[bytes, bytes], *, is_plain: bool
    ) -> tuple[int, int, float] | None:
        """Return step, series and value of a line (None: it is no row), to be known again."""
        row = next(filter(has_step, self._tail.rows_of([line])), None)
        if row is None or any(isinstance(row.get(name), list | dict) for name in MEASURE_COLUMNS):
            return None
        words = tuple(row.get(name) for name in _SERIES)
        step, code = row["step"], self._series.setdefault(words, len(self._series))
        if is_plain and at == b"%s%d" % (_STEP, step):
            if len(self._known_series) + len(self._known_steps) > _MOST_KNOWN:
                self._known_series.clear()
                self._known_steps.clear()
            self._known_steps[at], self._known_series[around] = step, code
        return step, code, _value(row.get("value"))


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
    return float(value) if is_number else math.nan  # type: ignore[arg-type]


def _frame(rows: NDArray[np.void], series: list[tuple[Any, ...]]) -> pd.DataFrame:
    words = np.array(series, object).reshape(len(series), len(_SERIES))[rows["series"]]
    columns = {name: pd.Series(words[:, i], dtype=object) for i, name in enumerate(_SERIES)}
    frame = pd.DataFrame({"step": rows["step"], "value": rows["value"], **columns})
    kept = frame.drop_duplicates(["step", *_KEY], keep="last").reset_index(drop=True)
    return kept[list(MEASURE_COLUMNS)]
