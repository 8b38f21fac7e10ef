"""How far each stage of a run has come and how much time is left: pure functions of its rows."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from dashboard.text.common import counted, duration, stage_name
from spcl.store.schema import RunInfo, Stage

_LONGEST_SPAN_SECONDS = 600.0
"""Between two updates that follow one another, recording included."""


@dataclass(frozen=True)
class StageNow:
    """How far a stage has come: a share in [0, 1], and the text beside its name."""

    name: str
    share: float
    text: str


def stages_now(info: RunInfo, rows: Sequence[dict[str, Any]]) -> list[StageNow]:
    """Return how far each stage of the plan has come."""
    return [_stage_now(stage, info, rows) for stage in info.stages]


def _stage_now(stage: Stage, info: RunInfo, rows: Sequence[dict[str, Any]]) -> StageNow:
    length = max(1, stage.last_step - stage.first_step)
    done = min(max(info.step - stage.first_step, 0), length)
    share = done / length
    if "plan" in info.absent and info.status == "running":
        share = min(share, 0.99)  # nothing says that it is done
    if share >= 1:
        spent = _seconds_between(rows, stage.first_step, stage.last_step)
        took = f" · {duration(spent)}" if spent is not None else ""
        text = f"{counted(length, 'step')}{took}"
    elif "plan" in info.absent:
        text = f"step {info.step:,}, of how many is not said"
    elif done or info.stage == stage.name:
        text = f"step {info.step:,} of {stage.last_step:,} · {math.floor(100 * share)} %"
    else:
        text = f"{counted(length, 'step')} to come"
    return StageNow(stage_name(stage.name), share, text)


def time_left(info: RunInfo, rows: Sequence[dict[str, Any]]) -> tuple[str, str] | None:
    """Return how much time is left and when the run ends; None while there is no pace to go by.

    The pace is the wall-clock time of the last steps of this stage, recording included. Later
    stages may be slower, so before the last one the time is a lower bound.
    """
    pace = seconds_per_step(info, rows)
    if pace is None or info.step >= info.total_steps:
        return None
    left = pace * (info.total_steps - info.step)
    is_last = bool(info.stages) and info.stage == info.stages[-1].name
    ends = (datetime.now(UTC) + timedelta(seconds=left)).astimezone()
    return (
        f"{'' if is_last else 'at least '}{duration(left)} left",
        f"ends {'around' if is_last else 'after'} {ends:%H:%M} · {pace:.2f} s per step",
    )


def seconds_per_step(
    info: RunInfo, rows: Sequence[dict[str, Any]], window: int = 100
) -> float | None:
    """Return the wall-clock seconds per step over the last steps of the present stage."""
    recent = [row for row in rows[-window:] if row.get("stage") == info.stage]
    if len(recent) < 2:
        return None
    steps = recent[-1]["step"] - recent[0]["step"]
    seconds = _seconds(recent)
    return seconds / steps if steps > 0 and seconds is not None else None


def _seconds_between(
    rows: Sequence[dict[str, Any]], first_step: int, last_step: int
) -> float | None:
    """Return the seconds from the first to the last row of steps in (first_step, last_step]."""
    begin = bisect_right(rows, first_step, key=lambda row: row.get("step", 0))
    end = bisect_right(rows, last_step, key=lambda row: row.get("step", 0))
    return _seconds(rows[begin:end]) if end - begin > 1 else None


def _seconds(rows: Sequence[dict[str, Any]]) -> float | None:
    """Return the seconds from the first to the last row, as the writer's clock has them.

    A clock that is set back, or far ahead, is not believed; nor does a pause count as training. Two
    rows so far apart count as the others do, or as the update alone took.
    """
    try:
        times = [datetime.fromisoformat(row["time"]).timestamp() for row in rows]
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
    spans = [after - before for before, after in pairwise(times)]
    took = [row.get("seconds_per_step") for row in rows]
    updates = [seconds for seconds in took if isinstance(seconds, int | float) and seconds >= 0]
    most = max(_LONGEST_SPAN_SECONDS, 100 * median(updates or [0]))
    believed = [span for span in spans if 0 <= span <= most]
    if not believed and not updates:
        return None
    usual = median(believed or updates)
    return sum(span if 0 <= span <= most else usual for span in spans)
