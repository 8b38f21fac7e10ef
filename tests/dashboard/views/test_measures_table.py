"""The table of all measures: every row of the step, its change, its words, and the same as CSV."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.data import recorded, runs_folder
from dashboard.text.captions import caption
from dashboard.text.common import csv_bytes
from dashboard.text.separability import all_measures as words
from spcl.store.reader import Run
from tests.support.synthetic_run import NAMES

DISPLAYS = {name: name.capitalize() for name in NAMES}
DOMAINS = {"source": "day", "target": "dusk"}
PAGE = """
from dashboard.data.opened_run import open_run
from dashboard.data.selection import selection
from dashboard.views import separability
separability.render(open_run(selection()))
"""


@pytest.fixture(scope="module")
def run(analyzed_run: Path) -> Run:
    return Run(analyzed_run)


@pytest.fixture(scope="module")
def measures(run: Run) -> pd.DataFrame:
    return recorded.measures_frame(run, at=run.steps())


@pytest.fixture(scope="module")
def table(measures: pd.DataFrame) -> pd.DataFrame:
    return words.measure_table(measures, step=40, before=20, displays=DISPLAYS, domains=DOMAINS)


def test_every_measure_of_the_step_has_its_row(measures: pd.DataFrame, table: pd.DataFrame) -> None:
    here = measures[measures["step"] == 40]
    assert list(table.columns) == list(words.COLUMNS)
    assert list(table["Key"]) == list(here["measure"])
    assert np.array_equal(table["Value"], here["value"], equal_nan=True)
    assert (table["Formula"] == [caption(key).formula for key in table["Key"]]).all()


def test_a_row_says_what_it_is_of_and_how_it_changed(
    measures: pd.DataFrame, table: pd.DataFrame
) -> None:
    row = table[
        (table["Key"] == "margin_mean")
        & (table["Class"] == "Sky")
        & (table["Domain"] == "dusk")
        & (table["Labels"] == "pseudo label")
    ].iloc[0]
    mine = measures[
        (measures["measure"] == "margin_mean")
        & (measures["class"] == "sky")
        & (measures["domain"] == "target")
        & (measures["labels"] == "pseudo")
    ].set_index("step")["value"]
    assert (row["Measure"], row["Better"], row["Against"]) == ("Margin", "higher", "")
    assert (row["Value"], row["Change"]) == (mine[40], mine[40] - mine[20])


def test_what_is_of_all_classes_or_of_a_pair_says_so(table: pd.DataFrame) -> None:
    rank = table[table["Key"] == "effective_rank"].iloc[0]
    assert (rank["Class"], rank["Domain"], rank["Labels"]) == ("All classes", "", "")
    pairs = table[table["Key"] == "prototype_cosine"]
    assert set(pairs["Against"]) <= set(DISPLAYS.values())
    assert set(table[table["Key"] == "domain_gap"]["Domain"]) == {"day against dusk"}
    assert set(table["Better"]) == {"higher", "lower", "neither"}


def test_a_share_is_better_higher_for_the_own_class_and_lower_for_others(
    measures: pd.DataFrame,
) -> None:
    first = words.measure_table(measures, step=0, before=None, displays=DISPLAYS, domains=DOMAINS)
    shares = first[first["Key"] == "confusion_share"]
    own = shares["Class"] == shares["Against"]
    assert set(shares[own]["Better"]) == {"higher"}
    assert set(shares[~own]["Better"]) == {"lower"}


def test_without_a_step_to_compare_with_no_change_is_claimed(measures: pd.DataFrame) -> None:
    table = words.measure_table(measures, step=20, before=None, displays=DISPLAYS, domains=DOMAINS)
    assert table["Change"].isna().all()
    assert "since before" not in words.reading(table)


def test_a_measure_of_a_newer_program_keeps_its_key(measures: pd.DataFrame) -> None:
    newer = measures.assign(measure="entropy")
    table = words.measure_table(newer, step=40, before=20, displays=DISPLAYS, domains=DOMAINS)
    assert set(table["Measure"]) == {"entropy"}


def test_filters_keep_a_domain_and_a_class_with_its_pairs(table: pd.DataFrame) -> None:
    chosen = words.chosen_rows(table, domain="dusk", class_name="Car")
    assert set(chosen["Domain"]) == {"dusk"}
    assert ((chosen["Class"] == "Car") | (chosen["Against"] == "Car")).all()
    assert words.chosen_rows(table, domain=None, class_name=None).equals(table)


def test_the_csv_holds_the_same_rows_at_full_precision(table: pd.DataFrame) -> None:
    read = pd.read_csv(io.BytesIO(csv_bytes(table)), keep_default_na=False)
    assert list(read.columns) == list(words.COLUMNS)
    assert list(read["Key"]) == list(table["Key"])
    values = pd.to_numeric(read["Value"], errors="coerce")
    assert np.array_equal(values, table["Value"], equal_nan=True)


@pytest.mark.slow
def test_the_page_makes_the_table_once_it_is_opened(run: Run, table: pd.DataFrame) -> None:
    runs_folder.use(run.path.parent)
    app = AppTest.from_string(PAGE, default_timeout=60).run()
    assert not app.exception, app.exception
    assert len(app.dataframe) == 1  # the rivals
    app.session_state["separability-all-measures"] = True
    app.run()
    assert not app.exception, app.exception
    shown = app.dataframe[-1].value
    assert len(shown) == len(table)
    assert list(shown["Measure"]) == list(table["Measure"])


def test_a_file_is_called_after_its_run_and_step(run: Run) -> None:
    assert words.file_name("night", 40) == "night-step-40-measures.csv"
    assert Path(words.file_name("night", 40)).suffix == ".csv"
