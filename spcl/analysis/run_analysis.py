"""What is done for a run and what is next: cheap first, newest first, nothing twice."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from spcl.analysis.events.judge import events_at, final_events
from spcl.analysis.events.update_rules import UpdateHealth, update_health
from spcl.analysis.failures import MEASURES, Failures
from spcl.analysis.kept_columns import KeptColumns
from spcl.analysis.maps.projection import warm_up
from spcl.analysis.maps.run_map import RunMap
from spcl.analysis.measures.history import History
from spcl.analysis.measures.mask_report import MaskReports
from spcl.analysis.measures.snapshot import rows_at
from spcl.store.derived.reader import VERSIONS, DerivedReader, digest
from spcl.store.derived.writer import DerivedWriter
from spcl.store.errors import StoreError, UnwritableError
from spcl.store.names import EventKind, EventRow
from spcl.store.reader import Run

POLL_SECONDS = 0.2


class RunAnalysis:
    """The analysis of one run, task by task; its probe must be written."""

    def __init__(
        self, run: Run, writer: DerivedWriter, *, follow: bool, after_kill: bool = False
    ) -> None:
        """Read from disk what is done; a result made by another recipe is not.

        Args:
            run: the run.
            writer: where results go.
            follow: whether more snapshots may come.
            after_kill: whether the analysis before this one may have died within a write.
        """
        self.run = run
        self.writer = writer
        self.follow = follow
        self.history = History(run)
        self.compiling = threading.Thread(target=warm_up, daemon=True)
        info = run.info()
        recipe = {
            "version": VERSIONS["measures"],
            "run": info.started_at,
            "events": info.config.get("events"),
        }
        writer.begin_measures(digest(recipe))
        self.measured = self._measured(after_kill)
        self.recorded = self._recorded()
        self.columns = KeptColumns(run, writer)
        self.metrics = run.metrics()
        self.updates: dict[int, UpdateHealth] = {}
        self.maps = {method: RunMap(run, method, writer) for method in ("pca", "umap")}
        self.mask_reports = MaskReports(run)
        self.mask_recipe = digest({"version": VERSIONS["masks"], "run": info.started_at})
        self.reported = {s for s in run.steps() if writer.has_mask_report(s, self.mask_recipe)}
        self.failed = Failures(run, writer)
        self.there: set[int] | None = None
        for one in self.maps.values():
            self._append_events(one.rebuilt())

    def _measured(self, after_kill: bool) -> set[int]:
        """Return the steps whose rows are all on disk.

        A killed process may have torn the rows it wrote last, at the end of a line, too: its last
        step is made again. Torn rows elsewhere can be of any step: those of all snapshots that
        are still there are made again.
        """
        tail = DerivedReader(self.run).measures()
        rows = tail.read()
        if after_kill and tail.skipped <= 1:
            rows = [row for row in rows if row["step"] != rows[-1]["step"]]
            self.writer.keep_measures(rows)
        elif tail.torn or tail.skipped:
            there = set(self.run.folders())
            rows = [row for row in rows if row["step"] not in there]
            self.writer.keep_measures(rows)
        return {row["step"] for row in rows}

    def _recorded(self) -> set[tuple[Any, ...]]:
        """Return which events are on disk; what a killed process tore is removed from them."""
        tail = DerivedReader(self.run).events()
        rows = tail.read()
        if tail.skipped:
            self.writer.keep_events(rows)
        return {_identity(row) for row in DerivedReader(self.run).recorded_events()}

    def one_task(self) -> str | None:
        """Do the most urgent task; returns what it was, or None where all is done."""
        for name, pending, work in self._tasks():
            for step in pending:
                if (name, step) in self.failed:
                    continue
                if name == "umap" and self.follow and self._is_compiling():
                    self.compiling.join(POLL_SECONDS)  # then look for snapshots again
                else:
                    self._attempt(name, step, work)
                return name
        return None

    def num_left(self) -> int:
        """Return how many tasks there are still."""
        left = {(name, step) for name, pending, _ in self._tasks() for step in pending}
        return sum(task not in self.failed for task in left)

    def _tasks(self) -> list[tuple[str, list[int], Callable[[int], None]]]:
        """Return kinds of tasks with the steps they are still to be done for, most urgent first."""
        self._measure_again()
        steps = self.run.steps()
        self._forget_removed(set(self.run.folders()))
        newest_first = steps[::-1]
        unmeasured = [step for step in newest_first if step not in self.measured]
        unreported = [step for step in newest_first if step not in self.reported]
        return [
            ("pca", self.maps["pca"].pending(steps)[:1], self._map("pca")),
            (MEASURES, unmeasured, self.measure),
            ("pca", self.maps["pca"].pending(steps), self._map("pca")),
            ("umap", self.maps["umap"].pending(steps), self._map("umap")),
            ("masks", unreported, self.report_masks),
        ]

    def _measure_again(self) -> None:
        """Remove what was measured of snapshots that lacked files, and after them without them."""
        there = set(self.run.folders())
        failed = {step for name, step in self.failed.overcome() if name == MEASURES}
        first = min(failed & there, default=None)
        if first is None:
            return
        again = {step for step in there if step >= first}
        reader = DerivedReader(self.run)
        self.writer.keep_measures(r for r in reader.measures().read() if r["step"] not in again)
        self._keep_events(lambda row: row.step not in again or row.kind in _NOT_OF_MEASURES)
        self.measured -= again
        self.history.forget(first)

    def _forget_removed(self, steps: set[int]) -> None:
        """Remove maps and mask reports of snapshots that are gone; measures and events stay.

        A run without any snapshot may be one whose folder cannot be read just now.
        """
        if steps and (self.there is None or not self.there <= steps):
            for one in self.maps.values():
                one.keep_steps(steps)
            self.writer.keep_steps(steps)
        self.there = steps

    def _is_compiling(self) -> bool:
        """Return whether umap is still being made ready, beside this thread, begun when needed.

        It takes some 20 s in the first process ever; the next snapshot's measures need not wait.
        """
        if self.compiling.ident is None:
            self.compiling.start()
        return self.compiling.is_alive()

    def _attempt(self, name: str, step: int, work: Callable[[int], None]) -> None:
        """Do one task; a snapshot that cannot be analysed is an event and stops nothing else.

        Where snapshots were removed meanwhile, what is left to do is looked up anew.
        """
        there, inputs = set(self.run.folders()), self.failed.inputs(step)
        sentence = ""
        try:
            work(step)
        except UnwritableError:
            raise  # no other task could be written either
        except (StoreError, ValueError, LookupError, TypeError, ArithmeticError) as error:
            if not there <= set(self.run.folders()):
                return
            sentence = f"{_failed(name, step)} {error}"
        self._say_failed(name, step, sentence)
        if sentence or (name == MEASURES and EventKind.MEASURE_FAILED in self._kinds_at(step)):
            self.failed.add((name, step), inputs)

    def _say_failed(self, name: str, step: int, sentence: str) -> None:
        """Have the one event that a task failed say `sentence`; "" where it did not, this time."""
        begins = _failed(name, step)
        told = {text for kind, _, _, _, text in self.recorded if kind == EventKind.ANALYSIS_FAILED}
        if any(text.startswith(begins) and text != sentence for text in told):
            self._keep_events(lambda row: not row.sentence.startswith(begins))
        if sentence:
            self._event(EventKind.ANALYSIS_FAILED, step, sentence)

    def _kinds_at(self, step: int) -> set[str]:
        return {kind for kind, at, *_ in self.recorded if at == step}

    def measure(self, step: int) -> None:
        """Append the measures and events of a snapshot."""
        snapshot = self.run.snapshot(step)
        rows = rows_at(self.history, snapshot)
        self._append_events(events_at(self.history, snapshot, rows, self._updates()))
        self.writer.append_measures(rows)
        self.columns.keep()
        self.measured.add(step)

    def report_masks(self, step: int) -> None:
        """Write what happened to the masks of a snapshot."""
        report = {"recipe": self.mask_recipe, **self.mask_reports.report(step)}
        self.writer.write_mask_report(step, report)
        self.reported.add(step)

    def conclude(self) -> None:
        """Append the events after the last snapshot of a run that has ended: all is done."""
        self._append_events(final_events(self.run, self._updates()))
        self.columns.keep(everything=True)
        self.writer.write_versions()

    def _map(self, method: str) -> Callable[[int], None]:
        def work(step: int) -> None:
            self.maps[method].add(step)
            self._append_events(self.maps[method].rebuilt())

        return work

    def _updates(self) -> dict[int, UpdateHealth]:
        """Return the health of every update so far; the last row of a step counts."""
        rows = (row for row in self.metrics.read() if isinstance(row.get("step"), int))
        self.updates |= {row["step"]: update_health(row) for row in rows}
        return self.updates

    def _append_events(self, rows: Iterable[EventRow]) -> None:
        """Append what is not there yet; a snapshot may be judged again after a kill."""
        new = [row for row in rows if _identity(row) not in self.recorded]
        self.recorded |= {_identity(row) for row in new}
        self.writer.append_events(new)

    def _keep_events(self, is_kept: Callable[[EventRow], bool]) -> None:
        """Remove all other events from the disk."""
        rows = [row for row in DerivedReader(self.run).recorded_events() if is_kept(row)]
        self.writer.keep_events(row.to_json() for row in rows)
        self.recorded = set(map(_identity, rows))

    def _event(self, kind: EventKind, step: int, sentence: str) -> None:
        self._append_events([EventRow(step, None, kind, None, None, sentence)])


_NOT_OF_MEASURES = (EventKind.MAP_REBUILT, EventKind.ANALYSIS_FAILED)


def _failed(name: str, step: int) -> str:
    return f"{name} of step {step} failed:"


def _identity(event: EventRow) -> tuple[Any, ...]:
    sentence = event.sentence if event.kind == EventKind.ANALYSIS_FAILED else None
    return event.kind, event.step, event.class_name, event.rival, sentence
