"""Analyse a run, beside its training or afterwards: cheap first, newest first, nothing twice."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from spcl.analysis.events.judge import Watched, events_at, events_of_the_end, watched
from spcl.analysis.lock import only_one, still_here
from spcl.analysis.maps.projection import warm_up
from spcl.analysis.maps.run_map import RunMap
from spcl.analysis.measures.mask_report import VERSION as MASKS_VERSION
from spcl.analysis.measures.mask_report import MaskReports
from spcl.analysis.measures.snapshot import VERSION, context_of, rows_at
from spcl.store.derived_reader import RECIPE_FILE, DerivedReader, digest
from spcl.store.derived_writer import DerivedWriter
from spcl.store.errors import StoreError
from spcl.store.names import EventKind, EventRow
from spcl.store.reader import Run, last_row_per_step

POLL_SECONDS = 0.2
IDLE_SECONDS = 600.0


def analyse(run: Run, *, follow: bool = False, idle_seconds: float = IDLE_SECONDS) -> int:
    """Bring `derived/` up to date; with `follow`, until the run has ended.

    A second process on the same run returns at once. Returns the exit code 0.

    Args:
        run: the run.
        follow: wait for more snapshots while the run goes on.
        idle_seconds: give up on a run that stays silent for so long.
    """
    writer = DerivedWriter(run)
    with only_one(writer.path) as allowed:
        if allowed:
            _work(run, writer, follow=follow, idle_seconds=idle_seconds)
    return 0


def _work(run: Run, writer: DerivedWriter, *, follow: bool, idle_seconds: float) -> None:
    analysis: _Analysis | None = None
    last_work = time.monotonic()
    while True:
        still_here(writer.path)
        has_ended = not _is_growing(run)
        if analysis is None and (run.path / "probe" / "probe.json").exists():
            analysis = _Analysis(run, writer, follow=follow)
        if analysis is not None and analysis.one_task():
            last_work = time.monotonic()
            continue
        if analysis is not None and has_ended:
            analysis.conclude()
        if not follow or has_ended or time.monotonic() - last_work > idle_seconds:
            return
        time.sleep(POLL_SECONDS)


def _is_growing(run: Run) -> bool:
    return run.status().kind in ("running", "stalled")


class _Analysis:
    """What is done and what is next."""

    def __init__(self, run: Run, writer: DerivedWriter, *, follow: bool) -> None:
        self.run = run
        self.follow = follow
        self.compiling = threading.Thread(target=warm_up, daemon=True)
        self.writer = writer
        self.context = context_of(run)
        info = run.info()
        recipe = {"version": VERSION, "run": info.started_at, "events": info.config.get("events")}
        writer.begin_measures(digest(recipe))
        self.measured = self._measured()
        self.known = {_identity(row) for row in DerivedReader(run).recorded_events()}
        self.metrics = run.metrics()
        self.updates: dict[int, Watched] = {}
        self.maps = {method: RunMap(run, method, writer) for method in ("pca", "umap")}
        self.failed: set[tuple[str, int]] = set()
        self.mask_reports = MaskReports(run)
        self.mask_recipe = digest({"version": MASKS_VERSION, "run": run.info().started_at})
        self.reported = {step for step in run.steps() if self._is_reported(step)}

    def _is_reported(self, step: int) -> bool:
        report = DerivedReader(self.run).mask_report(step)
        return report is not None and report.get("recipe") == self.mask_recipe

    def _masks(self, step: int) -> None:
        report = {"recipe": self.mask_recipe, **self.mask_reports.report(step)}
        self.writer.write_mask_report(step, report)
        self.reported.add(step)

    def _measured(self) -> set[int]:
        """Return the steps on disk; rows torn by a killed process are all made again."""
        tail = DerivedReader(self.run).measures()
        rows = tail.read()
        if tail.torn or tail.skipped:
            recipe = self.writer.path / RECIPE_FILE
            content = recipe.read_text(encoding="utf-8")
            recipe.unlink()
            self.writer.begin_measures(content)
            return set()
        return {row["step"] for row in rows if "step" in row}

    def one_task(self) -> bool:
        """Do the most urgent task; returns whether there was one."""
        steps = self.run.steps()
        pending = [step for step in reversed(steps) if step not in self.measured]
        tasks: list[tuple[str, list[int], Callable[[int], None]]] = [
            ("pca", self.maps["pca"].pending(steps)[:1], self._map("pca")),
            ("measures", pending, self._measure),
            ("pca", self.maps["pca"].pending(steps), self._map("pca")),
            ("umap", self.maps["umap"].pending(steps), self._map("umap")),
            ("masks", [step for step in reversed(steps) if step not in self.reported], self._masks),
        ]
        for name, todo, work in tasks:
            for step in todo:
                if (name, step) in self.failed:
                    continue
                if name == "umap" and self.follow and self._is_compiling():
                    self.compiling.join(POLL_SECONDS)  # then look for snapshots again
                else:
                    self._attempt(name, step, work)
                return True
        return False

    def _is_compiling(self) -> bool:
        """Return whether umap is still being made ready, beside this thread, begun when needed.

        It takes some 20 s in the first process ever; the next snapshot's measures need not wait.
        """
        if self.compiling.ident is None:
            self.compiling.start()
        return self.compiling.is_alive()

    def _attempt(self, name: str, step: int, work: Callable[[int], None]) -> None:
        """Do one task; a snapshot that cannot be analysed is an event and stops nothing else."""
        try:
            work(step)
        except (StoreError, ValueError, LookupError, TypeError, ArithmeticError) as error:
            self.failed.add((name, step))
            self._event(EventKind.ANALYSIS_FAILED, step, f"{name} of step {step} failed: {error}")

    def _measure(self, step: int) -> None:
        rows = rows_at(self.run, step, self.context)
        events = events_at(self.run, step, self.context, rows, self._updates())
        self._append_events(events)
        self.writer.append_measures(rows)
        self.measured.add(step)

    def conclude(self) -> None:
        """Put down what no snapshot will tell any more."""
        self._append_events(events_of_the_end(self.run, self._updates()))

    def _map(self, method: str) -> Callable[[int], None]:
        def work(step: int) -> None:
            rebuilt = self.maps[method].add(step)
            if rebuilt is not None:
                self._event(EventKind.MAP_REBUILT, step, rebuilt)

        return work

    def _updates(self) -> dict[int, Watched]:
        """Return what every update so far was like; the last row of a step counts."""
        rows = (row for row in self.metrics.read() if isinstance(row.get("step"), int))
        self.updates |= {row["step"]: watched(row) for row in rows}
        return self.updates

    def _append_events(self, rows: Iterable[EventRow]) -> None:
        """Append what is not there yet; a snapshot may be judged again after a kill."""
        new = [row for row in rows if _identity(row) not in self.known]
        self.known |= {_identity(row) for row in new}
        self.writer.append_events(new)

    def _event(self, kind: EventKind, step: int, sentence: str) -> None:
        self._append_events([EventRow(step, None, kind, None, None, sentence)])


def _identity(event: EventRow) -> tuple[Any, ...]:
    sentence = event.sentence if event.kind == EventKind.ANALYSIS_FAILED else None
    return event.kind, event.step, event.class_name, event.rival, sentence


def summary(run: Run) -> dict[str, Any]:
    """Return the last analysed snapshot: {"run", "notes", "step", "measures": rows}."""
    rows = DerivedReader(run).measures().read()
    last = last_row_per_step(rows)
    step = last[-1]["step"] if last else None
    return {
        "run": run.info().id,
        "notes": list(run.info().notes),
        "step": step,
        "measures": [row for row in rows if row.get("step") == step],
    }
