"""A run continued after a stop, a crash or a kill equals one that was never interrupted."""

import os
import signal
import subprocess
import sys

import pytest

from spcl import adapt, launch
from spcl.errors import UserError
from spcl.store.reader import Run
from spcl.training.saved.checkpoint import load_checkpoint
from tests import ROOT
from tests.support.tiny_training import RELEASED, assert_equal_states, settings

SLOWER_DEATHS = (
    ([], 2, 3, 2),
    *((RELEASED, 8, 10, 8), (RELEASED, 2, 3, 2), (RELEASED, 100, 5, 4)),
)
KILLED_WHILE_WRITING = """
import io, os, pathlib, signal, sys
from spcl import adapt, launch
from spcl.training.saved import checkpoint
from tests.support.tiny_training import settings

root, runs, number, *words = sys.argv[1:]
left, write = [int(number)], checkpoint.torch.save

def dying(state, stream):
    left[0] -= 1
    if left[0] > 0:
        return write(state, stream)
    whole = io.BytesIO()
    write(state, whole)
    stream.write(whole.getvalue()[: len(whole.getvalue()) // 2])
    stream.flush()
    os.kill(os.getpid(), signal.SIGKILL)

checkpoint.torch.save = dying
config = settings(pathlib.Path(root), *words)
adapt.run_to_end(launch.start(config, runs_dir=pathlib.Path(runs), run_id="run"))
"""


@pytest.fixture
def root(shared_pair):
    """The pair that all runs of this file learn from."""
    return shared_pair


@pytest.mark.long
@pytest.mark.parametrize(
    ("preset", "stop_at"),
    [
        ([], 6),
        *(pytest.param([], step, marks=pytest.mark.slow) for step in (2, 4)),
        *(pytest.param(RELEASED, step, marks=pytest.mark.slow) for step in (2, 4, 6, 8, 9)),
    ],
)
def test_a_resumed_run_equals_an_uninterrupted_one(root, whole_run, tmp_path, preset, stop_at):
    whole, whole_path = whole_run(*preset)
    first = launch.start(settings(root, *preset), runs_dir=tmp_path / "cut", run_id="run")

    def stop(step, *_):
        first.stop_requested = step == stop_at

    with pytest.raises(KeyboardInterrupt):
        adapt.run_to_end(first, stop)
    path = tmp_path / "cut" / "run"
    assert Run.open(path).status().kind == "stopped"
    second = launch.resume(path)
    steps = []
    adapt.run_to_end(second, lambda step, *_: steps.append(step))
    assert steps == list(range(stop_at + 1, whole.step + 1))
    assert_equal_states(whole.state(), second.learner.state())
    for name in ("features.npy", "scores.json"):
        for folder in (whole_path / "snapshots").iterdir():
            again = path / "snapshots" / folder.name / name
            assert (folder / name).read_bytes() == again.read_bytes()
    assert Run.open(path).info().notes == Run.open(whole_path).info().notes


@pytest.mark.long
@pytest.mark.parametrize(
    ("preset", "every", "died_at", "kept"),
    [
        ([], 2, 7, 6),
        *(pytest.param(*case, marks=pytest.mark.slow) for case in SLOWER_DEATHS),
    ],
)
def test_a_run_that_died_loses_the_steps_since_its_checkpoint_only(
    root, whole_run, tmp_path, preset, every, died_at, kept
):
    """Also between offline labelling and the next checkpoint: thresholds are not lost."""
    words = [*preset, f"checkpoint.every={every}"]
    whole, whole_path = whole_run(*preset)  # whenever it wrote checkpoints
    first = launch.start(settings(root, *words), runs_dir=tmp_path / "cut", run_id="run")

    def die(step, *_):
        if step == died_at:
            raise MemoryError

    with pytest.raises(MemoryError):
        adapt.run_to_end(first, die)
    path = tmp_path / "cut" / "run"
    steps = []
    second = launch.resume(path)
    adapt.run_to_end(second, lambda step, *_: steps.append(step))
    assert steps == list(range(kept + 1, whole.step + 1))
    assert_equal_states(whole.state(), second.learner.state())
    for folder in (whole_path / "snapshots").iterdir():
        again = path / "snapshots" / folder.name / "scores.json"
        assert (folder / "scores.json").read_bytes() == again.read_bytes()


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("preset", [[], ["preset=released", "warmup.body_lr=0.01"]])
@pytest.mark.parametrize("warmup", [13, 6])
def test_ten_steps_resume_and_ten_more_equal_twenty(root, whole_run, tmp_path, preset, warmup):
    """Stopped inside the warm-up, and inside the adaptation."""
    words = [*preset, f"warmup.steps={warmup}", f"adapt.steps={20 - warmup}", "record.every=5"]
    words += ["selftrain.steps=0"]
    whole, whole_path = whole_run(*words)
    first = launch.start(settings(root, *words), runs_dir=tmp_path / "cut", run_id="run")

    def stop(step, *_):
        first.stop_requested = step == 10

    with pytest.raises(KeyboardInterrupt):
        adapt.run_to_end(first, stop)
    second = launch.resume(tmp_path / "cut" / "run")
    steps = []
    adapt.run_to_end(second, lambda step, *_: steps.append(step))
    assert steps == list(range(11, 21))
    assert_equal_states(whole.state(), second.learner.state())
    for file in (whole_path / "snapshots").rglob("*.npy"):
        again = tmp_path / "cut" / "run" / file.relative_to(whole_path)
        assert file.read_bytes() == again.read_bytes()


@pytest.mark.long
@pytest.mark.parametrize(("preset", "last"), [([], 8), (RELEASED, 11)])
@pytest.mark.parametrize(("number", "kept"), [(4, 2), (6, 3), (8, 5)])
def test_kill_9_inside_a_checkpoint_loses_the_steps_since_the_last_one(
    root, whole_run, tmp_path, preset, last, number, kept
):
    """Inside the warm-up (step 3), at its end (step 4), inside the adaptation (step 6)."""
    words = [*preset, "checkpoint.every=1"]
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            KILLED_WHILE_WRITING,
            root,
            tmp_path / "killed",
            str(number),
            *words,
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    path = tmp_path / "killed" / "run"
    assert load_checkpoint(path)["step"] == kept
    resumed = launch.resume(path)
    steps = []
    adapt.run_to_end(resumed, lambda step, *_: steps.append(step))
    assert steps == list(range(kept + 1, last + 1))
    whole, _ = whole_run(*preset)
    assert_equal_states(whole.state(), resumed.learner.state())


def test_resuming_with_another_configuration_is_refused(whole_run):
    _, path = whole_run()
    with pytest.raises(UserError, match=r"warmup\.steps 4 not 5"):
        launch.resume(path, ["warmup.steps=5"])


def test_resuming_a_finished_run_or_nothing_is_a_sentence(whole_run, tmp_path):
    _, path = whole_run()
    with pytest.raises(UserError, match="has done all its 8 steps"):
        launch.resume(path)
    with pytest.raises(UserError, match="is missing"):
        launch.resume(tmp_path / "nothing")
