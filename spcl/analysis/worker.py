"""Analyse a run, beside its training or afterwards: one process at a time, until it has ended."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from spcl.analysis.lock import only_one, still_here
from spcl.analysis.run_analysis import POLL_SECONDS, RunAnalysis
from spcl.store.derived.reader import DerivedReader
from spcl.store.derived.writer import DerivedWriter
from spcl.store.errors import StoreError
from spcl.store.reader import Run, last_row_per_step

IDLE_SECONDS = 600.0


OnTask = Callable[[str, int], None]
"""Called after each task with its kind (pca, umap, measures, masks) and how many are left."""


def analyse(
    run: Run,
    *,
    follow: bool = False,
    idle_seconds: float = IDLE_SECONDS,
    on_task: OnTask | None = None,
) -> bool:
    """Bring `derived/` up to date; with `follow`, until the run has ended.

    Returns whether it was done here: while another process analyses the run, this one does nothing.

    Args:
        run: the run.
        follow: wait for more snapshots while the run goes on.
        idle_seconds: give up on a run that stays silent for so long.
        on_task: called after each task.

    Raises:
        StoreError: the run cannot be read, or its folder was moved or removed meanwhile.
    """
    writer = DerivedWriter(run)
    try:
        with only_one(writer.path) as held:
            if held is not None:
                writer.remove_leftovers()
                begin = partial(RunAnalysis, run, writer, follow=follow, after_kill=held.after_kill)
                _work(run, writer, begin, idle_seconds if follow else None, on_task)
    except (OSError, StoreError):
        if run.path.is_dir():
            raise
        raise StoreError(
            f"{run.path} was moved or removed while it was analysed; analyse it where it is now"
        ) from None
    return held is not None


def _work(
    run: Run,
    writer: DerivedWriter,
    begin: Callable[[], RunAnalysis],
    idle_seconds: float | None,
    on_task: OnTask | None,
) -> None:
    """Do what there is to do; wait for more where `idle_seconds` says for how long."""
    analysis: RunAnalysis | None = None
    last_work = time.monotonic()
    while True:
        still_here(writer.path)
        has_ended = not _is_growing(run)
        if analysis is None and (run.path / "probe" / "probe.json").exists():
            analysis = begin()
        if analysis is not None and (task := analysis.one_task()) is not None:
            last_work = time.monotonic()
            if on_task is not None:
                on_task(task, analysis.num_left())
            continue
        if analysis is not None and has_ended:
            analysis.conclude()
        is_idle = idle_seconds is None or time.monotonic() - last_work > idle_seconds
        if has_ended or is_idle:
            return
        time.sleep(POLL_SECONDS)


def _is_growing(run: Run) -> bool:
    return run.status().kind in ("running", "stalled")


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
