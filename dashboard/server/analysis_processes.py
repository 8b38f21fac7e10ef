"""Start the analysis of a run in its own process: while it trains, or while a page shows it."""

import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from dashboard.data import runs_folder
from spcl.store.analysis_process import start_worker
from spcl.store.derived.reader import DerivedReader
from spcl.store.reader import Run, list_runs

CHECK_EVERY_SECONDS = 3.0
_RESTART_AFTER_SECONDS = 60.0
_MAX_STARTS = 3


@dataclass
class _Started:
    process: "subprocess.Popen[bytes]"
    started_at: float
    starts: int = 1


@dataclass
class AnalysisProcesses:
    """The analysis processes that this server started, one for each run."""

    _started: dict[Path, _Started] = field(default_factory=dict)
    _stopped: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Start missing analyses from now on, in a background thread."""
        threading.Thread(target=self._watch, daemon=True, name="analyses").start()

    def stop(self) -> None:
        """Stop watching and terminate the analyses; they resume where they stopped next time."""
        self._stopped.set()
        for started in self._started.values():
            if started.process.poll() is None:
                started.process.terminate()

    def processes(self) -> list["subprocess.Popen[bytes]"]:
        """Return the processes started so far, running or ended."""
        return [started.process for started in self._started.values()]

    def _watch(self) -> None:
        while not self._stopped.wait(CHECK_EVERY_SECONDS):
            self.start_missing()

    def start_missing(self) -> None:
        """Start the analyses that are missing now."""
        running = {run.path for run in list_runs(runs_folder.runs_dir()) if run.status == "running"}
        for path in running | {path for path in runs_folder.looked_at() if not is_complete(path)}:
            self._ensure(path)

    def _ensure(self, path: Path) -> None:
        before = self._started.get(path)
        if before is None:
            self._started[path] = _Started(start_worker(path), time.monotonic())
            return
        waited = time.monotonic() - before.started_at >= _RESTART_AFTER_SECONDS
        if before.process.poll() is not None and waited and before.starts < _MAX_STARTS:
            self._started[path] = _Started(start_worker(path), time.monotonic(), before.starts + 1)


def is_complete(path: Path) -> bool:
    """Return whether nothing is left to derive for the run at `path`."""
    run = Run(path)
    derived = DerivedReader(run)
    measured = {row["step"] for row in derived.measures().read() if "step" in row}
    return derived.is_complete(run.steps(), measured=measured)
