"""Measure what `optimizer.accumulate` saves of the memory of an update, and what it costs.

python -m benchmarks.bench_accumulate [KEY=VALUE ...]

Prints seconds and the most memory of an update of the warm-up in 1, 2 and 4 parts, on the CPU, each
in a process of its own. Memory is what the process has had at most beyond what it had before.
"""

import resource
import subprocess
import sys
import time

import numpy as np
import torch

from benchmarks.bench_device import K, random_batch
from spcl.config import make_config
from spcl.training.learner import Learner

SIZES = ["data.size=[128, 256]", "model.backbone=resnet50", "warmup.batch=8", "threads=1"]
PARTS = (1, 2, 4)
ONE = "--one"


def most_megabytes() -> float:
    """Return the most memory that this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def measure(words: list[str]) -> None:
    """Print what updates with these settings take."""
    config = make_config({}, [*SIZES, "model.weights=none", *words])
    torch.set_num_threads(config.num_threads)
    device = torch.device("cpu")
    learner = Learner(config, num_classes=K, pixel_counts=np.ones(K, np.int64), device=device)
    batch = random_batch(config, device, count=config.warmup.batch, seed=0)
    before = most_megabytes()
    learner.warmup_update(batch)
    began = time.perf_counter()
    learner.warmup_update(batch)
    seconds = time.perf_counter() - began
    parts = config.optimizer.accumulate
    print(f"  {parts} part(s)  {seconds:6.2f} s  {most_megabytes() - before:7.0f} MB", flush=True)


def main(words: list[str]) -> None:
    config = make_config({}, [*SIZES, *words])
    height, width = config.data.size
    print(f"CPU: {config.model.backbone}, {config.warmup.batch} images of {width}x{height}")
    for parts in PARTS:
        more = [*words, f"optimizer.accumulate={parts}"]
        command = [sys.executable, "-m", "benchmarks.bench_accumulate", ONE, *more]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == [ONE]:
        measure(sys.argv[2:])
    else:
        main(sys.argv[1:])
