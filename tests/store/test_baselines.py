import json
from dataclasses import replace

import pytest

from spcl.store.baselines.reader import BASELINES_FILE, Baseline, read_baselines, scored_at
from spcl.store.baselines.writer import record_baselines, require_same_data
from spcl.store.errors import StoreError
from spcl.store.reader import Run
from tests.support.synthetic_run import set_recorded, write_synthetic_run


@pytest.fixture
def run(tmp_path):
    return Run(write_synthetic_run(tmp_path))


def baseline(run, name="adabn", step=40, **changes):
    return replace(scored_at(run, step, name=name, what="one"), run="other", **changes)


def test_a_run_without_the_file_has_none(run):
    assert read_baselines(run) == ()


def test_what_is_recorded_is_read_as_it_was(run):
    one = baseline(run, per_class_iou={**baseline(run).per_class_iou, "sky": None})
    record_baselines(run, [one])
    assert read_baselines(run) == (one,)


def test_scores_are_those_of_the_snapshot(run):
    scores = run.snapshot(20).scores["target"]
    one = scored_at(run, 20, name="x", what="y")
    assert (one.mean_iou, one.pixel_accuracy) == (scores["mean_iou"], scores["pixel_accuracy"])
    assert list(one.per_class_iou.values()) == scores["per_class_iou"]
    assert not one.is_final
    assert scored_at(run, 40, name="x", what="y").is_final


def test_the_same_name_and_seed_is_replaced_and_another_seed_stands_beside(run):
    record_baselines(run, [baseline(run, mean_iou=0.1), baseline(run, "source_only")])
    record_baselines(run, [baseline(run, mean_iou=0.2), baseline(run, seed=1)])
    found = [(one.name, one.seed, one.mean_iou) for one in read_baselines(run)]
    assert found[0][:2] == ("source_only", 0)
    assert found[1] == ("adabn", 0, 0.2)
    assert found[2][:2] == ("adabn", 1)


def test_other_images_or_classes_are_refused_and_nothing_is_written(run):
    with pytest.raises(StoreError, match="is scored on 7 images of target/val.*on 3; only"):
        record_baselines(run, [baseline(run, num_images=7)])
    with pytest.raises(StoreError, match="has other classes than"):
        record_baselines(run, [baseline(run, per_class_iou={"road": 0.5})])
    assert not (run.path / BASELINES_FILE).exists()


def test_runs_on_other_files_are_refused(run, tmp_path):
    other = Run(write_synthetic_run(tmp_path, run_id="other"))
    require_same_data(run, other)  # older runs do not say
    for one, word in ((run, "a"), (other, "b")):
        set_recorded(one.path, data={"root": f"/{word}", "names_and_sizes": word})
    with pytest.raises(StoreError, match="trained on different files"):
        require_same_data(run, other)


def test_a_target_without_labels_has_no_score_to_compare(tmp_path):
    run = Run(write_synthetic_run(tmp_path, target_labels=False))
    with pytest.raises(StoreError, match="no scores on target/val at step 40; label some"):
        scored_at(run, 40, name="x", what="y")


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b'{"baselines": 3}',
        b'{"baselines": [{}]}',
        b'{"baselines": [[1]]}',
        b'{"split": "target/val"}',
    ],
)
def test_a_damaged_file_is_one_sentence(run, content):
    (run.path / BASELINES_FILE).write_bytes(content)
    with pytest.raises(StoreError):
        read_baselines(run)


@pytest.mark.parametrize("value", [-0.1, 1.5, "many", None, float("nan"), 1e308])
def test_a_score_that_is_no_share_is_refused(run, value):
    raw = {"baselines": [{**baseline(run).to_json(), "mean_iou": value}]}
    (run.path / BASELINES_FILE).write_text(json.dumps(raw))
    with pytest.raises(StoreError, match=r"is damaged .*python -m spcl ablate"):
        read_baselines(run)


def test_a_link_is_not_followed(run, tmp_path):
    (tmp_path / "elsewhere.json").write_text('{"baselines": []}')
    (run.path / BASELINES_FILE).symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(StoreError):
        read_baselines(run)


def test_an_entry_stands_for_itself():
    one = Baseline("n", "w", "r", 0, 1, 1, 2, 0.5, 0.5, 0.6, {"a": 0.5, "b": None})
    assert Baseline.from_json(json.loads(json.dumps(one.to_json()))) == one
