import pytest

from spcl.analysis.events import Limits, events_of
from spcl.store.reader import Run
from tests.synthetic_run import write_synthetic_run

NAMES = ("road", "building", "sky", "person", "car")


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Run:
    return Run(write_synthetic_run(tmp_path_factory.mktemp("runs")))


def found(run, rows, *, step=40, is_adapting=True):
    return events_of(
        rows,
        snapshot=run.snapshot(step),
        before=run.snapshot(20),
        names=NAMES,
        is_adapting=is_adapting,
    )


def row(measure, value, **more):
    return {"measure": measure, "value": value, "class": "road", "rival": "car", **more}


def test_close_prototypes_are_named_with_number_and_limit(run):
    (event,) = found(run, [row("prototype_cosine", 0.83), row("prototype_cosine", 0.79)])
    assert (event["kind"], event["class"], event["rival"]) == ("prototypes_close", "road", "car")
    assert (event["number"], event["limit"], event["step"]) == (0.83, Limits().prototype_cosine, 40)
    assert "0.83" in event["sentence"]


def test_a_starving_class_counts_only_while_adapting(run):
    rows = [row("kept_share", 0.01)]
    assert [event["kind"] for event in found(run, rows)] == ["class_starves"]
    assert found(run, rows, is_adapting=False) == []


def test_an_unseen_prototype_is_an_event(run):
    (event,) = found(run, [row("prototype_age", 80)])
    assert event["kind"] == "prototype_unseen"


def test_a_loss_that_is_no_number_is_an_event_of_the_next_snapshot(run):
    snapshot, before = run.snapshot(40), run.snapshot(20)
    options = {"before": before, "names": NAMES, "is_adapting": False}
    (event,) = events_of([], snapshot=snapshot, bad_losses=[33, 35], **options)
    assert (event["kind"], event["number"], event["step"]) == ("not_finite", 2, 40)
    assert "from step 33" in event["sentence"]


def test_features_that_are_no_numbers_are_counted(run):
    snapshot = run.snapshot(40)
    snapshot.features[:3, 0] = float("nan")
    (event,) = events_of([], snapshot=snapshot, before=None, names=NAMES, is_adapting=False)
    assert (event["kind"], event["number"]) == ("not_finite", 3)


def test_a_healthy_snapshot_raises_nothing(run):
    rows = [row("prototype_cosine", 0.2), row("kept_share", 0.6), row("prototype_age", 0)]
    assert found(run, rows) == []


def test_a_class_that_lost_points_is_an_event(run):
    snapshot, before = run.snapshot(40), run.snapshot(20)
    worse = dict(snapshot.scores["target"])
    worse["per_class_iou"] = [0.0, *worse["per_class_iou"][1:]]
    snapshot.scores["target"] = worse
    events = events_of([], snapshot=snapshot, before=before, names=NAMES, is_adapting=True)
    assert [(event["kind"], event["class"]) for event in events] == [("class_lost", "road")]
