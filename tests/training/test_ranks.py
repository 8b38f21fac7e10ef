"""Two processes train as one does, whole runs through the command line, and end together."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from spcl.training.saved.checkpoint import LAST_FILE, PREVIOUS_FILE, WARMUP_FILE, load_checkpoint
from tests import ROOT
from tests.support.tiny_pair import write_tiny_pair
from tests.support.tiny_training import SMALL, STEPS, largest_difference

LAUNCHER = ["-m", "torch.distributed.run", "--nproc_per_node", "2", "--rdzv_backend"]
LAUNCHER += ["c10d", "--rdzv_endpoint", "127.0.0.1:0"]
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}


@pytest.fixture
def tiny_pair(tmp_path):
    return write_tiny_pair(tmp_path / "pair")


def command(ranks, *words):
    launcher = LAUNCHER if ranks == 2 else []
    return [sys.executable, *launcher, "-m", "spcl", "adapt", *map(str, words)]


def adapted(ranks, *words, code=0):
    done = subprocess.run(
        command(ranks, *words), capture_output=True, text=True, env=ENVIRONMENT, timeout=200
    )
    assert (done.returncode != 0) == (code != 0), done.stderr
    return done.stderr


def new_run(pair, folder, name, *overrides):
    configuration = folder / "empty.toml"
    configuration.write_text("")
    settings = [*SMALL, *STEPS, f"data.root={pair}", *overrides]
    return [configuration, *settings, "--runs", folder, "--id", name]


PARTS = ["adapt.mask_weight=1.0", "adapt.mask_block=8", "adapt.augment=strong", "adapt.mix=rare"]
PARTS += ["data.crop_share=0.4", "adapt.style=fourier", "adapt.style_share=0.1"]
PARTS += ["normalization.pooling=pooled"]
ACCUMULATED = ["warmup.batch=4", "adapt.source_batch=4", "adapt.target_batch=4"]
ACCUMULATED += ["optimizer.accumulate=2"]
PRESETS = {
    "spcl": [],
    "released": ["preset=released", "selftrain.steps=2"],
    "parts": PARTS,
    "accumulated": ACCUMULATED,
}
SLOW = ["optimizer.kind=sgd", "warmup.body_lr=1e-3", "warmup.head_lr=1e-3"]
SLOW += ["adapt.body_lr=1e-3", "adapt.head_lr=1e-3"]
"""Rates at which rounding does not grow within a few steps."""


def thresholds_of(run):
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    return [row["pseudo_labels/threshold"] for row in rows if row["stage"] == "adapt"]


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("preset", PRESETS)
def test_two_ranks_train_as_one(tiny_pair, tmp_path, preset):
    for ranks in (1, 2):
        adapted(ranks, *new_run(tiny_pair, tmp_path, f"of-{ranks}", *SLOW, *PRESETS[preset]))
    one, two = (tmp_path / f"of-{ranks}" for ranks in (1, 2))
    name = WARMUP_FILE if preset == "released" else LAST_FILE  # hard choices tip over later on
    alone, shared = (load_checkpoint(run, name=name) for run in (one, two))
    for part in ("student", "teacher", "bank"):
        assert largest_difference(alone[part], shared[part]) < 1e-5, part
    assert torch.tensor(thresholds_of(one)).sub(torch.tensor(thresholds_of(two))).abs().max() < 2e-4
    for step in (0, 4, 8):
        first, second = (score_of(run, step) for run in (one, two))
        assert second == pytest.approx(first, abs=1e-3)  # a few of 10,240 pixels may tip over


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize(("begun", "ended"), [(1, 2), (2, 1)])
def test_a_checkpoint_of_some_ranks_goes_on_in_others(tiny_pair, tmp_path, begun, ended):
    adapted(begun, *new_run(tiny_pair, tmp_path, "run", *SLOW))
    run = tmp_path / "run"
    whole = load_checkpoint(run)
    assert (load_checkpoint(run, name=PREVIOUS_FILE)["step"], whole["step"]) == (6, 8)
    adapted(ended, "--resume", run, "--previous")
    rows = [json.loads(line)["step"] for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert rows[-4:] == [7, 8, 7, 8]
    again = load_checkpoint(run)
    assert again["step"] == 8
    for part in ("student", "teacher", "bank"):
        assert largest_difference(whole[part], again[part]) < 1e-5, part


def score_of(run, step):
    text = (run / "snapshots" / f"step_{step:07d}" / "scores.json").read_text()
    return json.loads(text)["target"]["mean_iou"]


def waited_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def status_of(run):
    return json.loads((run / "run.json").read_text())["status"]


def started(pair, folder, name):
    words = new_run(pair, folder, name, "warmup.steps=3000", "record.every=3000")
    process = subprocess.Popen(
        command(2, *words),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
        start_new_session=True,
    )
    rows = folder / name / "metrics.jsonl"
    waited_for(lambda: rows.is_file() and len(rows.read_text().splitlines()) > 5)
    return process


@pytest.mark.long
def test_an_interrupt_stops_all_ranks_at_one_step_and_the_run_goes_on_alone(tiny_pair, tmp_path):
    process = started(tiny_pair, tmp_path, "run")
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=90)
    run = tmp_path / "run"
    assert status_of(run) == "stopped"
    rows = [json.loads(line)["step"] for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert load_checkpoint(run)["step"] == rows[-1] > 5
    again = subprocess.Popen(
        command(1, "--resume", run), env=ENVIRONMENT, stderr=subprocess.PIPE, text=True
    )
    grown = run / "metrics.jsonl"
    waited_for(lambda: len(grown.read_text().splitlines()) > len(rows) + 3)
    again.send_signal(signal.SIGINT)
    again.communicate(timeout=60)
    assert load_checkpoint(run)["step"] > rows[-1]


def ranks_of(launcher):
    """Return the processes that the launcher has started, by number."""
    children = f"/proc/{launcher}/task/{launcher}/children"
    return [int(number) for number in Path(children).read_text().split()]


@pytest.mark.long
def test_a_rank_that_is_killed_ends_all_in_a_sentence_and_two_go_on(tiny_pair, tmp_path):
    process = started(tiny_pair, tmp_path, "run")
    run = tmp_path / "run"
    os.kill(ranks_of(process.pid)[-1], signal.SIGKILL)
    _, told = process.communicate(timeout=90)
    assert status_of(run) in ("failed", "stopped")
    assert "this is a fault" not in told
    ended = "another of the 2 processes has ended, and its own message says why"
    assert ended in told or "continue with: python -m spcl adapt --resume" in told
    step = load_checkpoint(run)["step"]
    again = subprocess.Popen(
        command(2, "--resume", run), env=ENVIRONMENT, stderr=subprocess.PIPE, start_new_session=True
    )
    waited_for(lambda: status_of(run) == "running" and load_checkpoint(run)["step"] > step + 3)
    os.killpg(again.pid, signal.SIGINT)
    again.communicate(timeout=90)
    assert status_of(run) == "stopped"


@pytest.mark.long
def test_a_batch_that_two_cannot_share_is_refused_in_a_sentence(tiny_pair, tmp_path):
    told = adapted(2, *new_run(tiny_pair, tmp_path, "run", "warmup.batch=3"), code=2)
    assert "warmup.batch is 3, which 2 processes cannot share equally; use a multiple of 2" in told
    assert not (tmp_path / "run").exists()
