"""Every backbone through three steps of each stage on streets, and prototypes of a frozen one."""

import json
from pathlib import Path

import pytest
import torch

from spcl import adapt, launch
from spcl.adapt import Adaptation
from spcl.commands import main
from spcl.config import Config, make_config
from spcl.data.domains import Domains
from spcl.errors import UserError
from spcl.method.normalization import batch_norm_statistics
from spcl.recording.null_recorder import NullRecorder
from spcl.store.reader import Run
from spcl.training.batches import require_statistics
from spcl.training.saved.checkpoint import load_checkpoint
from tests.support.small_backbones import SMALL, WITHOUT_BATCH_NORM, named, small
from tests.support.tiny_training import assert_equal_states

pytestmark = pytest.mark.slow

STEPS = [
    *('data.kind="streets"', "data.size=[32, 64]", "threads=1", "warmup.steps=3", "adapt.steps=3"),
    *("warmup.batch=2", "adapt.source_batch=2", "adapt.target_batch=2", "prototypes.min_pixels=1"),
    *("record.every=3", "record.probe_images=2", "record.probe_pixels=100"),
    *("record.pixels_per_class=5", "normalization.max_images=4", "normalization.refresh_every=2"),
]
FROZEN = 'prototypes.features="frozen"'


def settings(name: str, *words: str) -> Config:
    return make_config({}, [*STEPS, *small(name), *words])


def adaptation_of(config: Config) -> Adaptation:
    return Adaptation(config, Domains.open(config), NullRecorder())


def weights_of(adaptation: Adaptation) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in adaptation.learner.student.parameters()])


@pytest.mark.parametrize("name", named(SMALL))
def test_a_backbone_adapts_on_streets(name: str) -> None:
    adaptation = adaptation_of(settings(name))
    before = weights_of(adaptation)
    adapt.run_to_end(adaptation)
    learner = adaptation.learner
    after = weights_of(adaptation)
    assert torch.isfinite(after).all()
    assert not torch.equal(after, before)
    assert learner.step == 6
    assert learner.bank.seen.any()
    body, head = learner.optimizer.optimizer.param_groups
    rates = learner.config.adapt
    assert (body["base_lr"], head["base_lr"]) == (rates.body_lr, rates.head_lr)
    assert len(body["params"]) == len(list(learner.student.backbone.trunk.parameters()))


@pytest.mark.parametrize("name", named(WITHOUT_BATCH_NORM))
def test_without_batch_norm_nothing_is_estimated_anew(name: str) -> None:
    config = settings(name)
    adaptation = adaptation_of(config)
    assert batch_norm_statistics(adaptation.learner.student) == {}
    model = adaptation.learner.with_target_statistics(iter(["no image is read"]))  # type: ignore[list-item]
    assert_equal_states(model.state_dict(), adaptation.learner.student.state_dict())
    adaptation.batches.close()


def test_only_batch_norm_needs_more_than_one_value_a_channel() -> None:
    one = ["warmup.batch=1", "data.size=[8, 8]"]
    require_statistics(settings("vgg16", *one))
    require_statistics(settings("resnet101", "warmup.batch=1", "data.size=[8, 16]"))
    with pytest.raises(UserError, match="one value a channel at stride 8"):
        require_statistics(settings("resnet101", *one))
    with pytest.raises(UserError, match="one value a channel at stride 32"):
        require_statistics(settings("tiny", "warmup.batch=1", "data.size=[8, 16]"))


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("name", named(["resnet101", "dinov2_small"]))
def test_resume_and_evaluate_need_neither_weights_nor_a_connection(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The run began from files, which are gone when it goes on."""
    files = tmp_path / "weights.pth"
    other = adaptation_of(settings(name, "seed=7"))
    torch.save(other.learner.student.backbone.state_dict(), files)
    words = [f"model.weights={files}", FROZEN]
    config = settings(name, *words)
    whole = launch.start(config, runs_dir=tmp_path / "runs", run_id="whole")
    adapt.run_to_end(whole)

    part = launch.start(config, runs_dir=tmp_path / "runs", run_id="part")
    part.plan[0].begin()
    for step in range(2):
        part.plan[0].update(step)
    part.recorder.checkpoint(part.state())
    part.batches.close()
    part.recorder.end("stopped")
    files.unlink()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    resumed = launch.resume(tmp_path / "runs" / "part")
    adapt.run_to_end(resumed)
    assert_equal_states(resumed.learner.state(), whole.learner.state())
    info = Run.open(tmp_path / "runs" / "part").info()
    assert info.config["model"]["weights"] == str(files)
    for key, value in SMALL[name].items():
        assert info.config["model"]["architecture"][key] == value
    if name == "dinov2_small":
        assert info.config["model"]["architecture"]["model_type"] == "dinov2"
    capsys.readouterr()
    assert main(["evaluate", str(tmp_path / "runs" / "part"), "--json"]) == 0
    evaluated = json.loads(capsys.readouterr().out)["mean_iou"]
    recorded = Run.open(tmp_path / "runs" / "part").snapshot(6).scores["target"]["mean_iou"]
    assert evaluated == pytest.approx(recorded)


def test_no_run_is_left_behind_where_its_weights_are_missing(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"model.weights: .*gone.pth does not exist"):
        config = make_config({}, [*STEPS, f"model.weights={tmp_path / 'gone.pth'}"])
        launch.start(config, runs_dir=tmp_path / "runs", run_id="run")
    assert not (tmp_path / "runs" / "run").exists()


@pytest.mark.long
def test_frozen_prototypes_are_means_of_the_model_before_its_first_update() -> None:
    """They follow from the first weights and the source alone, whatever the student has learnt."""
    slow, fast = (
        adaptation_of(settings("tiny", FROZEN, f"warmup.body_lr={rate}", f"adapt.body_lr={rate}"))
        for rate in (1e-6, 1e-2)
    )
    first = {n: v.clone() for n, v in fast.learner.student.state_dict().items()}
    for adaptation in (slow, fast):
        adapt.run_to_end(adaptation)
    assert not torch.equal(weights_of(slow), weights_of(fast))
    assert_equal_states(slow.learner.bank.state_dict(), fast.learner.bank.state_dict())
    assert fast.learner.frozen is not None
    assert_equal_states(dict(fast.learner.frozen.state_dict()), first)
    frozen = {id(p) for p in fast.learner.frozen.parameters()}
    assert not frozen & {id(p) for p in fast.learner.student.parameters()}
    usual = adaptation_of(settings("tiny"))
    adapt.run_to_end(usual)
    assert usual.learner.frozen is None
    assert not torch.equal(usual.learner.bank.vectors, fast.learner.bank.vectors)


@pytest.mark.parametrize("words", [["model.projection=6"], ["model.projection=6", FROZEN]])
def test_a_projection_head_carries_the_contrast(words: list[str]) -> None:
    adaptation = adaptation_of(settings("resnet50", *words, "contrast.ratio_every=1"))
    head = adaptation.learner.student.projection
    assert head is not None
    before = [p.detach().clone() for p in head.parameters()]
    report = {}
    for stage in adaptation.plan:
        stage.begin()
        while adaptation.step < stage.last_step:
            report = stage.update(adaptation.step)
    adaptation.batches.close()
    assert adaptation.learner.bank.vectors.shape[1] == 6
    assert report["loss/contrast"] > 0
    assert report["contrast/weight"] > 0
    assert all(not torch.equal(a, b) for a, b in zip(before, head.parameters(), strict=True))


def test_a_checkpoint_from_before_there_were_frozen_models_is_loaded(tmp_path: Path) -> None:
    config = make_config({}, [*STEPS])
    run = launch.start(config, runs_dir=tmp_path, run_id="run")
    run.recorder.end("stopped")
    run.batches.close()
    state = load_checkpoint(tmp_path / "run")
    del state.get("learner", state)["frozen"]
    fresh = adaptation_of(config)
    fresh.load_state(state)
    assert_equal_states(fresh.learner.student.state_dict(), run.learner.student.state_dict())
