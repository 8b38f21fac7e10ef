"""Whole runs on miniatures of the field's data sets: check, adapt, evaluate, go on."""

import json

import numpy as np
import pytest

from spcl import launch
from spcl.commands import main
from spcl.config import load_config, make_config
from spcl.data.official.classes import class_names
from spcl.errors import UserError
from spcl.store.reader import Run
from tests import ROOT
from tests.support.official_sets import NAMED, official
from tests.support.tiny_training import RELEASED, SMALL, STEPS

pytestmark = pytest.mark.slow

TINY = [word for word in (*SMALL, *STEPS) if not word.startswith("data.kind")]


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text("")
    return str(path)


def adapted(config, runs, *words):
    assert main(["adapt", config, *TINY, *words, "--runs", str(runs), "--id", "run"]) == 0
    return Run.open(runs / "run")


def evaluated(capsys, run, *words):
    capsys.readouterr()
    assert main(["evaluate", str(run.path), *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def spoil_target_train_labels(folder):
    """Make labels of target/train something that nobody could read without an error."""
    labels = [*(folder / "cityscapes" / "gtFine" / "train").glob("*/*")]
    assert labels
    for path in labels:
        path.write_bytes(b"never to be opened")


@pytest.mark.long
@pytest.mark.parametrize(
    ("source", "classes"),
    [
        *(("gta5", 19), ("synthia", 16)),
        pytest.param("synthia", 13, marks=pytest.mark.slow),
        pytest.param("synscapes", 19, marks=pytest.mark.slow),
    ],
)
def test_check_adapt_and_evaluate_on_official_layouts(tmp_path, config, capsys, source, classes):
    words = official(source, "cityscapes", tmp_path, f"data.classes={classes}")
    assert main(["check", config, *words]) == 0
    spoil_target_train_labels(tmp_path)
    run = adapted(config, tmp_path / "runs", *words)
    info = run.info()
    names = class_names(classes)
    assert info.label_space.names == names
    assert [c.color for c in info.label_space] == [NAMED[name][2] for name in names]
    assert {c.group for c in info.label_space} <= {
        *("flat", "construction", "object", "nature", "sky", "human", "vehicle")
    }
    assert info.domain_name("target") == "Cityscapes"
    assert set(info.data["roots"]) == {"source", "target"}
    result = evaluated(capsys, run)
    assert list(result["per_class_iou"]) == [*names]
    assert result["num_images"] == 4
    assert result["scored"] == "each image scaled to 64x32"
    confusion = np.array(run.snapshot(8).scores["target"]["confusion"])
    assert (confusion.sum(1) > 0).all()
    if classes == 16:
        kept = [result["per_class_iou"][name] for name in class_names(13)]
        assert result["mean_iou_13"] == pytest.approx(np.mean(kept))
        assert main(["evaluate", str(run.path)]) == 0
        assert "mean of 13 (without wall, fence, pole)" in capsys.readouterr().out
    else:
        assert result["mean_iou_13"] is None


@pytest.mark.parametrize("source", ["gta5", "synthia"])
def test_the_released_method_labels_such_a_target_offline(tmp_path, config, source):
    words = official(source, "cityscapes", tmp_path, "data.classes=16")
    spoil_target_train_labels(tmp_path)
    run = adapted(config, tmp_path / "runs", *words, *RELEASED)
    assert run.steps()[-1] == 11
    folder = run.path / "checkpoints" / "pseudo_labels" / "step_4"
    assert (folder / "aachen_000000_000019.png").is_file()


@pytest.mark.long
def test_how_a_run_was_scored_is_said_wherever_its_scores_are(tmp_path, config, capsys):
    words = official("gta5", "cityscapes", tmp_path)
    slide = [
        *("evaluate.mode=slide", "evaluate.window=[24, 40]", "evaluate.stride=[8, 24]"),
        "evaluate.flip=true",
    ]
    run = adapted(config, tmp_path / "runs", *words, *slide)
    said = "each image at its full size, by windows of 40x24 every 24x8 pixels, and mirrored"
    assert run.snapshot(8).scores["scored"] == said
    assert run.info().notes == (f"Scores and masks: {said}.",)
    recorded = evaluated(capsys, run)
    assert recorded["scored"] == said
    again = evaluated(capsys, run, *slide)
    assert again["per_class_iou"] == recorded["per_class_iou"]
    other = evaluated(capsys, run, "evaluate.mode=scaled", "evaluate.flip=false")
    assert other["scored"] == "each image scaled to 64x32"
    plain = adapted(config, tmp_path / "plain", *words)
    baseline = ["--as-baseline", "plain", str(run.path)]
    assert main(["evaluate", str(plain.path), *baseline]) == 2
    assert "only scores made in the same way can be compared" in capsys.readouterr().err
    assert main(["evaluate", str(run.path), "evaluate.mode=whole"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "Scored: each image at its full size, in one look, and mirrored." in out


def test_evaluate_changes_how_is_scored_and_nothing_else(tmp_path, config, capsys):
    run = adapted(config, tmp_path / "runs", *official("gta5", "cityscapes", tmp_path))
    assert main(["evaluate", str(run.path), "data.size=[64, 64]"]) == 2
    assert "only keys of evaluate. can" in capsys.readouterr().err
    words = ["evaluate", str(run.path), "evaluate.mode=whole", "--as-baseline", "x", str(run.path)]
    assert main(words) == 2
    assert "leave the keys away" in capsys.readouterr().err


def test_a_run_goes_on_from_another_folder_and_notices_other_data(tmp_path, monkeypatch):
    words = official("synthia", "cityscapes", tmp_path, "data.classes=16")
    relative = [word.replace(f"{tmp_path}/", "") for word in words]
    monkeypatch.chdir(tmp_path)
    config = make_config({}, [*TINY, *relative])
    launch.start(config, runs_dir=tmp_path / "runs", run_id="run").recorder.end("stopped")
    monkeypatch.chdir("/")
    adaptation = launch.resume(tmp_path / "runs" / "run")
    assert len(adaptation.batches.domains.target_train) == 8
    adaptation.recorder.end("stopped")
    extra = tmp_path / "synthia" / "RGB" / "0000000.png"
    extra.write_bytes(extra.read_bytes() + b"\0")
    with pytest.raises(UserError, match="names or sizes differ"):
        launch.resume(tmp_path / "runs" / "run")


CONFIGS = {
    "gta5_to_cityscapes": ("gta5", "cityscapes"),
    "synthia_to_cityscapes": ("synthia", "cityscapes"),
    "synscapes_to_cityscapes": ("synscapes", "cityscapes"),
    "cityscapes_to_dark_zurich": ("cityscapes", "dark_zurich"),
}


@pytest.mark.parametrize("preset", ["spcl", "released"])
@pytest.mark.parametrize("name", CONFIGS)
def test_a_shipped_configuration_takes_its_first_step(tmp_path, name, preset):
    """With crops and probes made small, and nothing else changed."""
    words = [w for w in official(*CONFIGS[name], tmp_path) if "root" in w]
    small = [
        *("data.size=[32, 64]", "evaluate.size=[32, 64]", "threads=1"),
        *("record.probe_images=2", "record.probe_pixels=100", "record.pixels_per_class=5"),
        *("evaluate.window=[32, 32]", "evaluate.stride=[16, 16]"),
    ]
    path = ROOT / "configs" / f"{name}.toml"
    config = load_config(path, [f"preset={preset}", *small, *words])
    adaptation = launch.start(config, runs_dir=tmp_path / "runs", run_id="run")
    try:
        warmup = adaptation.plan[0]
        warmup.begin()
        report = warmup.update(0)
    finally:
        adaptation.batches.close()
        adaptation.recorder.end("stopped")
    assert all(np.isfinite(value) for value in report.values() if isinstance(value, float))
    assert adaptation.step == 1
    assert Run.open(tmp_path / "runs" / "run").steps() == [0]
