"""Kill trainings with SIGKILL at random moments, resume them, and compare with one that never died.

`python -m benchmarks.stress.kills [--count 60] [--minutes 20] [--seed 0]`. One kill in six falls
while the training starts; the others wait for a random step and then a random part of one, every
second of all until a temporary file of a snapshot or a checkpoint is there: inside writing. Each
is continued by the command that the dashboard's sentence about the run gives.
"""

import argparse
import json
import os
import random
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks.stress.processes import finish, leftovers, spcl, unreadable
from dashboard.text.common import status_sentence
from scripts.weights_digest import tensors
from spcl.store.reader import Run
from spcl.training.saved.checkpoint import load_checkpoint
from tests.support.tiny_pair import write_tiny_pair
from tests.support.tiny_training import SMALL

STEPS = 20
PLAN = ["warmup.steps=10", "adapt.steps=10", "record.every=5", "checkpoint.every=4"]
SECONDS_PER_STEP = 0.1
RESUME = "continue it with python -m spcl "


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60, help="trainings to kill")
    parser.add_argument("--minutes", type=float, default=20, help="begin no other after so long")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        counts = killed(Path(folder), count=given.count, minutes=given.minutes, seed=given.seed)
    print(", ".join(f"{name}: {number}" for name, number in sorted(counts.items())))
    return 1 if any(name.startswith("WRONG") for name in counts) else 0


def killed(root: Path, *, count: int, minutes: float, seed: int) -> Counter[str]:
    """Return how often what happened; a name that begins with WRONG must not occur."""
    moments, counts = random.Random(seed), Counter[str]()
    pair, deadline = write_tiny_pair(root / "pair"), time.monotonic() + 60 * minutes
    finish(start(pair, root, "whole"))
    whole = weights(root / "whole")
    for number in range(count):
        if time.monotonic() > deadline:
            break
        path = root / f"run{number}"
        counts[kill(start(pair, root, path.name), path, number, moments)] += 1
        counts["killed"] += 1
        counts["died inside writing"] += bool(unfinished(path))
        counts.update(judged(path, whole))
    return counts


def start(pair: Path, root: Path, name: str) -> "subprocess.Popen[bytes]":
    config = root / "config.toml"
    config.write_text("")
    words = [*SMALL, *PLAN, 'model.backbone="tiny"', f"data.root={pair}"]
    return spcl("adapt", str(config), *words, "--runs", str(root), "--id", name)


def kill(
    process: "subprocess.Popen[bytes]", path: Path, number: int, moments: random.Random
) -> str:
    """Kill the training at a moment of its kind; return that kind and where it stood."""
    starts = number % 6 == 0
    if starts:
        wait(process, (path / "run.json").exists, moments.uniform(0, 4))
    else:
        step = moments.randrange(STEPS)
        wait(process, lambda: last_step(path) >= step)
        if number % 2:
            wait(process, lambda: bool(unfinished(path)), 3)
        else:
            wait(process, lambda: False, moments.uniform(0, SECONDS_PER_STEP))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    at = last_step(path)
    if at < 0:
        return "killed before the first step"
    return f"killed at steps {at - at % 5:02d} to {at - at % 5 + 4:02d}"


def wait(process: "subprocess.Popen[bytes]", done: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None and not done():
        time.sleep(0.001)


def last_step(path: Path) -> int:
    """Return the last step done; 0 once the run can be resumed, -1 before."""
    try:
        lines = (path / "metrics.jsonl").read_bytes().splitlines()
        return int(json.loads(lines[-1])["step"])
    except (OSError, ValueError, IndexError):
        return 0 if (path / "checkpoints" / "last.pt").exists() else -1


def unfinished(path: Path) -> list[str]:
    names = []
    for folder in (path / "snapshots", path / "checkpoints"):
        if folder.is_dir():
            names += [name for name in os.listdir(folder) if name.endswith(".tmp")]  # noqa: PTH208
    return names


def judged(path: Path, whole: list[bytes]) -> list[str]:
    """Return what is right and what is wrong about a killed run, and about its continuation."""
    if not (path / "run.json").is_file():
        return ["died before the run was begun"]
    run = Run(path)
    found = [f"WRONG snapshot {step}" for step in unreadable(run)]
    info, now = run.info(), run.status()
    sentence = status_sentence(info, now)
    if now.kind == "finished":
        return [*found, "had finished"]
    if f"Crashed: process {info.pid} is gone, last heard of at step {info.step};" not in sentence:
        found.append(f"WRONG sentence {sentence}")
    if info.step > max(0, last_step(path)):
        found.append(f"WRONG step {info.step}, not {last_step(path)}")
    if RESUME not in sentence:
        has_none = not (path / "checkpoints" / "last.pt").is_file()
        return [*found, "had no checkpoint yet, said so" if has_none else f"WRONG {sentence}"]
    code, said = finish(spcl(*shlex.split(sentence.partition(RESUME)[2])))
    if code != 0 or "Traceback" in said:
        return [*found, f"WRONG resume {code}: {said[-200:]}"]
    same = weights(path) == whole and run.info().status == "finished"
    found += ["resumed as the page says, bit-equal" if same else "WRONG weights"]
    return [*found, *(f"WRONG leftover {name}" for name in leftovers(path))]


def weights(path: Path) -> list[bytes]:
    return [tensor.contiguous().numpy().tobytes() for tensor in tensors(load_checkpoint(path))]


if __name__ == "__main__":
    sys.exit(main())
