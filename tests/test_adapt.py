import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from spcl import adapt, launch
from spcl.adapt import Adaptation, NullRecorder
from spcl.checkpoint import LAST_FILE, load_checkpoint
from spcl.config import make_config
from spcl.errors import UserError
from spcl.store.reader import Run
from spcl.supply import Domains
from tests.tiny_pair import write_tiny_pair

ROOT = Path(__file__).parents[1]
STEPS = ["warmup.steps=4", "adapt.steps=4", "record.every=2", "checkpoint.every=3"]
SMALL = [
    *("data.kind=folder", "data.size=[32, 64]", "threads=1", "warmup.batch=2"),
    *("adapt.source_batch=2", "adapt.target_batch=2", "record.probe_images=3"),
    *("record.probe_pixels=200", "record.pixels_per_class=20", "prototypes.min_pixels=1"),
]


def settings(root, *overrides):
    return make_config({}, [*SMALL, *STEPS, f"data.root={root}", *overrides])


@pytest.fixture
def root(tmp_path):
    return write_tiny_pair(tmp_path / "pair")


def trained(root, *overrides, runs=None):
    config = settings(root, *overrides)
    if runs is None:
        adaptation = Adaptation(config, Domains.open(config), NullRecorder())
    else:
        adaptation = launch.start(config, runs_dir=runs, run_id="run")
    adapt.conduct(adaptation)
    return adaptation.learner


def assert_equal_states(first, second, where="state"):
    assert type(first) is type(second), where
    if isinstance(first, torch.Tensor):
        assert torch.equal(first, second), where
    elif isinstance(first, dict):
        assert first.keys() == second.keys(), where
        for key in first:
            assert_equal_states(first[key], second[key], f"{where}.{key}")
    elif isinstance(first, list | tuple):
        for i, (a, b) in enumerate(zip(first, second, strict=True)):
            assert_equal_states(a, b, f"{where}[{i}]")
    else:
        assert first == second, where


def test_a_run_records_what_the_contract_says(root, tmp_path):
    trained(root, runs=tmp_path / "runs")
    run = Run.open(tmp_path / "runs" / "run")
    assert run.steps() == [0, 2, 4, 6, 8]
    assert run.info().before_step == 4
    assert run.status().kind == "finished"
    assert [row["step"] for row in run.metrics().read()] == list(range(1, 9))
    snapshot = run.snapshot(8)
    length = np.linalg.norm(snapshot.features.astype(np.float32), axis=1)
    np.testing.assert_allclose(length, 1, atol=2e-3)
    assert len(snapshot.features) == len(run.probe().pixels["image"])
    assert snapshot.mask("target-frame_0").shape == (32, 64)


def test_recording_changes_no_weight(root, tmp_path):
    recorded = trained(root, runs=tmp_path / "runs")
    assert_equal_states(recorded.state(), trained(root).state())


RELEASED = ["preset=released", "selftrain.steps=3", "warmup.body_lr=0.01", "adapt.body_lr=0.01"]


@pytest.mark.parametrize(
    ("preset", "stop_at"),
    [([], 2), ([], 4), ([], 6), *((RELEASED, step) for step in (2, 4, 6, 8, 9))],
)
def test_a_resumed_run_equals_an_uninterrupted_one(root, tmp_path, preset, stop_at):
    whole = trained(root, *preset, runs=tmp_path / "whole")
    first = launch.start(settings(root, *preset), runs_dir=tmp_path / "cut", run_id="run")

    def stop(step, *_):
        first.stop_requested = step == stop_at

    with pytest.raises(KeyboardInterrupt):
        adapt.conduct(first, stop)
    path = tmp_path / "cut" / "run"
    assert Run.open(path).status().kind == "stopped"
    second = launch.resume(path)
    steps = []
    adapt.conduct(second, lambda step, *_: steps.append(step))
    assert steps == list(range(stop_at + 1, whole.step + 1))
    assert_equal_states(whole.state(), second.learner.state())
    for name in ("features.npy", "scores.json"):
        for folder in (tmp_path / "whole" / "run" / "snapshots").iterdir():
            again = path / "snapshots" / folder.name / name
            assert (folder / name).read_bytes() == again.read_bytes()
    assert Run.open(path).info().notes == Run.open(tmp_path / "whole" / "run").info().notes


def test_a_killed_run_continues_from_its_last_checkpoint(root, tmp_path):
    whole = trained(root, runs=tmp_path / "whole")
    config = tmp_path / "config.toml"
    config.write_text("")
    words = [*SMALL, *STEPS, f"data.root={root}"]
    command = [sys.executable, "-m", "spcl", "adapt", str(config), *words]
    process = subprocess.Popen(
        [*command, "--runs", str(tmp_path / "killed"), "--id", "run"], cwd=ROOT
    )
    path = tmp_path / "killed" / "run"
    deadline = time.monotonic() + 120
    while not (path / "checkpoints" / LAST_FILE).exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    begun = load_checkpoint(path)["step"]
    if begun == 8:
        pytest.fail("the run ended before it could be killed")
    resumed = launch.resume(path)
    adapt.conduct(resumed)
    assert_equal_states(whole.state(), resumed.learner.state())


@pytest.mark.parametrize(
    ("preset", "every", "died_at", "kept"),
    [
        *(([], 2, 3, 2), ([], 2, 7, 6)),
        *((RELEASED, 2, 3, 2), (RELEASED, 100, 5, 4), (RELEASED, 8, 10, 8)),
    ],
)
def test_a_run_that_died_loses_the_steps_since_its_checkpoint_only(
    root, tmp_path, preset, every, died_at, kept
):
    """Also between offline labelling and the next checkpoint: thresholds are not lost."""
    words = [*preset, f"checkpoint.every={every}"]
    whole = trained(root, *words, runs=tmp_path / "whole")
    first = launch.start(settings(root, *words), runs_dir=tmp_path / "cut", run_id="run")

    def die(step, *_):
        if step == died_at:
            raise MemoryError

    with pytest.raises(MemoryError):
        adapt.conduct(first, die)
    path = tmp_path / "cut" / "run"
    steps = []
    second = launch.resume(path)
    adapt.conduct(second, lambda step, *_: steps.append(step))
    assert steps == list(range(kept + 1, whole.step + 1))
    assert_equal_states(whole.state(), second.learner.state())
    for folder in (tmp_path / "whole" / "run" / "snapshots").iterdir():
        again = path / "snapshots" / folder.name / "scores.json"
        assert (folder / "scores.json").read_bytes() == again.read_bytes()


def test_target_training_labels_are_never_opened(root, tmp_path, monkeypatch):
    opened = []
    real = Image.open

    def spy(file, *rest, **options):
        opened.append(str(file))
        return real(file, *rest, **options)

    monkeypatch.setattr(Image, "open", spy)
    trained(root, runs=tmp_path / "runs")
    assert any("target/train/images" in name for name in opened)
    assert not any("target/train/labels" in name for name in opened)


@pytest.mark.parametrize("preset", [[], RELEASED])
def test_other_target_training_labels_change_no_weight(root, preset):
    before = trained(root, *preset).state()
    random = np.random.default_rng(1)
    for file in (root / "target" / "train" / "labels").iterdir():
        Image.fromarray(random.integers(0, 4, (32, 64)).astype(np.uint8)).save(file)
    assert_equal_states(before, trained(root, *preset).state())


def test_a_target_without_training_labels_is_adapted_to(root):
    before = trained(root).state()
    shutil.rmtree(root / "target" / "train" / "labels")
    assert_equal_states(before, trained(root).state())


def test_a_target_without_any_labels_is_recorded_without_scores(root, tmp_path):
    shutil.rmtree(root / "target" / "train" / "labels")
    shutil.rmtree(root / "target" / "val" / "labels")
    trained(root, runs=tmp_path / "runs")
    run = Run.open(tmp_path / "runs" / "run")
    assert run.snapshot(8).scores["target"] is None
    assert run.snapshot(8).scores["source"]["mean_iou"] is not None


def test_contrast_weight_zero_changes_the_weights(root):
    with_contrast, without = trained(root).state(), trained(root, "contrast.weight=0").state()
    name = "classifier.weight"
    assert not torch.equal(with_contrast["student"][name], without["student"][name])


def test_the_contrast_is_felt_in_both_stages(root, tmp_path):
    trained(root, runs=tmp_path / "runs")
    rows = Run.open(tmp_path / "runs" / "run").metrics().read()
    for row in rows:
        assert row["loss/contrast"] > 0
        assert row["contrast/ratio"] > 0


def test_before_adaptation_nothing_of_the_target_is_used(root, tmp_path):
    trained(root, runs=tmp_path / "first")
    for file in (root / "target" / "train" / "images").iterdir():
        picture = np.asarray(Image.open(file))
        Image.fromarray(255 - picture).save(file)
    trained(root, runs=tmp_path / "second")
    for step, same in ((4, True), (6, False)):
        files = [
            tmp_path / name / "run" / "snapshots" / f"step_{step:07d}" / "features.npy"
            for name in ("first", "second")
        ]
        assert (files[0].read_bytes() == files[1].read_bytes()) is same


def test_arms_share_the_warm_up(root, tmp_path):
    trained(root, runs=tmp_path / "runs")
    config = settings(root, "adapt.arm=source_only", f"warmup.start={tmp_path}/runs/run")
    branch = launch.start(config, runs_dir=tmp_path / "arms", run_id="source")
    assert branch.learner.step == 4
    adapt.conduct(branch)
    assert_equal_states(branch.learner.state(), trained(root, "adapt.arm=source_only").state())


def test_resuming_with_another_configuration_is_refused(root, tmp_path):
    trained(root, runs=tmp_path / "runs")
    with pytest.raises(UserError, match=r"warmup\.steps 4 not 5"):
        launch.resume(tmp_path / "runs" / "run", ["warmup.steps=5"])


def test_resuming_a_finished_run_or_nothing_is_a_sentence(root, tmp_path):
    trained(root, runs=tmp_path / "runs")
    with pytest.raises(UserError, match="has done all its 8 steps"):
        launch.resume(tmp_path / "runs" / "run")
    with pytest.raises(UserError, match="is missing"):
        launch.resume(tmp_path / "nothing")


def test_a_loss_that_is_not_finite_fails_the_run_with_a_sentence(root, tmp_path):
    with pytest.raises(FloatingPointError):
        trained(root, "warmup.body_lr=1e30", "warmup.head_lr=1e30", runs=tmp_path / "runs")
    run = Run.open(tmp_path / "runs" / "run")
    assert run.status().kind == "failed"
    assert "not finite" in run.status().failure


def test_an_arm_from_another_warm_up_uses_its_own_learning_rate(root, tmp_path):
    trained(root, runs=tmp_path / "runs")
    start = f"warmup.start={tmp_path}/runs/run"
    slow = trained(root, start, "adapt.body_lr=1e-9", "adapt.head_lr=1e-9", runs=tmp_path / "slow")
    assert slow.descent.optimiser.param_groups[0]["base_lr"] == 1e-9
