"""What a run says of data that are not those it was trained on, and of another's warm-up."""

import json
import re
import shutil

import pytest

from spcl import adapt, launch
from spcl.commands import main
from spcl.errors import UserError
from spcl.store.reader import Run
from spcl.training.processes.interrupt import Stopped
from spcl.training.saved.checkpoint import load_checkpoint, save_checkpoint
from tests.support.synthetic_run import set_recorded
from tests.support.tiny_training import assert_equal_states, settings


@pytest.fixture
def copied(whole_run, tmp_path):
    """A finished run whose data are a copy of its pair, to be changed at will."""
    path = whole_run()[1]
    run = Run(shutil.copytree(path, tmp_path / "runs" / "run"))
    data = shutil.copytree(run.info().data["root"], tmp_path / "data")
    moved = {**run.info().config, "data": {**run.info().config["data"], "root": str(data)}}
    recorded = {**run.info().data, "root": str(data)}
    set_recorded(run.path, config=moved, data=recorded, process_started=1.0)
    return run


def scored(run, capsys, split="target/train"):
    assert main(["evaluate", str(run.path), "--split", split, "--json"]) == 0
    told = capsys.readouterr()
    return json.loads(told.out), told.err.splitlines()


def test_evaluate_says_that_files_are_others_and_scores_those(copied, capsys):
    data = copied.info().data["root"]
    said = scored(copied, capsys)[1]
    assert said[-3:-1] == ["running the model on target/train ...", "images: 1 of 6"]
    assert said[-1] == "images: 6 of 6"
    extra = copied.path.parent.parent / "data" / "target" / "train"
    for kind in ("images", "labels"):
        shutil.copy(extra / kind / "frame_0.png", extra / kind / "frame_9.png")
    result, said = scored(copied, capsys)
    assert result["num_images"] == 7
    (sentence,) = [line for line in said if "files in" in line]
    found = re.search(rf"the (\d+) files in {data} are not the (\d+) that the run was", sentence)
    assert int(found[1]) == int(found[2]) + 1
    assert "names or sizes differ" in sentence


def test_evaluate_says_that_times_differ_only(copied, capsys):
    (copied.path.parent.parent / "data" / "target" / "val" / "images" / "frame_0.png").touch()
    said = scored(copied, capsys)[1]
    (sentence,) = [line for line in said if "files in" in line]
    assert "have changed their times since the run began" in sentence
    assert sentence.endswith("their names and sizes are the same")


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("seed=3", "was warmed up with another seed"),
        ("data.size=[64, 64]", "was warmed up with another data"),
        ("warmup.body_lr=0.5", "was warmed up with another warmup"),
        ("prototypes.momentum=0.5", "was warmed up with another prototypes"),
        ("optimizer.clip=1.0", "was warmed up with another optimizer"),
    ],
)
def test_a_warm_up_by_other_settings_is_refused(shared_pair, whole_run, tmp_path, word, reason):
    config = settings(shared_pair, f"warmup.start={whole_run()[1]}", word)
    with pytest.raises(UserError, match=f"warmup.start: .* {reason}; use the same"):
        launch.start(config, runs_dir=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_a_warm_up_on_other_files_is_refused(copied, tmp_path):
    data = tmp_path / "data"
    (data / "source" / "val" / "images" / "frame_5.png").unlink()
    (data / "source" / "val" / "labels" / "frame_5.png").unlink()
    with pytest.raises(UserError, match=r"warmup.start: the \d+ files in .* use the same data"):
        launch.start(settings(data, f"warmup.start={copied.path}"), runs_dir=tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_warm_up_that_is_no_run_or_has_not_ended_is_a_sentence(shared_pair, copied, tmp_path):
    for start, reason in ((tmp_path / "nothing", "is missing"), (copied.path, "warmup.pt")):
        if start == copied.path:
            (start / "checkpoints" / "warmup.pt").unlink()
            set_recorded(start, data=None)
        data = tmp_path / "data" if start == copied.path else shared_pair
        with pytest.raises(UserError, match=reason):
            launch.start(settings(data, f"warmup.start={start}"), runs_dir=tmp_path / "new")


def stopped_after(step, pair, folder, *words):
    run = launch.start(settings(pair, *words), runs_dir=folder, run_id="run")

    def stop(done, *_):
        if done == step:
            run.request_stop()

    with pytest.raises(Stopped):
        adapt.run_to_end(run, stop)
    return folder / "run"


@pytest.mark.long
@pytest.mark.parametrize("recorded", [0.99, -1.0])
def test_a_best_score_by_an_older_rule_is_measured_anew(shared_pair, whole_run, tmp_path, recorded):
    words = ["select.by=target_miou", "adapt.steps=6"]
    whole, path = whole_run(*words)
    expected = load_checkpoint(path)["choice"]
    run = stopped_after(6, shared_pair, tmp_path, *words)
    state = load_checkpoint(run)
    true_score = Run(run).snapshot(6).scores["target"]["mean_iou"]
    assert state["choice"] == {"step": 6, "best": true_score}
    save_checkpoint(run, {**state, "choice": {"step": 6, "best": recorded}})
    resumed = launch.resume(run)
    assert resumed.best_snapshot.state_dict() == {"step": 6, "best": true_score}
    adapt.run_to_end(resumed)
    assert load_checkpoint(run)["choice"] == expected
    assert expected["step"] > 6
    assert Run(run).info().notes == Run(path).info().notes
    assert_equal_states(whole.state(), resumed.learner.state())
