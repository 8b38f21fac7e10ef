"""Damage a run in thousands of ways and look at each: a named error or a clean skip, nothing else.

`python -m benchmarks.stress.damaged_runs [--count 2000] [--first 0] [--seed 0]`. Every damage is
read as `runs` and `validate` read, drawn on the start page and on the pages that read the file, and
asked for by its route. It counts what raised anything but a sentence, took a second longer than a
sound run, took more than 200 MB, or made the sound run beside it unusable; `--first N --count 1`
does damage N again. Linux.
"""

import argparse
import json
import logging
import random
import re
import shutil
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from benchmarks.stress import damaged_pages
from benchmarks.stress.damages import DAMAGES, PREFIX, any_file, role_of
from dashboard.data import runs_folder
from spcl.analysis.worker import analyse
from spcl.store.errors import UserError
from spcl.store.reader import Run, list_runs
from spcl.store.validation import faults
from tests.support.synthetic_run import write_synthetic_run

SECONDS, MOST_BYTES = 1.0, 200_000_000
SOUND_EVERY = 50
"""The sound run beside the damaged one is drawn after so many of them."""
Look = Callable[[], object]


class WrongError(Exception):
    """What must not happen: an exception, a hang, a flood of memory."""


class Trial:
    """One sound run, its damaged copies one after the other, and what came of them."""

    def __init__(self, folder: Path, seed: int) -> None:
        """Write the sound run below `folder`, analyse it and see how long its pages take."""
        self.seed = seed
        self.runs = folder / "runs"
        self.sound = write_synthetic_run(self.runs)
        analyse(Run(self.sound))
        self.scripts = damaged_pages.scripts()
        self.page_views = 0
        runs_folder.use(self.runs)
        self.allowed = dict.fromkeys((*self.scripts, "read", "route"), SECONDS)
        for name in self.scripts:
            self._draw(name, self.sound.name, None)  # imports what the page needs
            began = time.monotonic()
            self._draw(name, self.sound.name, 10)
            self.allowed[name] += time.monotonic() - began

    def attempt(self, number: int) -> tuple[str, str]:
        """Damage a copy, look at it, and return what came of it and how it was damaged."""
        rng = random.Random(f"{self.seed} {number}")
        path = self.runs / f"{PREFIX}{number}"
        shutil.copytree(self.sound, path)
        file = any_file(path, rng)
        damage = rng.choice(DAMAGES)
        told = f"number {number}, {damage.__name__} {file.relative_to(path)}"
        damage(file, rng)
        try:
            found = self._look_at(path, file.relative_to(path), rng)
            if number % SOUND_EVERY == 0:
                self._draw(damaged_pages.START, self.sound.name, None)
        except Exception as error:
            return f"WRONG: {type(error).__name__}", f"{told}: {error}"[:400]
        finally:
            shutil.rmtree(path, ignore_errors=True)
        return ("named" if found else "clean skip"), told

    def _look_at(self, path: Path, file: Path, rng: random.Random) -> int:
        """Look at everything that a damaged file touches; return the named faults."""
        found: list[int] = []
        self._within_limits("read", lambda: found.append(self._read(Run(path))))
        step = next((int(number) for number in re.findall(r"step_0*(\d+)", str(file))), None)
        every = tuple(rng.sample(damaged_pages.PAGES, 2))
        for name in (damaged_pages.START, *damaged_pages.AFFECTED.get(role_of(file), every)):
            self._within_limits(name, lambda name=name: self._draw(name, path.name, step))
        self._within_limits("route", lambda: damaged_pages.ask(path.name, file))
        return found[0]

    def _read(self, run: Run) -> int:
        """Read a run as `runs` and `validate` do; return the named faults."""
        rows = {row.id: row for row in list_runs(self.runs)}
        for row in rows.values():
            json.dumps(vars(row), default=str).encode()
        if rows[self.sound.name].status != "finished":
            raise WrongError("the sound run beside it is not listed as finished")
        listed = rows.get(run.path.name)
        try:
            return len(list(faults(run))) + (listed is not None and listed.status == "damaged")
        except UserError:
            return 1

    def _draw(self, name: str, run: str, step: int | None) -> None:
        self.page_views += 1
        damaged_pages.draw(self.scripts[name], run, step)

    def _within_limits(self, name: str, look: Look) -> None:
        """Take a look (WrongError: slower or larger than allowed, at the best of three)."""
        allowed, slow = self.allowed[name], ""
        for _ in range(3):
            before, began = reset_peak(), time.monotonic()
            look()
            seconds, more = time.monotonic() - began, peak() - before
            if more > MOST_BYTES:
                raise WrongError(f"{name} took {more / 1e6:.0f} MB")
            if seconds <= allowed:
                return
            slow = f"{name} took {seconds:.1f} s, {allowed:.1f} s are allowed"
            st.cache_data.clear()
            st.cache_resource.clear()
        raise WrongError(slow)


def reset_peak() -> int:
    """Make the peak of this process's memory begin anew; return its bytes now."""
    Path("/proc/self/clear_refs").write_text("5")
    return peak()


def peak() -> int:
    """Return the most bytes that this process has held in memory since the last reset."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])


def main(words: list[str] | None = None) -> int:
    """Damage, look, count; exit code 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="damages")
    parser.add_argument("--first", type=int, default=0, help="number of the first one")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(words)
    logging.disable(logging.ERROR)
    warnings.simplefilter("ignore")
    counts, began = Counter[str](), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(Path(folder), given.seed)
        for number in range(given.first, given.first + given.count):
            outcome, told = trial.attempt(number)
            counts[outcome] += 1
            if outcome.startswith("WRONG"):
                print(f"{outcome}: {told}", file=sys.stderr, flush=True)
    minutes = (time.monotonic() - began) / 60
    counted = ", ".join(f"{name}: {number}" for name, number in sorted(counts.items()))
    print(f"{counted}; {trial.page_views} page views in {minutes:.1f} min")
    return 1 if any(name.startswith("WRONG") for name in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
