import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from spcl import adapt, launch
from spcl.errors import UserError
from spcl.store.reader import Run
from tests.support.tiny_training import RELEASED, assert_equal_states, settings, trained


def test_a_run_records_what_the_contract_says(whole_run):
    run = Run.open(whole_run()[1])
    assert run.steps() == [0, 2, 4, 6, 8]
    assert run.info().before_step == 4
    assert run.status().kind == "finished"
    assert [row["step"] for row in run.metrics().read()] == list(range(1, 9))
    snapshot = run.snapshot(8)
    length = np.linalg.norm(snapshot.features.astype(np.float32), axis=1)
    np.testing.assert_allclose(length, 1, atol=2e-3)
    assert len(snapshot.features) == len(run.probe().pixels["image"])
    assert snapshot.mask("target-frame_0").shape == (32, 64)


@pytest.mark.slow
def test_trainings_with_other_seeds_observe_the_same_pixels(shared_pair, tmp_path):
    probes = []
    for seed in (0, 1):
        words = [f"seed={seed}", "warmup.steps=1", "adapt.steps=1"]
        trained(shared_pair, *words, runs=tmp_path / f"seed-{seed}")
        probes.append(Run.open(next((tmp_path / f"seed-{seed}").iterdir())).probe().pixels)
    for name, column in probes[0].items():
        np.testing.assert_array_equal(column, probes[1][name])
    trained(shared_pair, "record.probe_seed=1", *words, runs=tmp_path / "other")
    pixels = Run.open(next((tmp_path / "other").iterdir())).probe().pixels
    assert any(not np.array_equal(pixels[name], probes[0][name]) for name in ("row", "column"))


@pytest.mark.slow
def test_recording_changes_no_weight(shared_pair, whole_run):
    recorded, _ = whole_run()
    assert_equal_states(recorded.state(), trained(shared_pair).state())


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize("preset", [[], RELEASED])
def test_other_target_training_labels_change_no_weight(root, whole_run, preset):
    before = whole_run(*preset)[0].state()
    random = np.random.default_rng(1)
    for file in (root / "target" / "train" / "labels").iterdir():
        Image.fromarray(random.integers(0, 4, (32, 64)).astype(np.uint8)).save(file)
    assert_equal_states(before, trained(root, *preset).state())


@pytest.mark.slow
def test_a_target_without_training_labels_is_adapted_to(root, whole_run):
    before = whole_run()[0].state()
    shutil.rmtree(root / "target" / "train" / "labels")
    assert_equal_states(before, trained(root).state())


@pytest.mark.slow
def test_a_target_without_any_labels_is_recorded_without_scores(root, tmp_path):
    shutil.rmtree(root / "target" / "train" / "labels")
    shutil.rmtree(root / "target" / "val" / "labels")
    trained(root, runs=tmp_path / "runs")
    run = Run.open(tmp_path / "runs" / "run")
    assert run.snapshot(8).scores["target"] is None
    assert run.snapshot(8).scores["source"]["mean_iou"] is not None


@pytest.mark.slow
def test_contrast_weight_zero_changes_the_weights(shared_pair, whole_run):
    with_contrast = whole_run()[0].state()
    without = trained(shared_pair, "contrast.weight=0").state()
    name = "classifier.weight"
    assert not torch.equal(with_contrast["student"][name], without["student"][name])


def test_the_contrast_is_felt_in_both_stages(whole_run):
    rows = Run.open(whole_run()[1]).metrics().read()
    for row in rows:
        assert row["loss/contrast"] > 0
        assert row["contrast/ratio"] > 0


@pytest.mark.slow
def test_before_adaptation_nothing_of_the_target_is_used(root, whole_run, tmp_path):
    _, first = whole_run()
    for file in (root / "target" / "train" / "images").iterdir():
        picture = np.asarray(Image.open(file))
        Image.fromarray(255 - picture).save(file)
    trained(root, runs=tmp_path)
    for step, same in ((4, True), (6, False)):
        files = [
            path / "snapshots" / f"step_{step:07d}" / "features.npy"
            for path in (first, tmp_path / "run")
        ]
        assert (files[0].read_bytes() == files[1].read_bytes()) is same


@pytest.mark.slow
def test_arms_share_the_warm_up(shared_pair, whole_run, tmp_path):
    _, path = whole_run()
    config = settings(shared_pair, "adapt.arm=source_only", f"warmup.start={path}")
    branch = launch.start(config, runs_dir=tmp_path / "arms", run_id="source")
    assert branch.learner.step == 4
    adapt.run_to_end(branch)
    assert_equal_states(
        branch.learner.state(), trained(shared_pair, "adapt.arm=source_only").state()
    )
    first, run = Run(path), Run(tmp_path / "arms" / "source")
    assert run.steps() == [4, 6, 8]
    assert run.snapshot(4).scores == first.snapshot(4).scores
    assert np.array_equal(run.snapshot(4).features, first.snapshot(4).features)


@pytest.mark.slow
def test_a_loss_that_is_not_finite_fails_the_run_with_a_sentence(root, tmp_path):
    with pytest.raises(UserError, match="not finite at step"):
        trained(root, "warmup.body_lr=1e30", "warmup.head_lr=1e30", runs=tmp_path / "runs")
    run = Run.open(tmp_path / "runs" / "run")
    assert run.status().kind == "failed"
    assert "not finite" in run.status().failure


@pytest.mark.slow
def test_an_arm_from_another_warm_up_uses_its_own_learning_rate(shared_pair, whole_run, tmp_path):
    words = [f"warmup.start={whole_run()[1]}", "adapt.body_lr=1e-9", "adapt.head_lr=1e-9"]
    slow = trained(shared_pair, *words, runs=tmp_path / "slow")
    assert slow.optimizer.optimizer.param_groups[0]["base_lr"] == 1e-9
