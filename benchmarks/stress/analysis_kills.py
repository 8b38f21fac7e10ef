"""Kill analyses with SIGKILL at random moments, analyse again, and compare with one never killed.

`python -m benchmarks.stress.analysis_kills [--count 20] [--seed 0]`. Every second kill waits until
a temporary file of `derived/` is there, so that it falls inside writing.
"""

import argparse
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.stress.processes import finish, leftovers, spcl, unreadable
from spcl.store.derived.reader import MEASURES_COLUMNS_FILE, MEASURES_FILE, UPDATES_COLUMNS_FILE
from spcl.store.formats.files import load_npy
from spcl.store.growing.follower import InColumns
from spcl.store.growing.measures import GrowingMeasures
from spcl.store.growing.updates import GrowingUpdates
from spcl.store.reader import Run
from spcl.store.schema import METRICS_FILE
from tests.support.synthetic_run import write_synthetic_run

STEPS = 200


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20, help="analyses to kill")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        counts = killed(Path(folder), count=given.count, seed=given.seed)
    print(", ".join(f"{name}: {number}" for name, number in sorted(counts.items())))
    return 1 if any(name.startswith("WRONG") for name in counts) else 0


def killed(root: Path, *, count: int, seed: int) -> Counter[str]:
    """Return how often what happened; a name that begins with WRONG must not occur."""
    moments, counts = random.Random(seed), Counter[str]()
    sound = write_synthetic_run(root / "sound", steps=STEPS)
    whole = root / "whole"
    shutil.copytree(sound, whole)
    finish(spcl("analyse", str(whole)))
    for number in range(count):
        path = root / f"run{number}"
        shutil.copytree(sound, path)
        counts[_kill(spcl("analyse", str(path)), path, moments, inside=number % 2 == 1)] += 1
        counts.update(_judged(path, derived(whole)))
    return counts


def _kill(
    process: "subprocess.Popen[bytes]", path: Path, moments: random.Random, *, inside: bool
) -> str:
    """Kill once a random share of the files is there, or inside writing; say which it was."""
    folder, files = path / "derived", moments.randrange(1, 20)
    while process.poll() is None and len(_files(folder)) < files:
        time.sleep(0.002)
    end = time.monotonic() + (3 if inside else moments.uniform(0, 0.2))
    while process.poll() is None and time.monotonic() < end and not (inside and leftovers(folder)):
        time.sleep(0.0002)
    if process.poll() is not None:
        return "had finished"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return "killed inside writing" if leftovers(folder) else "killed between writes"


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]


def _judged(path: Path, wanted: dict[str, Any]) -> list[str]:
    """Return what is right and what is wrong about a run whose analysis was killed."""
    run = Run(path)
    found = [f"WRONG snapshot {step}" for step in unreadable(run)]
    code, said = finish(spcl("analyse", str(path)))
    if code != 0:
        return [*found, f"WRONG exit code {code}: {said[-200:]}"]
    results = derived(path)
    different = [name for name in wanted | results if results.get(name) != wanted.get(name)]
    found += [f"WRONG {name}" for name in different]
    return found or ["analysed again with equal results, nothing left"]


def derived(path: Path) -> dict[str, Any]:
    """Return the values in every file of `derived/`, by its name; rows in any order."""
    folder = path / "derived"
    return {
        str(file.relative_to(folder)): _values(file, path)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def _values(file: Path, run: Path) -> Any:
    if file.suffix == ".jsonl":
        rows = [json.loads(line) for line in file.read_text().splitlines()]
        return sorted(json.dumps(row, sort_keys=True) for row in rows)
    if file.suffix == ".json":
        return json.loads(file.read_text())
    if file.suffix == ".npy":
        return np.asarray(load_npy(file, within=run)).tolist()
    if file.name == MEASURES_COLUMNS_FILE:
        return _stand_for_all(GrowingMeasures(file.with_name(MEASURES_FILE), within=run))
    if file.name == UPDATES_COLUMNS_FILE:
        return _stand_for_all(GrowingUpdates(run / METRICS_FILE, within=run))
    return file.read_bytes()


def _stand_for_all(text: InColumns) -> bool:
    """Return whether the columns of a text are sound and lack none of its rows."""
    return text.new_columns(at_least=1) is None


if __name__ == "__main__":
    sys.exit(main())
