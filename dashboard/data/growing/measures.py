"""The measures of a run as tables, picked from the columns that are kept of them."""

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.data.growing.jsonl_follower import follow
from spcl.store.derived.reader import DerivedReader
from spcl.store.growing.measures import SERIES, GrowingMeasures, MeasureRows, Words
from spcl.store.names import MEASURE_COLUMNS
from spcl.store.reader import Run

_KEY = ("class", "domain", "labels", "measure", "rival")


def measures_of(run: Run) -> GrowingMeasures:
    """Return the measures of a run so far."""
    return follow(DerivedReader(run).measures(), GrowingMeasures)


def picked(
    measures: GrowingMeasures, *, at: Collection[int], over: Collection[str]
) -> pd.DataFrame:
    """Return the rows at the steps `at`, and those of the measures `over` at every step.

    In the order of the file; of rows that differ in value and unit alone the last one counts.
    """
    rows, series = measures.read()
    wanted = np.array([words[SERIES.index("measure")] in over for words in series], bool)
    chosen = np.isin(rows.step, list(at))
    if wanted.any():
        chosen |= wanted[rows.series]
    return _frame(rows, chosen, series)


def naming(measures: GrowingMeasures, name: str) -> pd.DataFrame:
    """Return the rows of every step that name a class, as itself or as a rival; as above."""
    rows, series = measures.read()
    places = (SERIES.index("class"), SERIES.index("rival"))
    wanted = np.array([any(words[at] == name for at in places) for words in series], bool)
    chosen = wanted[rows.series] if wanted.any() else np.zeros(len(rows.step), bool)
    return _frame(rows, chosen, series)


def _frame(rows: MeasureRows, chosen: NDArray[np.bool_], series: list[Words]) -> pd.DataFrame:
    known: NDArray[Any] = np.array(series, object).reshape(len(series), len(SERIES))
    words = known[rows.series[chosen]]
    columns = {name: pd.Series(words[:, i], dtype=object) for i, name in enumerate(SERIES)}
    frame = pd.DataFrame({"step": rows.step[chosen], "value": rows.value[chosen], **columns})
    kept = frame.drop_duplicates(["step", *_KEY], keep="last").reset_index(drop=True)
    return kept[list(MEASURE_COLUMNS)]
