"""Add rows of metrics to a run that has ended, as when they were logged elsewhere."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from spcl.errors import UserError
from spcl.store.reader import Run, last_row_per_step
from spcl.store.schema import RunInfo, Stage
from spcl.store.writer import RunWriter


def add_rows(run: Run, rows: Mapping[int, Mapping[str, Any]]) -> None:
    """Append a row for each step; what the run knows of that step already stays beside it.

    Args:
        run: a run that has ended.
        rows: step to values.

    Raises:
        UserError: the run is still being written.
    """
    status, info = run.status(), run.info()
    if status.kind in ("running", "stalled") or info.status == "running":
        raise UserError(f"{run.path} is {status.kind}; add rows once it has ended")
    known = {row["step"]: row for row in last_row_per_step(run.metrics().read())}
    stages = _reaching(info.stages, max(rows, default=0))
    writer = RunWriter.reopen(run.path, info)
    try:
        for step in sorted(rows):
            row = {"stage": _stage_at(stages, step), **known.get(step, {}), **rows[step]}
            writer.append_metrics({**row, "step": step})
        writer.update(**_as_it_was(info), stages=stages, step=max(info.step, *rows))
    finally:
        writer.end(info.status, failure=info.failure, ended_at=info.ended_at)


def _as_it_was(info: RunInfo) -> dict[str, Any]:
    names = ("stage", "host", "pid", "process_started")
    return {name: getattr(info, name) for name in names}


def _reaching(stages: tuple[Stage, ...], step: int) -> tuple[Stage, ...]:
    """Return the stages, the last of them as long as the rows go."""
    last = stages[-1]
    return (*stages[:-1], replace(last, last_step=max(last.last_step, step)))


def _stage_at(stages: tuple[Stage, ...], step: int) -> str:
    return next((stage.name for stage in stages if step <= stage.last_step), stages[-1].name)
