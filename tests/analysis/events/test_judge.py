from dataclasses import replace

import numpy as np
import pytest

from spcl.analysis.events.judge import events_of
from spcl.analysis.events.update_rules import UpdateHealth, update_health
from spcl.analysis.measures.history import traces
from spcl.analysis.measures.snapshot import snapshot_rows
from spcl.analysis.measures.table import context_of
from spcl.store.limits import Limits
from spcl.store.names import MeasureRow
from spcl.store.reader import Run
from tests.support.synthetic_run import write_synthetic_run


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Run:
    return Run(write_synthetic_run(tmp_path_factory.mktemp("runs")))


@pytest.fixture(scope="module")
def context(run):
    return context_of(run)


class Fake:
    """A snapshot at another step, with some of its arrays changed."""

    def __init__(self, snapshot, step, **changed):
        self.step = step
        for name in ("features", "predictions", "prototypes", "scores"):
            arrays = getattr(snapshot, name)
            if isinstance(arrays, dict):
                arrays = {**arrays, **changed.get(name, {})}
            self.__dict__[name] = arrays


def judged(context, row, *, before=20, rows=(), **more):
    """Return (kind, class) of the events of the last snapshot of `row`."""
    at = {snapshot.step: snapshot for snapshot in row}
    found = events_of(
        rows,
        snapshot=row[-1],
        context=context,
        before=at.get(before),
        earlier=traces(row[:-1], context),
        **more,
    )
    assert all(event.sentence.endswith(".") for event in found)
    return [(event.kind, event.class_name) for event in found]


def healthy(run, steps=(20, 30, 40, 50, 60, 70)):
    return [Fake(run.snapshot(40), step) for step in steps]


def row(measure, value, **more):
    return MeasureRow(40, "road", None, None, measure, value, "", rival="car", **more)


def test_the_same_healthy_snapshot_again_and_again_raises_nothing(run, context):
    snapshots = healthy(run)
    rows = snapshot_rows(
        snapshots[-1], context, before=snapshots[0], earlier=traces(snapshots[:-1], context)
    )
    assert judged(context, snapshots, rows=rows) == []


def test_close_prototypes_are_named_with_number_and_limit(run, context):
    rows = [row("prototype_cosine", 0.83), row("prototype_cosine", 0.79)]
    (event,) = events_of(rows, snapshot=run.snapshot(40), context=context, before=run.snapshot(20))
    assert (event.kind, event.class_name, event.rival) == ("prototypes_close", "road", "car")
    assert (event.number, event.limit, event.step) == (0.83, Limits().prototype_cosine, 40)
    assert "up from" in event.sentence
    assert "0.83" in event.sentence


def test_a_forced_collapse_raises_both_its_alarms_at_once(run, context):
    row_ = healthy(run)
    vectors = row_[-1].prototypes["vectors"]
    collapsed = 0.05 * vectors + vectors[:1]
    row_[-1] = Fake(run.snapshot(40), 70, prototypes={"vectors": collapsed})
    rows = snapshot_rows(row_[-1], context)
    kinds = {kind for kind, _ in judged(context, row_, rows=rows)}
    assert {"prototypes_close", "rank_falls"} <= kinds


def test_a_prototype_worn_away_by_absence_fades_and_no_other(run, context):
    vectors = run.snapshot(40).prototypes["vectors"].copy()
    vectors[3] *= 0.1**2  # what the released update leaves after two batches without the class
    worn = Fake(run.snapshot(40), 80, prototypes={"vectors": 0.5 * vectors})
    rows = snapshot_rows(worn, context)
    (event,) = events_of(rows, snapshot=worn, context=context)
    assert (event.kind, event.class_name) == ("prototype_fades", "person")
    assert event.number == pytest.approx(0.01, abs=1e-3)
    assert "1.0 % of the longest" in event.sentence


def test_a_class_without_pseudo_labels_starves_at_the_second_snapshot(run, context):
    class_id = run.snapshot(40).predictions["class_id"].copy()
    class_id[class_id == 3] = 4
    snapshots = healthy(run)
    for number in (-2, -1):
        assert ("class_starves", "person") not in judged(context, snapshots)
        step = snapshots[number].step
        snapshots[number] = Fake(run.snapshot(40), step, predictions={"class_id": class_id})
    assert ("class_starves", "person") in judged(context, snapshots)


def test_a_class_that_does_not_occur_at_the_target_does_not_starve(run, context):
    class_id = run.snapshot(40).predictions["class_id"].copy()
    class_id[class_id == 3] = 4
    truth = np.where((context.truth == 3) & (context.domain == 1), 4, context.truth)
    blind = type(context)(context.names, truth, context.domain)
    snapshots = [
        Fake(run.snapshot(40), s, predictions={"class_id": class_id}) for s in (20, 30, 40)
    ]
    assert ("class_starves", "person") not in judged(blind, snapshots)


def test_shuffled_pseudo_labels_that_are_sure_of_themselves_are_an_event(run, context):
    found = run.snapshot(40).predictions
    shuffled = {
        "class_id": np.random.default_rng(0).permutation(found["class_id"]),
        "confidence": np.ones_like(found["confidence"]),
    }
    before = {"confidence": np.full_like(found["confidence"], 0.7)}
    snapshots = [
        Fake(run.snapshot(40), 20, predictions=before),
        Fake(run.snapshot(40), 30, predictions=shuffled),
    ]
    assert ("misplaced_confidence", None) in judged(context, snapshots)


def test_a_prototype_that_jumps_after_a_calm_course_has_drifted_suddenly(run, context):
    snapshots = healthy(run)
    vectors = snapshots[-1].prototypes["vectors"].copy()
    vectors[2] = np.roll(vectors[2], 1)
    snapshots[-1] = Fake(run.snapshot(40), 70, prototypes={"vectors": vectors})
    assert ("sudden_drift", "sky") in judged(context, snapshots)
    assert ("sudden_drift", "sky") not in judged(context, snapshots[-4:])  # no median yet


def test_a_class_whose_domains_move_apart_is_an_event(run, context):
    features = run.snapshot(40).features.astype(np.float32)
    moved = (context.domain == 1) & (context.truth == 1)
    features[moved] += np.roll(features[moved], 1, axis=1)
    last = Fake(run.snapshot(40), 30)
    last.features = features / np.linalg.norm(features, axis=1, keepdims=True)
    assert judged(context, [Fake(run.snapshot(40), 20), last]) == [("gap_grows", "building")]


def test_an_unseen_prototype_is_an_event(run, context):
    assert judged(context, healthy(run)[:1], rows=[row("prototype_age", 80)]) == [
        ("prototype_unseen", "road")
    ]


def test_sentences_call_a_class_as_people_do(run, context):
    named = replace(context, displays={"road": "main road"})
    rows = [row("prototype_age", 80)]
    (event,) = events_of(rows, snapshot=run.snapshot(40), context=named)
    assert event.class_name == "road"
    assert event.sentence.startswith("No pixel of main road for 80 updates")


def test_a_loss_that_is_no_number_is_an_event_of_the_next_snapshot(run, context):
    updates = {step: UpdateHealth(step not in (33, 35), None) for step in range(31, 41)}
    (event,) = events_of([], snapshot=run.snapshot(40), context=context, updates=updates)
    assert (event.kind, event.number, event.step) == ("not_finite", 2, 40)
    assert "from step 33" in event.sentence


def test_pseudo_labels_that_the_student_never_agrees_with_are_an_event(run, context):
    def raised(*agreement):
        updates = {31 + i: UpdateHealth(True, share) for i, share in enumerate(agreement)}
        return events_of([], snapshot=run.snapshot(40), context=context, updates=updates)

    assert raised(0.9, 0.4, None, 0.6) == []
    (event,) = raised(0.2, None, 0.4)
    assert (event.kind, event.number, event.limit) == ("labels_not_learnt", 0.3, 0.5)
    assert "only 30 % of its pseudo-labelled pixels" in event.sentence


def test_the_health_of_an_update_is_its_losses_and_its_agreement():
    row = {"step": 3, "loss/total": 1.0, "lr": None, "pseudo_labels/agreement": 0.7}
    assert update_health(row) == UpdateHealth(True, 0.7)
    assert update_health({**row, "loss/contrast": None}) == UpdateHealth(False, 0.7)
    assert update_health({"step": 3}) == UpdateHealth(True, None)


def test_features_that_are_no_numbers_are_counted(run, context):
    snapshot = run.snapshot(40)
    snapshot.features[:3, 0] = float("nan")
    (event,) = events_of([], snapshot=snapshot, context=context)
    assert (event.kind, event.number) == ("not_finite", 3)


def test_a_class_that_lost_points_is_an_event(run, context):
    scores = dict(run.snapshot(40).scores["target"])
    scores["per_class_iou"] = [0.0, *scores["per_class_iou"][1:]]
    last = Fake(run.snapshot(40), 30, scores={"target": scores})
    assert judged(context, [Fake(run.snapshot(40), 20), last]) == [("class_lost", "road")]


def test_measures_that_failed_are_an_event(run, context):
    rows = [row("failed", float("nan"), sentence="The measures of margins failed: no.")]
    assert judged(context, healthy(run)[:1], rows=rows) == [("measure_failed", None)]


def test_limits_come_from_the_configuration_of_the_run(run, context):
    limits = Limits.of({"events": {"prototype_cosine": 0.85, "unknown": 1}, "seed": 0})
    rows = [row("prototype_cosine", 0.83)]
    assert judged(context, healthy(run)[:2], rows=rows, limits=limits) == []
    assert judged(context, healthy(run)[:2], rows=rows) == [("prototypes_close", "road")]


def test_prototypes_may_be_alike_while_the_warm_up_goes_on(run, context):
    rows = [row("prototype_cosine", 0.95)]
    assert judged(context, healthy(run)[:1], rows=rows) == []
