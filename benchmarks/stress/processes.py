"""What the trials share: commands in processes of their own, and whether a run can be read."""

import os
import subprocess
import sys
from pathlib import Path

from spcl.store.reader import Run
from tests import ROOT


def spcl(*words: str) -> "subprocess.Popen[bytes]":
    """Start a command of spcl on one thread; what it says of errors is kept."""
    return subprocess.Popen(
        [sys.executable, "-m", "spcl", *words],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def finish(process: "subprocess.Popen[bytes]") -> tuple[int, str]:
    """Return the exit code of a process, and what it said of errors."""
    said = process.communicate(timeout=300)[1]
    return process.returncode, said.decode(errors="replace")


def unreadable(run: Run) -> list[int]:
    """Return the published snapshots of which something cannot be read."""
    return [step for step in run.steps() if not _is_readable(run, step)]


def _is_readable(run: Run, step: int) -> bool:
    snapshot = run.snapshot(step)
    try:
        _ = snapshot.features, snapshot.predictions, snapshot.prototypes, snapshot.scores
        for image in run.probe().images:
            _ = snapshot.mask(image.key), snapshot.confidence(image.key)
    except Exception:
        return False
    return True


def leftovers(folder: Path) -> list[str]:
    """Return the temporary files and folders below a folder."""
    names = (name for _, folders, files in os.walk(folder) for name in (*folders, *files))
    return sorted(name for name in names if name.startswith(".") and name.endswith(".tmp"))
