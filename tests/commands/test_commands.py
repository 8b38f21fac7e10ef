import json
import os
import shutil
import subprocess
import sys

import pytest

from spcl.ablation import beside
from spcl.ablation.arms import COMMON
from spcl.commands import main
from spcl.store.baselines.reader import read_baselines
from spcl.store.derived.reader import DerivedReader
from spcl.store.reader import Run
from tests import ROOT
from tests.support.tiny_pair import write_tiny_pair
from tests.support.tiny_training import SMALL, STEPS


@pytest.fixture
def root(tmp_path):
    return write_tiny_pair(tmp_path / "pair")


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text("")
    return file


def words(root, *more):
    return [*SMALL, *STEPS, f"data.root={root}", *more]


def refused(capsys, *arguments):
    assert main([str(argument) for argument in arguments]) == 2
    said = capsys.readouterr().err.strip()
    assert said
    assert "\n" not in said, said
    assert "Traceback" not in said
    return said


def test_bad_input_gets_one_sentence_and_exit_2(capsys, root, config, tmp_path):
    def adapting(*more):
        return refused(capsys, "adapt", config, *words(root, *more), "--runs", tmp_path / "runs")

    assert "is not a command" in refused(capsys, "adpt")
    assert "no configuration given" in refused(capsys, "adapt")
    assert "does not exist" in refused(capsys, "adapt", tmp_path / "no.toml")
    assert 'did you mean "adapt.steps"' in adapting("adapt.stps=3")
    assert "use a whole number" in adapting("adapt.steps=three")
    assert "which is not a backbone" in adapting("model.backbone=resnet")
    assert "data.root is not set" in refused(capsys, "adapt", config, "data.kind=folder")
    missing = refused(capsys, "adapt", config, "data.kind=folder", "data.root=/no/such/folder")
    assert "/no/such/folder" in missing
    assert "has no snapshot" in refused(capsys, "evaluate", _empty_run(tmp_path))
    assert "is missing" in refused(capsys, "adapt", "--resume", tmp_path / "nothing")
    assert "is not a folder" in refused(capsys, "runs", tmp_path / "nothing")


def _empty_run(tmp_path):
    from tests.support.synthetic_run import SyntheticRun

    return SyntheticRun(tmp_path / "empty").path


def test_target_without_images_is_refused_before_a_run_is_made(capsys, root, config, tmp_path):
    shutil.rmtree(root / "target" / "train" / "images")
    (root / "target" / "train" / "images").mkdir()
    said = refused(capsys, "adapt", config, *words(root), "--runs", tmp_path / "runs")
    assert "target" in said
    assert not (tmp_path / "runs").exists()


def test_an_id_that_exists_is_refused_and_nothing_is_lost(capsys, root, config, tmp_path):
    precious = tmp_path / "runs" / "mine" / "precious.txt"
    precious.parent.mkdir(parents=True)
    precious.write_text("kept")
    arguments = ["adapt", config, *words(root), "--runs", tmp_path / "runs", "--id", "mine"]
    assert "exists" in refused(capsys, *arguments)
    assert precious.read_text() == "kept"


def test_a_runs_folder_that_cannot_be_written_is_a_sentence(capsys, root, config, tmp_path):
    (tmp_path / "file").write_text("")
    said = refused(capsys, "adapt", config, *words(root), "--runs", tmp_path / "file")
    assert "cannot be written" in said


@pytest.mark.slow
def test_adapt_evaluate_and_runs_speak_json(capsys, root, config, tmp_path):
    runs = tmp_path / "runs"
    assert main(["adapt", str(config), *words(root), "--runs", str(runs), "--id", "mine"]) == 0
    capsys.readouterr()
    assert main(["evaluate", str(runs / "mine"), "--json"]) == 0
    last = json.loads(capsys.readouterr().out)
    assert last["step"] == 8
    assert last["split"] == "target/val"
    assert last["num_images"] == 6
    assert list(last["per_class_iou"]) == ["road", "building", "sky", "person"]
    assert main(["evaluate", str(runs / "mine"), "--at", "before", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["step"] == 4
    assert main(["runs", str(runs), "--json"]) == 0
    row = json.loads(capsys.readouterr().out)["runs"][0]
    assert row == {"id": "mine", "status": "finished", "stage": "adapt", "step": 8, "problem": None}


@pytest.mark.slow
def test_kept_weights_score_as_recorded(root, config, tmp_path, capsys):
    from spcl.commands.scores.result import run_model

    runs = tmp_path / "runs"
    main(["adapt", str(config), *words(root), "--runs", str(runs), "--id", "mine"])
    run = Run.open(runs / "mine")
    for step in (4, 8):
        confusion, num_images, *_ = run_model(run, step, "target", "target/val")
        assert num_images == 6
        assert confusion.tolist() == run.snapshot(step).scores["target"]["confusion"]
    capsys.readouterr()
    assert main(["evaluate", str(run.path), "--json"]) == 0
    recorded = json.loads(capsys.readouterr().out)
    assert main(["evaluate", str(run.path), "--json", "--device", "cpu"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (recorded["device"], again["device"]) == (None, "cpu")
    assert again["per_class_iou"] == recorded["per_class_iou"]
    assert main(["evaluate", str(run.path), "--device", "cpu"]) == 0
    assert "The model was run again on cpu." in capsys.readouterr().out
    assert "use auto, cpu, cuda" in refused(capsys, "evaluate", run.path, "--device", "gpu")
    baseline = ("--device", "cpu", "--as-baseline", "mine", run.path)
    assert "leave --device away" in refused(capsys, "evaluate", run.path, *baseline)


@pytest.mark.long
@pytest.mark.slow
def test_ablate_prints_every_arm_and_runs_nothing_twice(root, config, tmp_path, capsys):
    arguments = ["ablate", str(config), *words(root), "--runs", str(tmp_path / "runs"), "--json"]
    assert main([*arguments, "--seeds", "0"]) == 0
    arms = json.loads(capsys.readouterr().out)["arms"]
    assert list(arms) == list(COMMON)
    times = {p: p.stat().st_mtime for p in (tmp_path / "runs").glob("*/metrics.jsonl")}
    assert main([*arguments, "--seeds", "0"]) == 0
    assert json.loads(capsys.readouterr().out)["arms"] == arms
    assert times == {p: p.stat().st_mtime for p in (tmp_path / "runs").glob("*/metrics.jsonl")}
    (method,) = (tmp_path / "runs").glob("*-spcl-seed0")
    recorded = {one.name: one.mean_iou for one in read_baselines(Run(method))}
    assert set(recorded) == set(COMMON) - {"before", "spcl"}
    assert recorded["adabn"] == arms["adabn"]["mean_iou"][0]


@pytest.fixture
def finished(root, config, tmp_path):
    """Return the folder of a finished run of the method."""
    arguments = [str(config), *words(root), "--runs", str(tmp_path / "runs"), "--id", "run"]
    assert main(["adapt", *arguments]) == 0
    return tmp_path / "runs" / "run"


@pytest.mark.slow
def test_a_finished_run_is_compared_and_carries_its_baselines(finished, capsys):
    capsys.readouterr()
    assert main(["ablate", str(finished), "--json"]) == 0
    arms = json.loads(capsys.readouterr().out)["arms"]
    assert list(arms) == ["before", "source_only", "adabn", "spcl"]
    found = {one.name: one for one in read_baselines(Run(finished))}
    assert list(found) == ["source_only", "adabn"]
    for name, one in found.items():
        assert one.is_final
        assert [one.mean_iou] == arms[name]["mean_iou"]
        assert one.run == "run-source-only"
    beside = finished.parent / ".reference" / "run-source-only" / "metrics.jsonl"
    written = beside.stat().st_mtime
    assert main(["ablate", str(finished)]) == 0
    assert "run-source-only" not in capsys.readouterr().out
    assert beside.stat().st_mtime == written


@pytest.mark.slow
def test_while_it_is_compared_the_scores_so_far_are_there(finished, monkeypatch):
    seen = []
    record = beside.record_baselines
    monkeypatch.setattr(
        beside,
        "record_baselines",
        lambda run, found: (
            seen.append([(one.name, one.is_final) for one in found]),
            record(run, found),
        ),
    )
    assert main(["ablate", str(finished)]) == 0
    assert seen[0] == [("adabn", False)]
    assert seen[-1] == [("source_only", True), ("adabn", True)]


@pytest.mark.slow
def test_what_cannot_be_compared_is_a_sentence(finished, capsys, root, config, tmp_path):
    assert "cannot be given" in refused(capsys, "ablate", finished, "adapt.steps=3")
    assert "cannot be given" in refused(capsys, "ablate", finished, "--seeds", "1")
    other = tmp_path / "runs" / "other"
    words_of_other = words(root, 'adapt.arm="source_only"')
    arguments = ["adapt", str(config), *words_of_other, "--runs", str(other.parent)]
    assert main([*arguments, "--id", "other"]) == 0
    capsys.readouterr()
    assert "is itself the arm source_only" in refused(capsys, "ablate", other)

    def recording(name, run):
        return refused(capsys, "evaluate", other, "--as-baseline", name, run)

    assert "cannot be its own baseline" in recording("x", other)
    assert "is no name" in recording(" ", finished)
    assert "leave --split away" in refused(
        capsys, *("evaluate", other, "--split", "source/val", "--as-baseline", "x", finished)
    )
    assert main(["evaluate", str(other), "--as-baseline", "mine", str(finished)]) == 0
    (one,) = read_baselines(Run(finished))
    assert (one.name, one.run, one.is_final) == ("mine", "other", True)


@pytest.mark.slow
def test_help_and_a_bad_command_work_as_processes():
    for arguments, code in ((["--help"], 0), (["adapt", "--help"], 0), (["nonsense"], 2)):
        done = subprocess.run(
            [sys.executable, "-m", "spcl", *arguments], cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.long
@pytest.mark.slow
def test_the_headless_demo_adapts_analyses_and_ends_with_one_table(tmp_path):
    settings = [word for word in SMALL if not word.startswith(("data.kind", "data.root"))]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "spcl", "demo", "--headless", "--runs", str(tmp_path / "runs")),
            *(*settings, *STEPS, "warmup.batch=2"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "COLUMNS": "120"},
    )
    assert done.returncode == 0, done.stderr
    for word in ("before", "source_only", "adabn", "spcl", "spcl - before", "mean"):
        assert word in done.stdout
    (run,) = [path for path in (tmp_path / "runs").iterdir() if not path.name.startswith(".")]
    assert DerivedReader(Run(run)).layout("umap") is not None
    assert [one.name for one in read_baselines(Run(run))] == ["source_only", "adabn"]


def test_a_demo_that_cannot_write_is_a_sentence(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    assert "cannot be written" in refused(capsys, "demo", "--headless", "--runs", tmp_path / "file")
