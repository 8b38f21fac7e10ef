"""Two processes train as one does, whole runs through the command line, and end together."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
import torch

from spcl.training.checkpoint import load_checkpoint
from tests import ROOT
from tests.support.tiny_training import SMALL, STEPS

LAUNCHER = ["-m", "torch.distributed.run", "--nproc_per_node", "2", "--master_port", "0"]
LAUNCHER += ["--rdzv_backend", "c10d", "--rdzv_endpoint", "127.0.0.1:0"]
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}


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


def state_of(run):
    return load_checkpoint(run)


def scores_of(run, step):
    return json.loads((run / "snapshots" / f"{step:07d}" / "scores.json").read_text())
