"""A class that is predicted on the target and never occurs there, wherever a mean is said."""

import json

import numpy as np
import pandas as pd
import pytest

from dashboard.text.live.measured import measured_at, never_occurring
from dashboard.text.live.summary import (
    target_summary,
    three_sentences,
)
from spcl.ablation.arms import built_in
from spcl.ablation.scores import score_of
from spcl.commands import main
from spcl.commands.arms.output import arms_json
from spcl.store.reader import Run
from tests.support.synthetic_run import NAMES, write_synthetic_run

LAST = NAMES[-1]


@pytest.fixture
def run(tmp_path):
    """A run whose last class is predicted on the target, but nowhere in its truth."""
    run = Run(write_synthetic_run(tmp_path))
    path = run.snapshot(40).path / "scores.json"
    scores = json.loads(path.read_text())
    confusion = np.diag([60] * len(NAMES))
    confusion[0, 0], confusion[0, -1], confusion[-1] = 30, 30, 0
    scores["target"]["confusion"] = confusion.tolist()
    path.write_text(json.dumps(scores))
    return run


def test_evaluate_counts_it_as_zero_and_says_both_means(run, capsys):
    assert main(["evaluate", str(run.path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    occurring = np.mean([0.5, *[1.0] * (len(NAMES) - 2)])
    assert said["per_class_iou"][LAST] == 0
    assert said["predicted_never_occurs"] == [LAST]
    assert said["mean_iou_of_occurring"] == pytest.approx(occurring)
    assert said["mean_iou"] == pytest.approx(occurring * (len(NAMES) - 1) / len(NAMES))
    assert main(["evaluate", str(run.path)]) == 0
    text = capsys.readouterr().out
    assert "predicted, never occurs" in text
    assert "mean of classes that occur" in text


def test_an_arm_has_both_means(run):
    arm = arms_json([score_of(run, built_in("spcl"))])["spcl"]
    assert arm["mean_iou"] < arm["mean_iou_of_occurring"]


def test_the_live_page_says_both_and_calls_another_class_the_weakest(run):
    info, scores = run.info(), run.snapshot(40).scores
    measured = measured_at(info, scores, 40)
    shown = info.label_space.classes[-1].display.lower()
    assert f"{shown} is predicted and never occurs, which counts as 0" in measured
    rows = [(40, "target", name, 0.5 + i / 100) for i, name in enumerate(NAMES[:-1])]
    rows += [(40, "target", LAST, 0.0), (40, "target", None, 0.4)]
    summary = target_summary(
        info,
        iou=pd.DataFrame(rows, columns=["step", "domain", "class", "iou"]),
        images=pd.DataFrame({"domain": [], "gain": []}),
        step=40,
        before=40,
        num_snapshots=1,
        left_out=never_occurring(info, scores["target"]),
    )
    assert info.label_space.classes[0].display.lower() in three_sentences(summary)[1]
