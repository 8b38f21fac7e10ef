"""Analyse a run, beside its training or afterwards: one process at a time, until it has ended."""

import time
from typing import Any

from spcl.analysis.lock import only_one, still_here
from spcl.analysis.run_analysis import POLL_SECONDS, RunAnalysis
from spcl.store.derived.reader import DerivedReader
from spcl.store.derived.writer import DerivedWriter
from spcl.store.errors import StoreError
from spcl.store.reader import Run, last_row_per_step

IDLE_SECONDS = 600.0


def analyse(run: Run, *, follow: bool = False, idle_seconds: float = IDLE_SECONDS) -> bool:
    """Bring `derived/` up to date; with `follow`, until the run has ended.

    Returns whether it was done here: while another process analyses the run, this one does nothing.

    Args:
        run: the run.
        follow: wait for more snapshots while the run goes on.
        idle_seconds: give up on a run that stays silent for so long.

    Raises:
        StoreError: the run cannot be read, or its folder was moved or removed meanwhile.
    """
    writer = DerivedWriter(run)
    try:
        with only_one(writer.path) as held:
            if held is not None:
                writer.remove_leftovers()
                _work(run, writer, held.after_kill, follow=follow, idle_seconds=idle_seconds)
    except (OSError, StoreError):
        if run.path.is_dir():
            raise
        raise StoreError(
            f"{run.path} was moved or removed while it was analysed; analyse it where it is now"
        ) from None
    return held is not None


def _work(
    run: Run, writer: DerivedWriter, after_kill: bool, *, follow: bool, idle_seconds: float
) -> None:
    analysis: RunAnalysis | None = None
    last_work = time.monotonic()
    while True:
        still_here(writer.path)
        has_ended = not _is_growing(run)
        if analysis is None and (run.path / "probe" / "probe.json").exists():
            analysis = RunAnalysis(run, writer, follow=follow, after_kill=after_kill)
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
