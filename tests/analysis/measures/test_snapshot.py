import runpy
import sys

import numpy as np
import pandas as pd
import pytest

from spcl.analysis.measures.history import History
from spcl.analysis.measures.snapshot import rows_at, snapshot_rows
from spcl.analysis.measures.table import context_of
from spcl.store.names import MEASURE_COLUMNS
from spcl.store.reader import Run
from tests import ROOT
from tests.support.synthetic_run import NAMES


@pytest.fixture(scope="module")
def run(analyzed_run) -> Run:
    return Run(analyzed_run)


@pytest.fixture(scope="module")
def table(measures) -> pd.DataFrame:
    return measures


class Changed:
    """A snapshot whose arrays are replaced."""

    def __init__(self, snapshot, **arrays):
        self.__dict__ |= {
            name: arrays.get(name, getattr(snapshot, name))
            for name in ("step", "features", "predictions", "prototypes", "scores")
        }


def values(rows):
    names = ("class_name", "domain", "labels", "measure", "rival")
    return {tuple(getattr(row, name) for name in names): row.value for row in rows}


def test_a_row_is_one_value_of_one_measure(table):
    assert list(table.columns) == list(MEASURE_COLUMNS)
    keys = [name for name in MEASURE_COLUMNS if name not in ("value", "unit")]
    assert not table.duplicated(keys).any()
    assert np.isfinite(table["value"]).all()
    assert set(table["class"].dropna()) <= set(NAMES)


def test_every_domain_is_measured_by_truth_and_by_pseudo_label(table):
    found = table[table.measure == "compactness"][["domain", "labels"]].drop_duplicates()
    assert len(found) == 6  # source, target, mixed


def test_thorough_measures_are_taken_before_and_at_the_end_only(run, table):
    steps = set(table[table.measure == "silhouette"]["step"])
    assert steps == {run.info().before_step, run.steps()[-1]}


def test_a_run_without_target_labels_is_measured_by_pseudo_label(run):
    context = context_of(run)
    truth = np.where(context.domain == 1, 255, context.truth)
    blind = type(context)(context.names, truth, context.domain)
    rows = snapshot_rows(run.snapshot(40), blind)
    seen = {(r.domain, r.labels) for r in rows if r.measure == "margin_mean"}
    assert ("target", "truth") not in seen
    assert ("mixed", "truth") not in seen
    assert ("target", "pseudo") in seen


def test_features_that_are_not_numbers_are_refused_by_name_and_stop_nothing_else(run):
    features = run.snapshot(40).features.copy()
    features[3] = np.nan
    rows = snapshot_rows(Changed(run.snapshot(40), features=features), context_of(run))
    failed = [row.sentence for row in rows if row.measure == "failed"]
    assert any("the features of 1 of" in sentence for sentence in failed)
    assert any(row.measure == "prototype_cosine" for row in rows)
    assert any(row.measure == "kept_share" for row in rows)


def test_a_rotation_of_features_and_prototypes_changes_no_measure(run):
    snapshot, context = run.snapshot(0), context_of(run)
    width = snapshot.features.shape[1]
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(width, width)))[0]
    found = snapshot.prototypes
    turned = Changed(
        snapshot,
        features=snapshot.features.astype(float) @ turn,
        prototypes={**found, "vectors": found["vectors"] @ turn},
    )
    plain, other = (values(snapshot_rows(s, context)) for s in (snapshot, turned))
    assert plain.keys() == other.keys()
    for key, value in plain.items():
        assert other[key] == pytest.approx(value, abs=0.02), key


@pytest.mark.slow
def test_measured_one_by_one_or_in_a_table_gives_the_same_rows(run, table):
    rows = rows_at(History(run), run.snapshot(20))
    mine = table[table.step == 20]
    assert len(rows) == len(mine)
    assert sorted(row.value for row in rows) == pytest.approx(sorted(mine["value"]))


@pytest.mark.slow
def test_the_example_reads_a_run_and_draws_it(run, tmp_path, monkeypatch, capsys):
    script = ROOT / "examples" / "measures.py"
    monkeypatch.setattr(sys, "argv", [str(script), str(run.path), str(tmp_path / "margins.html")])
    runpy.run_path(str(script), run_name="__main__")
    printed = capsys.readouterr().out
    assert "Rank correlation with the target's mIoU, from step 0 on" in printed
    assert "margin_mean" in printed
    assert (tmp_path / "margins.html").stat().st_size > 1000


@pytest.mark.parametrize("measure", ["squared_mmd", "proxy_a_distance", "proxy_a_error"])
def test_what_is_said_of_the_domains_in_all_is_the_mean_over_the_classes(table, measure):
    rows = table[(table.measure == measure) & (table.domain == "both")]
    assert len(rows) > 0
    for _, group in rows.groupby(["step", "labels"]):
        (total,) = group[group["class"].isna()]["value"]
        assert total == pytest.approx(group[group["class"].notna()]["value"].mean())
