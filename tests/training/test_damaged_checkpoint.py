"""A checkpoint that is damaged, hostile or another's is refused, and the one before is offered."""

import json
import os
import pickle
import shutil
from pathlib import Path

import pytest
import torch

from spcl import adapt, launch
from spcl.errors import UserError
from spcl.store.reader import Run
from spcl.training.saved.checkpoint import (
    LAST_FILE,
    PREVIOUS_FILE,
    load_checkpoint,
    save_checkpoint,
)
from tests.support.tiny_training import assert_equal_states, settings


class Hostile:
    """Touches a file when unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return os.system, (f"touch {self.mark}",)


@pytest.fixture(scope="module")
def stopped(shared_pair, tmp_path_factory):
    """A run stopped at step 6, with the checkpoint of step 4 before it."""
    runs = tmp_path_factory.mktemp("stopped")
    words = ["checkpoint.every=2"]
    run = launch.start(settings(shared_pair, *words), runs_dir=runs, run_id="run")

    def stop(step, *_):
        run.stop_requested = step == 6

    with pytest.raises(KeyboardInterrupt):
        adapt.run_to_end(run, stop)
    return runs / "run"


@pytest.fixture
def run(stopped, tmp_path):
    return Path(shutil.copytree(stopped, tmp_path / "run"))


def flipped(content, place):
    changed = bytearray(content)
    changed[place] ^= 0x40
    return bytes(changed)


def saved(value, tmp_path):
    torch.save(value, tmp_path / "saved.pt")
    return (tmp_path / "saved.pt").read_bytes()


CASES = {
    "empty": lambda good, state, path: b"",
    "cut": lambda good, state, path: good[: len(good) // 2],
    "zeros": lambda good, state, path: bytes(len(good)),
    "text": lambda good, state, path: b"hello" * 99,
    "hostile zip": lambda good, state, path: saved({"step": 3, "x": Hostile(path / "MARK")}, path),
    "hostile": lambda good, state, path: pickle.dumps({"step": 3, "x": Hostile(path / "MARK")}),
    "list": lambda good, state, path: saved([1, 2], path),
    "negative step": lambda good, state, path: saved({**state, "step": -5}, path),
    "keys": lambda good, state, path: saved({"step": 3}, path),
    "no student": lambda good, state, path: saved({**state, "student": {}}, path),
    "nan": lambda good, state, path: saved({**state, "x": torch.tensor([float("nan")])}, path),
    "other run": lambda good, state, path: saved({**state, "run": "2020-01-01"}, path),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_resuming_from_it_is_one_sentence_and_nothing_runs(run, tmp_path, name):
    path = run / "checkpoints" / LAST_FILE
    path.write_bytes(CASES[name](path.read_bytes(), load_checkpoint(run), tmp_path))
    with pytest.raises(UserError) as refused:
        launch.resume(run)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "MARK").exists()


@pytest.mark.long
def test_any_flipped_bit_is_noticed(run):
    path = run / "checkpoints" / LAST_FILE
    good, state = path.read_bytes(), load_checkpoint(run)
    refused = 0
    for place in range(0, len(good), len(good) // 40):
        path.write_bytes(flipped(good, place))
        try:
            assert_equal_states(load_checkpoint(run), state)
        except UserError:
            refused += 1
    assert refused > 36


@pytest.mark.slow
def test_the_one_before_is_offered_and_leads_to_the_same_end(run, whole_run):
    path = run / "checkpoints" / LAST_FILE
    path.write_bytes(flipped(path.read_bytes(), 5000))
    step = load_checkpoint(run, name=PREVIOUS_FILE)["step"]
    with pytest.raises(UserError, match=f"--previous to go on from step {step}"):
        launch.resume(run)
    second = launch.resume(run, previous=True)
    assert second.learner.step == step
    adapt.run_to_end(second)
    assert_equal_states(second.learner.state(), whole_run()[0].state())


def test_links_among_the_checkpoints_are_refused(run, tmp_path):
    (run / "checkpoints").rename(tmp_path / "home")
    (run / "checkpoints").symlink_to(tmp_path / "home")
    before = sorted((p.name, p.stat().st_size) for p in (tmp_path / "home").iterdir())
    with pytest.raises(UserError, match="is a link"):
        launch.resume(run)
    assert before == sorted((p.name, p.stat().st_size) for p in (tmp_path / "home").iterdir())
    assert json.loads((run / "run.json").read_text())["status"] == "stopped"


@pytest.mark.parametrize("name", ["snapshots", "metrics.jsonl", "probe"])
def test_resuming_writes_nothing_through_a_link(run, tmp_path, name):
    shutil.move(run / name, tmp_path / "home")
    (run / name).symlink_to(tmp_path / "home")
    before = _listing(tmp_path / "home")
    with pytest.raises(UserError, match="is a link"):
        launch.resume(run)
    assert _listing(tmp_path / "home") == before


def _listing(path):
    files = [path] if path.is_file() else path.rglob("*")
    return sorted((str(p), p.stat().st_size) for p in files if p.is_file())


@pytest.mark.slow
def test_killed_between_its_two_names_a_checkpoint_leaves_nothing_behind(run):
    checkpoints = run / "checkpoints"
    (checkpoints / PREVIOUS_FILE).unlink()
    os.link(checkpoints / LAST_FILE, checkpoints / PREVIOUS_FILE)  # as the kill left it
    save_checkpoint(run, {**load_checkpoint(run), "step": 7})
    assert load_checkpoint(run, name=PREVIOUS_FILE)["step"] == 6
    assert not list(checkpoints.glob(".*"))


@pytest.mark.slow
def test_a_checkpoint_is_kept_twice_without_a_moment_with_none(run):
    state = load_checkpoint(run)
    save_checkpoint(run, {**state, "step": 7})
    assert load_checkpoint(run)["step"] == 7
    assert load_checkpoint(run, name=PREVIOUS_FILE)["step"] == state["step"]
    names = {path.name for path in (run / "checkpoints").iterdir()}
    assert not any(name.endswith(".tmp") for name in names)
    assert Run(run).status().kind == "stopped"
