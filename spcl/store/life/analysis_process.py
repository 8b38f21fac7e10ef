"""Start the analysis of a run as a process of its own; imports nothing heavy."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def worker_environment() -> dict[str, str]:
    """Return the environment of the worker: one thread, the rest as it is here."""
    return {**os.environ, **dict.fromkeys(_ONE_THREAD, "1")}


def start_worker(run_path: Path, *, said: int = subprocess.DEVNULL) -> "subprocess.Popen[bytes]":
    """Start `spcl analyse --follow` on `run_path`; what it says of an error goes to `said`.

    Same process session, because nice has no effect across sessions where the kernel groups
    processes by session; the worker makes itself nice. A second one on the same run ends at once.
    """
    return _started(["analyse", str(run_path.resolve()), "--follow"], said)


def start_command(words: Sequence[str]) -> "subprocess.Popen[bytes]":
    """Start `python -m spcl` with `words`; its progress is to be read from its stderr."""
    return _started(words, subprocess.PIPE)


def _started(words: Sequence[str], said: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "spcl", *words],
        cwd=ROOT,
        env=worker_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=said,
    )
