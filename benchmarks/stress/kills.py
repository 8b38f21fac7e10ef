"""Kill trainings with SIGKILL at random moments, resume them, and compare with one that never died.

`python -m benchmarks.stress.kills [--count 60] [--minutes 20] [--seed 0]`. Every second kill waits
until a temporary file of a snapshot or a checkpoint exists, so that it falls inside writing.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from scripts.weights_digest import tensors
from spcl.store.life.status import status_of
from spcl.store.reader import Run
from spcl.training.checkpoint import load_checkpoint
from tests import ROOT
from tests.support.tiny_pair import write_tiny_pair
from tests.support.tiny_training import SMALL

STEPS = ["warmup.steps=10", "adapt.steps=10", "record.every=5", "checkpoint.every=4"]


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
    began = time.monotonic()
    finish(start(pair, root, "whole"))
    length, whole = time.monotonic() - began, weights(root / "whole")
    for number in range(count):
        if time.monotonic() > deadline:
            break
        path, inside = root / f"run{number}", number % 2 == 1
        process = start(pair, root, path.name)
        counts["died inside writing"] += kill(process, path, moments.uniform(0, length), inside)
        counts["killed"] += 1
        counts.update(judged(path, whole))
    return counts


def start(pair: Path, root: Path, name: str) -> "subprocess.Popen[bytes]":
    config = root / "config.toml"
    config.write_text("")
    words = [*SMALL, *STEPS, 'model.backbone="tiny"', f"data.root={pair}"]
    return spcl("adapt", str(config), *words, "--runs", str(root), "--id", name)


def spcl(*words: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "spcl", *words]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def finish(process: "subprocess.Popen[bytes]") -> tuple[int, str]:
    said = process.communicate(timeout=300)[1]
    return process.returncode, said.decode(errors="replace")


def kill(process: "subprocess.Popen[bytes]", path: Path, wait: float, inside: bool) -> bool:
    """Kill after `wait` seconds; return whether that left a temporary file or folder."""
    end = time.monotonic() + wait
    while time.monotonic() < end and process.poll() is None:
        time.sleep(0.005)
    end = time.monotonic() + 3
    while inside and time.monotonic() < end and process.poll() is None:
        if any(unfinished(path)):
            break
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return any(unfinished(path))


def unfinished(path: Path) -> list[str]:
    names = []
    for folder in (path / "snapshots", path / "checkpoints"):
        if folder.is_dir():
            names += [name for name in os.listdir(folder) if name.endswith(".tmp")]  # noqa: PTH208
    return names


def judged(path: Path, whole: list[bytes]) -> list[str]:
    """Return what is right and what is wrong about a killed run, and about its continuation."""
    if not (path / "run.json").is_file():
        return ["killed before the run was begun"]
    run = Run(path)
    found = [f"WRONG snapshot {step}" for step in run.steps() if not readable(run, step)]
    info = run.info()
    now = status_of(info, path)
    if now.kind == "finished":
        return [*found, "had finished"]
    if now.kind != "crashed":
        found.append(f"WRONG status {now.kind}")
    if not (path / "checkpoints" / "last.pt").is_file():
        return [*found, "killed before the checkpoint at step 0"]
    code, said = finish(spcl("adapt", "--resume", str(path)))
    if code != 0 or "Traceback" in said:
        return [*found, f"WRONG resume {code}: {said[-200:]}"]
    same = weights(path) == whole and Run(path).info().status == "finished"
    left = [str(file) for file in path.rglob("*.tmp")]
    found += ["resumed bit-equal" if same else "WRONG weights"]
    return [*found, *(f"WRONG leftover {name}" for name in left)]


def readable(run: Run, step: int) -> bool:
    snapshot = run.snapshot(step)
    try:
        _ = snapshot.features, snapshot.predictions, snapshot.prototypes, snapshot.scores
        for image in run.probe().images:
            _ = snapshot.mask(image.key), snapshot.confidence(image.key)
    except Exception:
        return False
    return True


def weights(path: Path) -> list[bytes]:
    return [tensor.contiguous().numpy().tobytes() for tensor in tensors(load_checkpoint(path))]


if __name__ == "__main__":
    sys.exit(main())
