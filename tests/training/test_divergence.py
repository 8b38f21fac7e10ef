"""A training that diverges, and data that give it nothing to learn from: by value, never a NaN."""

import math

import numpy as np
import pytest
import torch
from PIL import Image

from spcl import adapt, launch
from spcl.analysis.events.judge import final_events
from spcl.analysis.events.update_rules import update_health
from spcl.commands import main
from spcl.errors import DivergedError, UserError
from spcl.evaluate import Scoring, predict_split
from spcl.store import schema
from spcl.store.names import EventKind
from spcl.store.reader import Run
from spcl.store.validation import faults
from spcl.training.saved.checkpoint import load_checkpoint, save_checkpoint
from tests.support.tiny_training import settings

TINY = 'model.backbone="tiny"'
PRESETS = {"spcl": [], "released": ["preset=released", "selftrain.steps=2"]}
HUGE = {
    "warmup": ["warmup.body_lr=1e6", "warmup.head_lr=1e6"],
    "adapt": ["adapt.body_lr=1e9", "adapt.head_lr=1e9"],
}


def run_of(pair, folder, *words):
    adaptation = launch.start(settings(pair, TINY, *words), runs_dir=folder, run_id="run")
    adapt.run_to_end(adaptation)
    return Run(folder / "run")


def relabeled(root, split, change):
    """Change each label (H, W) of a split by its place and its ids."""
    for place, file in enumerate(sorted((root / split / "labels").iterdir())):
        changed = change(place, np.array(Image.open(file)))
        Image.fromarray(changed.astype(np.uint8)).save(file)


def numbers(value):
    if isinstance(value, dict):
        for part in value.values():
            yield from numbers(part)
    elif isinstance(value, list):
        for part in value:
            yield from numbers(part)
    elif isinstance(value, int | float):
        yield value


def finished_soundly(run):
    """Require a finished run without a NaN in its rows and features; return the rows.

    Only the agreement may be unknown: where no pseudo label was kept, or none seen after mixing.
    """
    rows = run.metrics().read()
    unknown = {key for row in rows for key, value in row.items() if value is None}
    assert unknown <= {"pseudo_labels/agreement"}
    assert run.info().status == "finished"
    assert [row["step"] for row in rows] == list(range(1, run.info().total_steps + 1))
    assert all(map(math.isfinite, numbers(rows)))
    for step in run.steps():
        assert np.isfinite(run.snapshot(step).features).all()
    assert list(faults(run)) == []
    return rows


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["warmup", "adapt"])
@pytest.mark.parametrize(
    "words",
    [
        ["checkpoint.every=1"],
        pytest.param(["optimizer.kind=sgd", "record.every=1"], marks=pytest.mark.slow),
    ],
)
def test_a_training_that_diverges_names_step_and_keys_and_keeps_what_is_sound(
    shared_pair, tmp_path, stage, words, capfd
):
    with pytest.raises(UserError, match="is not finite at step") as error:
        run_of(shared_pair, tmp_path, "adapt.steps=8", *words, *HUGE[stage])
    run = Run(tmp_path / "run")
    rows, info = run.metrics().read(), run.info()
    assert f"at step {rows[-1]['step']}; lower {stage}.body_lr and {stage}.head_lr" in str(
        error.value
    )
    assert (info.status, info.failure) == ("failed", str(error.value))
    assert load_checkpoint(run.path)["step"] <= rows[-1]["step"]
    assert all(np.isfinite(run.snapshot(step).features).all() for step in run.steps())
    assert list(faults(run)) == []
    assert "Warning" not in capfd.readouterr().err


@pytest.mark.slow
def test_a_loss_that_is_not_finite_is_an_event_of_its_step(shared_pair, tmp_path):
    words = ["record.every=100", "checkpoint.every=100", *HUGE["adapt"]]
    with pytest.raises(UserError, match="the loss is not finite at step 6"):
        run_of(shared_pair, tmp_path, *words)
    run = Run(tmp_path / "run")
    rows = run.metrics().read()
    assert rows[-1]["loss/total"] is None
    events = final_events(run, {row["step"]: update_health(row) for row in rows})
    (told,) = [event for event in events if event.kind == EventKind.NOT_FINITE]
    assert "A loss was not a number at step 6" in told.sentence


@pytest.mark.parametrize("broken", [math.nan, math.inf])
def test_a_state_that_is_not_finite_never_takes_the_place_of_a_sound_one(tmp_path, broken):
    save_checkpoint(tmp_path, {"step": 1, "student": {"weight": torch.ones(2)}})
    with pytest.raises(DivergedError, match=r"student\.weight.* is not finite; lower the learning"):
        save_checkpoint(tmp_path, {"step": 2, "student": {"weight": torch.tensor([1.0, broken])}})
    assert load_checkpoint(tmp_path)["step"] == 1
    assert [path.name for path in (tmp_path / schema.CHECKPOINTS_FOLDER).iterdir()] == ["last.pt"]


def test_a_model_whose_output_is_not_finite_is_not_scored(shared_pair):
    def predict(images):
        return torch.ones(len(images), 2, 4, 8), torch.full((len(images), 4, 4, 8), math.nan)

    val = launch.Domains.open(settings(shared_pair)).target_val
    with pytest.raises(DivergedError, match="the model's output is not finite"):
        next(predict_split(predict, val, scoring=Scoring((32, 64))))


@pytest.mark.slow
@pytest.mark.parametrize("preset", PRESETS)
def test_batches_without_a_labelled_pixel_give_a_loss_of_zero_and_change_no_score(
    root, tmp_path, preset
):
    relabeled(root, "source/train", lambda i, ids: ids if i == 0 else np.full_like(ids, 255))
    words = [
        "data.sampling=uniform",
        f"preset={preset}",
        "selftrain.steps=2",
        "warmup.adversarial=off",
    ]
    rows = finished_soundly(run_of(root, tmp_path, *words))
    assert [row["loss/segmentation"] for row in rows[:4]] == [0, 0, 0, 0]
    assert [row["gradient_norm"] for row in rows[:4]] == [0, 0, 0, 0]


def test_a_source_without_any_labelled_pixel_is_refused_by_check_and_adapt(root, tmp_path, capsys):
    relabeled(root, "source/train", lambda _, ids: np.full_like(ids, 255))
    said = "source/train has no labelled pixel, so nothing can be learnt; label some"
    assert main(["check", str(root)]) == 2
    assert said in capsys.readouterr().err
    with pytest.raises(UserError, match=said):
        run_of(root, tmp_path)
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_val_splits_without_a_labelled_pixel_have_no_scores_and_no_nan(root, tmp_path, capsys):
    for split in ("source/val", "target/val"):
        relabeled(root, split, lambda _, ids: np.full_like(ids, 255))
    run = run_of(root, tmp_path, "select.by=target_miou")
    finished_soundly(run)
    scores = run.snapshot(8).scores
    assert (scores["source"]["mean_iou"], scores["target"]["mean_iou"]) == (None, None)
    assert main(["evaluate", str(run.path)]) == 0
    said = capsys.readouterr().out
    assert "absent" in said
    assert "nan" not in said.lower()


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["spcl", pytest.param("released", marks=pytest.mark.slow)])
def test_pseudo_labels_that_keep_no_pixel_teach_nothing_and_break_nothing(
    shared_pair, tmp_path, preset
):
    words = [
        "pseudo_labels.cap=1.0",
        "pseudo_labels.quantile=1.0",
        f"preset={preset}",
        "selftrain.steps=2",
    ]
    run = run_of(shared_pair, tmp_path, *words)
    rows = finished_soundly(run)
    adapting = [row for row in rows if row["stage"] == "adapt"]
    assert [row["pseudo_labels/kept"] for row in adapting] == [0.0] * 4
    assert [row["pseudo_labels/agreement"] for row in adapting] == [None] * 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seen", "change"),
    [
        ([True, True, True, False], lambda _, ids: np.where(ids == 3, 255, ids)),
        ([True, False, False, False], lambda _, ids: np.zeros_like(ids)),
    ],
    ids=["one absent", "one alone"],
)
def test_a_class_that_the_source_never_shows_has_no_prototype_and_is_scored(
    root, tmp_path, seen, change
):
    relabeled(root, "source/train", change)
    run = run_of(root, tmp_path)
    finished_soundly(run)
    last = run.snapshot(8)
    assert last.prototypes["seen"].tolist() == seen
    assert last.scores["target"]["per_class_iou"][3] is not None


@pytest.mark.slow
@pytest.mark.parametrize("splits", [["source/train"], ["target/train"], ["target/val"], "all"])
def test_a_split_of_one_image_is_enough(root, tmp_path, splits):
    every = [f"{domain}/{part}" for domain in ("source", "target") for part in ("train", "val")]
    for split in every if splits == "all" else splits:
        for kind in ("images", "labels"):
            for file in sorted((root / split / kind).iterdir())[1:]:
                file.unlink()
    run = run_of(root, tmp_path, "record.every=4")
    finished_soundly(run)
    scored = run.snapshot(8).scores["target"]
    assert scored["num_images"] == (1 if splits in ("all", ["target/val"]) else 6)
    assert 0 <= scored["mean_iou"] <= 1


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (["warmup.batch=1"], "warmup.batch"),
        (
            ["adapt.target_batch=1", "selftrain.mode=stage", "selftrain.steps=1"],
            "adapt.target_batch",
        ),
    ],
)
def test_a_batch_of_one_value_a_channel_is_refused_before_a_run_is_made(
    shared_pair, tmp_path, words, key
):
    with pytest.raises(UserError, match=rf"{key} is 1 and data.size \[32, 32\] leaves one value"):
        run_of(shared_pair, tmp_path, "data.size=[32, 32]", *words)
    assert not (tmp_path / "run").exists()
