"""Start the analysis of a run beside the server: while it runs, or while a page shows it."""

import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from dashboard.data import runs_folder
from spcl.store.analysis_process import start_worker
from spcl.store.derived_reader import DerivedReader
from spcl.store.reader import MetricsTail, Run, list_runs

LOOK_EVERY_SECONDS = 3.0
_AGAIN_AFTER_SECONDS = 60.0
_MOST_STARTS = 3


@dataclass
class _Started:
    process: "subprocess.Popen[bytes]"
    at: float
    times: int = 1


@dataclass
class Workers:
    """The analysis processes this server started, one a run."""

    _started: dict[Path, _Started] = field(default_factory=dict)
    _ended: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Look after the runs in a thread of its own from now on."""
        threading.Thread(target=self._follow, daemon=True, name="workers").start()

    def end(self) -> None:
        """Stop looking and end what was started; it goes on from there another time."""
        self._ended.set()
        for started in self._started.values():
            if started.process.poll() is None:
                started.process.terminate()

    def processes(self) -> list["subprocess.Popen[bytes]"]:
        """Return what was started, running or ended."""
        return [started.process for started in self._started.values()]

    def _follow(self) -> None:
        while not self._ended.wait(LOOK_EVERY_SECONDS):
            self.look()

    def look(self) -> None:
        """Start what is missing now."""
        running = {run.path for run in list_runs(runs_folder.runs_dir()) if run.status == "running"}
        for path in running | {path for path in runs_folder.looked_at() if not is_complete(path)}:
            self._ensure(path)

    def _ensure(self, path: Path) -> None:
        before = self._started.get(path)
        if before is None:
            self._started[path] = _Started(start_worker(path), time.monotonic())
            return
        waited = time.monotonic() - before.at >= _AGAIN_AFTER_SECONDS
        if before.process.poll() is not None and waited and before.times < _MOST_STARTS:
            self._started[path] = _Started(start_worker(path), time.monotonic(), before.times + 1)


def is_complete(path: Path) -> bool:
    """Return whether every snapshot has its measures and a place in a UMAP."""
    run = Run(path)
    derived = DerivedReader(run)
    steps = set(run.steps())
    layout = derived.layout("umap")
    if layout is None or not steps <= set(layout.steps):
        return not steps
    return steps <= {row.get("step") for row in MetricsTail(derived.measures().path).read()}
