"""Start the analyses of runs in processes of their own: at most two, the looked-at run first."""

import logging
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from dashboard.data import recorded, runs_folder
from dashboard.data.runs.infos import read_info
from spcl.store.formats.text import one_line
from spcl.store.life.analysis_process import start_worker
from spcl.store.reader import Run, list_runs

MOST_AT_ONCE = 2
CHECK_EVERY_SECONDS = 3.0
KEPT_SECONDS = 60.0
"""How long an analysis goes on after the last person has turned to another run."""
_RESTART_AFTER_SECONDS = 60.0
_LONGEST_WAIT_SECONDS = 900.0
_KILL_AFTER_SECONDS = 10.0
_STOP_SECONDS = 5.0
_log = logging.getLogger(__name__)


@dataclass
class _Started:
    process: "subprocess.Popen[bytes]"
    started_at: float
    wanted_at: float
    failures: int = 0
    ended_at: float | None = None
    told_to_end_at: float | None = None

    @property
    def lives(self) -> bool:
        return self.ended_at is None

    def may_start_again(self, now: float) -> bool:
        """Return whether it has ended, and long enough ago where it ended by itself."""
        if self.ended_at is None:
            return False
        wait = _RESTART_AFTER_SECONDS * 2 ** max(0, min(self.failures, 5) - 1)
        waited = now - self.started_at >= min(wait, _LONGEST_WAIT_SECONDS)
        return self.told_to_end_at is not None or waited


def start_heard(path: Path) -> "subprocess.Popen[bytes]":
    """Start the analysis of a run, whose last words can be read when it has ended."""
    return start_worker(path, said=subprocess.PIPE)


@dataclass
class AnalysisProcesses:
    """The analysis processes that this server started, the last one of each run.

    Attributes:
        start_one: starts the analysis of a run.
        clock: seconds that only grow.
    """

    start_one: "Callable[[Path], subprocess.Popen[bytes]]" = start_heard
    clock: Callable[[], float] = time.monotonic
    _started: dict[Path, _Started] = field(default_factory=dict)
    _stopped: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Start missing analyses from now on, in a background thread."""
        threading.Thread(target=self._watch, daemon=True, name="analyses").start()

    def stop(self) -> None:
        """Stop watching and end the analyses; they resume where they stopped next time."""
        self._stopped.set()
        living = [one for one in self._started.values() if one.process.poll() is None]
        for one in living:
            one.process.terminate()
        for one in living:
            try:
                one.process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                one.process.kill()
                one.process.wait()

    def processes(self) -> list["subprocess.Popen[bytes]"]:
        """Return the last process of every run, living or ended."""
        return [one.process for one in self._started.values()]

    def _watch(self) -> None:
        while not self._stopped.wait(CHECK_EVERY_SECONDS):
            try:
                self.start_missing()
            except Exception:  # whatever one look meets, the next one may be better
                _log.exception("the analyses could not be looked after; trying again")

    def start_missing(self) -> None:
        """Take leave of ended analyses, end those nobody needs, and start what is missing."""
        self._reap()
        wanted = self._wanted()
        now = self.clock()
        for path in wanted:
            if path in self._started:
                self._started[path].wanted_at = now
        self._end_unwanted(wanted)
        waiting = [path for path in wanted if self._may_start(path)]
        self._make_room(wanted, waiting)
        for path in waiting[: max(0, MOST_AT_ONCE - len(self._living()))]:
            self._start(path)

    def _living(self) -> dict[Path, _Started]:
        return {path: one for path, one in self._started.items() if one.lives}

    def _reap(self) -> None:
        for path, one in self._living().items():
            code = one.process.poll()
            if code is None:
                told = one.told_to_end_at
                if told is not None and self.clock() - told >= _KILL_AFTER_SECONDS:
                    one.process.kill()
                continue
            one.ended_at = self.clock()
            if one.told_to_end_at is None:
                one.failures += 1
                said = one.process.stderr.read() if one.process.stderr else b""
                runs_folder.say_trouble(path, _how_it_ended(code, said))

    def _wanted(self) -> list[Path]:
        """Return the runs with something left to derive: looked at first, then those that train."""
        looked_at = [path for path in runs_folder.looked_at() if self._is_incomplete(path)]
        runs = list_runs(runs_folder.runs_dir(), info_of=read_info)
        running = [run.path for run in runs if run.status == "running"]
        return list(dict.fromkeys([*looked_at, *running]))

    def _is_incomplete(self, path: Path) -> bool:
        try:
            return path.is_dir() and not is_complete(path)
        except Exception as error:  # one run must not take the analysis of the others down
            self._say_broken(path, error)
            return False

    def _say_broken(self, path: Path, error: Exception) -> None:
        if runs_folder.trouble(path) is None:
            _log.warning("%s cannot be analysed", path.name, exc_info=error)
        kind = type(error).__name__
        runs_folder.say_trouble(
            path,
            f"This run cannot be analysed: its results cannot be read ({kind}). Remove its folder "
            "derived to have them made again, or copy the run again.",
        )

    def _end_unwanted(self, wanted: list[Path]) -> None:
        for path, one in self._living().items():
            if path not in wanted and self.clock() - one.wanted_at >= KEPT_SECONDS:
                self._tell_to_end(one)

    def _make_room(self, wanted: list[Path], waiting: list[Path]) -> None:
        """End one analysis that stands behind a waiting one, or has nothing to do at the moment."""
        living = self._living()
        ending = [one for one in living.values() if one.told_to_end_at is not None]
        if not waiting or len(living) < MOST_AT_ONCE or ending:
            return
        looked_at = runs_folder.looked_at()
        idle = [path for path in living if path not in wanted]
        behind = [path for path in living if path not in looked_at]
        if waiting[0] in looked_at and (idle or behind):
            self._tell_to_end(living[(idle or behind)[-1]])
            return
        now = self.clock()
        for path, one in living.items():
            old = now - one.started_at >= KEPT_SECONDS
            if path in idle or (old and not self._is_incomplete(path)):
                self._tell_to_end(one)
                return

    def _tell_to_end(self, one: _Started) -> None:
        if one.told_to_end_at is None:
            one.told_to_end_at = self.clock()
            one.process.terminate()

    def _may_start(self, path: Path) -> bool:
        before = self._started.get(path)
        return before is None or before.may_start_again(self.clock())

    def _start(self, path: Path) -> None:
        before, now = self._started.get(path), self.clock()
        try:
            process = self.start_one(path)
        except OSError as error:
            runs_folder.say_trouble(
                path, f"The analysis of this run could not be started ({error.strerror})."
            )
            return
        self._started[path] = _Started(process, now, now, before.failures if before else 0)


def _how_it_ended(code: int, said: bytes) -> str | None:
    """Return what a page says about an analysis that ended by itself; None if it went well."""
    if code == 0:
        return None
    lines = said.decode(errors="replace").strip().splitlines()
    reason = f": {one_line(lines[-1], 400)}" if lines else f" (exit {code})"
    return f"The analysis of this run ended with an error{reason}. It is tried again by itself."


def is_complete(path: Path) -> bool:
    """Return whether nothing is left to derive for the run at `path`."""
    run = Run(path)
    return recorded.is_derived(run, run.steps())
