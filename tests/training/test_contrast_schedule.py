"""The contrast over the updates of a run: from the start, late, as a ramp, alone."""

import pytest
import torch

from spcl import adapt, launch
from spcl.adapt import Adaptation
from spcl.data.domains import Domains
from spcl.recording.null_recorder import NullRecorder
from tests.support.tiny_training import assert_equal_states, settings, trained

FIXED = "contrast.weight=0.5"


class Rows(NullRecorder):
    """Keeps the rows of metrics."""

    def __init__(self):
        super().__init__()
        self.rows = []

    def metrics(self, step, row):
        self.rows.append(row)


def rows_of(root, *words):
    """Return the rows of four updates of warm-up and four of adaptation."""
    config, recorder = settings(root, *words), Rows()
    adapt.run_to_end(Adaptation(config, Domains.open(config), recorder))
    return recorder.rows


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "weights"),
    [
        ([], [0.5] * 8),
        (["contrast.schedule=late"], [None, None, 0.5, 0.5] * 2),
        (["contrast.schedule=late", "contrast.schedule_share=0.75"], [None, None, None, 0.5] * 2),
        (["contrast.schedule=ramp"], [0.25, 0.5, 0.5, 0.5] * 2),
        (["contrast.schedule=ramp", "contrast.schedule_share=1.0"], [0.125, 0.25, 0.375, 0.5] * 2),
        (["contrast.schedule=ramp", "contrast.start=adapt"], [None] * 4 + [0.25, 0.5, 0.5, 0.5]),
        (["contrast.schedule=alone"], [0.5] * 8),
    ],
)
def test_the_weight_at_each_update_is_as_the_schedule_says(shared_pair, words, weights):
    rows = rows_of(shared_pair, FIXED, *words)
    assert [row.get("contrast/weight") for row in rows] == pytest.approx(weights)


@pytest.mark.slow
def test_alone_learns_from_nothing_but_the_contrast_at_first(shared_pair):
    rows = rows_of(shared_pair, FIXED, "contrast.schedule=alone")
    totals = [row["loss/total"] for row in rows[:4]]
    alone = [0.5 * row["loss/contrast"] for row in rows[:2]]
    both = [row["loss/segmentation"] + 0.5 * row["loss/contrast"] for row in rows[2:4]]
    assert totals == pytest.approx([*alone, *both], rel=1e-5)


def test_a_classifier_rests_while_the_contrast_is_alone(shared_pair):
    words = [FIXED, "warmup.steps=2", "contrast.schedule=alone", "contrast.schedule_share=1.0"]
    config = settings(shared_pair, *words)
    run = Adaptation(config, Domains.open(config), NullRecorder())
    student = run.learner.student
    before = [value.clone() for value in (*student.classifier.parameters(),)]
    body = [value.clone() for value in student.backbone.parameters()]
    for step in range(2):
        run.learner.warmup_update(run.batches.warmup_source.batch(step))
    run.batches.close()
    assert all(map(torch.equal, before, student.classifier.parameters()))
    assert not all(map(torch.equal, body, student.backbone.parameters()))


@pytest.mark.slow
def test_a_late_contrast_begins_with_the_weights_of_none(shared_pair):
    late = trained(shared_pair, "contrast.schedule=late", "contrast.schedule_share=1.0")
    none = trained(shared_pair, "contrast.weight=0.0")
    assert_equal_states(late.student.state_dict(), none.student.state_dict())


@pytest.mark.slow
@pytest.mark.parametrize("schedule", ["late", "ramp", "alone"])
def test_a_run_that_goes_on_is_where_it_would_have_been(shared_pair, tmp_path, schedule):
    words = [f"contrast.schedule={schedule}", "contrast.ratio_every=2"]
    whole = trained(shared_pair, *words)
    config = settings(shared_pair, *words)
    first = launch.start(config, runs_dir=tmp_path, run_id="run")

    def stop(step, *_):
        first.stop_requested = step == (6 if schedule == "ramp" else 1)

    with pytest.raises(KeyboardInterrupt):
        adapt.run_to_end(first, stop)
    second = launch.resume(tmp_path / "run")
    adapt.run_to_end(second)
    assert_equal_states(whole.state(), second.learner.state())
