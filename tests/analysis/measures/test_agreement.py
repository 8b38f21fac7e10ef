"""Which measures go with the mIoU: over the snapshots of a run, and over runs."""

import pandas as pd
import pytest

from spcl.analysis.measures.agreement import (
    agreement_between_runs,
    agreement_with_iou,
    measures_beside_iou,
)
from spcl.store.reader import Run

NO_CLASS = {"domain": None, "labels": None, "class": None}


def rows(values, name="measure"):
    """Return a table as `separability` makes it, of one measure of all classes."""
    return pd.DataFrame(
        [{"step": step, "measure": name, "value": value, **NO_CLASS} for step, value in values]
    )


def points(run, value, iou):
    """Return the one point of a run that was scored once."""
    return pd.DataFrame(
        [{"run": run, "step": 9, "measure": "m", "domain": None, "labels": None,
          "value": value, "mean_iou": iou}]
    )  # fmt: skip


@pytest.fixture
def iou(analyzed_run):
    run = Run(analyzed_run)
    return {step: run.snapshot(step).scores["target"]["mean_iou"] for step in run.steps()}


def test_within_a_run_it_is_a_rank_correlation_over_the_snapshots(analyzed_run, iou):
    table = pd.concat(
        [rows([(step, sign * value**3) for step, value in iou.items()], name)
         for name, sign in (("same", 1), ("opposite", -1))]
    )  # fmt: skip
    found = agreement_with_iou(Run(analyzed_run), table).set_index("measure")["correlation"]
    assert found["same"] == 1
    assert found["opposite"] == -1


def test_a_measure_stands_beside_the_score_of_its_snapshot(analyzed_run, iou):
    table = rows([(0, 0.5), (40, float("nan")), (20, 0.7)])
    beside = measures_beside_iou(Run(analyzed_run), table).set_index("step")
    assert beside["mean_iou"].to_dict() == pytest.approx({0: iou[0], 20: iou[20]})
    assert set(beside["run"]) == {analyzed_run.name}


def test_over_runs_each_counts_once_at_its_end():
    early = points("run 0", 99.0, 0.99).assign(step=1)
    runs = [points(f"run {i}", value, 0.1 * i) for i, value in enumerate([3, 1, 2, 5, 4])]
    runs[0] = pd.concat([early, runs[0]])
    (found,) = agreement_between_runs(runs).to_dict("records")
    assert (found["runs"], found["correlation"]) == (5, 0.6)
    assert agreement_between_runs(runs[:4]).empty
    assert agreement_between_runs([]).empty
