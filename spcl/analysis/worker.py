"""Analyse a run, beside its training or afterwards: cheap first, newest first, nothing twice."""

import time
from collections.abc import Callable
from typing import Any

from spcl.analysis.events import events_of
from spcl.analysis.lock import only_one
from spcl.analysis.maps import RunMap
from spcl.analysis.measures import VERSION, context_of, rows_at
from spcl.store.derived import DerivedReader, DerivedWriter, digest
from spcl.store.errors import StoreError
from spcl.store.reader import Run, last_row_per_step

POLL_SECONDS = 0.5
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
        has_ended = run.status().kind not in ("running", "stalled")
        if analysis is None and (run.path / "probe" / "probe.json").exists():
            analysis = _Analysis(run, writer)
        if analysis is not None and analysis.one_task():
            last_work = time.monotonic()
            continue
        if not follow or has_ended or time.monotonic() - last_work > idle_seconds:
            return
        time.sleep(POLL_SECONDS)


class _Analysis:
    """What is done and what is next."""

    def __init__(self, run: Run, writer: DerivedWriter) -> None:
        self.run = run
        self.writer = writer
        self.context = context_of(run)
        recipe = digest({"version": VERSION, "run": run.info().started_at})
        writer.begin_measures(recipe)
        reader = DerivedReader(run)
        self.measured = {row["step"] for row in reader.measures().read() if "step" in row}
        self.maps = {method: RunMap(run, method, writer) for method in ("pca", "umap")}
        self.failed: set[tuple[str, int]] = set()

    def one_task(self) -> bool:
        """Do the most urgent task; returns whether there was one."""
        steps = self.run.steps()
        pending = [step for step in reversed(steps) if step not in self.measured]
        tasks: list[tuple[str, list[int], Callable[[int], None]]] = [
            ("measures", pending[:1], self._measure),
            ("pca", self.maps["pca"].pending(steps), self._map("pca")),
            ("measures", pending[1:], self._measure),
            ("umap", self.maps["umap"].pending(steps), self._map("umap")),
        ]
        for name, todo, work in tasks:
            for step in todo:
                if (name, step) not in self.failed:
                    self._attempt(name, step, work)
                    return True
        return False

    def _attempt(self, name: str, step: int, work: Callable[[int], None]) -> None:
        """Do one task; a snapshot that cannot be analysed is an event and stops nothing else."""
        try:
            work(step)
        except (StoreError, ValueError, IndexError) as error:
            self.failed.add((name, step))
            self._event("analysis_failed", step, f"{name} of step {step} failed: {error}")

    def _measure(self, step: int) -> None:
        rows = rows_at(self.run, step, self.context)
        info = self.run.info()
        steps = self.run.steps()
        before = info.before_step
        events = events_of(
            rows,
            snapshot=self.run.snapshot(step),
            before=self.run.snapshot(before) if before is not None and before in steps else None,
            names=self.context.names,
            is_adapting=before is not None and step > before,
        )
        self.writer.append_events(events)
        self.writer.append_measures(rows)
        self.measured.add(step)

    def _map(self, method: str) -> Callable[[int], None]:
        def work(step: int) -> None:
            rebuilt = self.maps[method].add(step)
            if rebuilt is not None:
                self._event("map_rebuilt", step, rebuilt)

        return work

    def _event(self, kind: str, step: int, sentence: str) -> None:
        row = {"step": step, "class": None, "kind": kind, "number": None, "limit": None}
        self.writer.append_events([{**row, "sentence": sentence}])


def summary(run: Run) -> dict[str, Any]:
    """Return the measures of the last analysed snapshot: {"run", "step", "measures": rows}."""
    rows = DerivedReader(run).measures().read()
    last = last_row_per_step(rows)
    step = last[-1]["step"] if last else None
    return {
        "run": run.info().id,
        "step": step,
        "measures": [row for row in rows if row.get("step") == step],
    }
