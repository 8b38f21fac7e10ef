"""How far each stage of a run has come and how much time is left: pure functions of its rows."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from dashboard.text.common import counted, duration, stage_name
from spcl.store.growing.update_table import Updates
from spcl.store.schema import RunInfo, Stage

_LONGEST_SPAN_SECONDS = 600.0
"""Between two updates that follow one another, recording included."""


@dataclass(frozen=True)
class StageNow:
    """How far a stage has come: a share in [0, 1], and the text beside its name."""

    name: str
    share: float
    text: str


def stages_now(info: RunInfo, updates: Updates) -> list[StageNow]:
    """Return how far each stage of the plan has come."""
    return [_stage_now(stage, info, updates) for stage in info.stages]


def _stage_now(stage: Stage, info: RunInfo, updates: Updates) -> StageNow:
    length = max(1, stage.last_step - stage.first_step)
    done = min(max(info.step - stage.first_step, 0), length)
    share = done / length
    if "plan" in info.absent and info.status == "running":
        share = min(share, 0.99)  # nothing says that it is done
    if share >= 1:
        spent = _seconds_between(updates, stage.first_step, stage.last_step)
        took = f" · {duration(spent)}" if spent is not None else ""
        text = f"{counted(length, 'step')}{took}"
    elif "plan" in info.absent:
        text = f"step {info.step:,}, of how many is not said"
    elif done or info.stage == stage.name:
        text = f"step {info.step:,} of {stage.last_step:,} · {math.floor(100 * share)} %"
    else:
        text = f"{counted(length, 'step')} to come"
    return StageNow(stage_name(stage.name), share, text)


def time_left(info: RunInfo, updates: Updates) -> tuple[str, str] | None:
    """Return how much time is left and when the run ends; None while there is no pace to go by.

    The pace is the wall-clock time of the last steps of this stage, recording included. Later
    stages may be slower, so before the last one the time is a lower bound.
    """
    pace = seconds_per_step(info, updates)
    if pace is None or info.step >= info.total_steps:
        return None
    left = pace * (info.total_steps - info.step)
    is_last = bool(info.stages) and info.stage == info.stages[-1].name
    ends = (datetime.now(UTC) + timedelta(seconds=left)).astimezone()
    return (
        f"{'' if is_last else 'at least '}{duration(left)} left",
        f"ends {'around' if is_last else 'after'} {ends:%H:%M} · {pace:.2f} s per step",
    )


def seconds_per_step(info: RunInfo, updates: Updates, window: int = 100) -> float | None:
    """Return the wall-clock seconds per step over the last steps of the present stage."""
    last = np.arange(max(0, len(updates.step) - window), len(updates.step))
    recent = last[updates.is_in(info.stage)[last]]
    if len(recent) < 2:
        return None
    steps = int(updates.step[recent[-1]] - updates.step[recent[0]])
    seconds = _seconds(updates, recent)
    return seconds / steps if steps > 0 and seconds is not None else None


def _seconds_between(updates: Updates, first_step: int, last_step: int) -> float | None:
    """Return the seconds from the first to the last row of steps in (first_step, last_step]."""
    begin, end = np.searchsorted(updates.step, [first_step, last_step], side="right").tolist()
    return _seconds(updates, np.arange(begin, end)) if end - begin > 1 else None


def _seconds(updates: Updates, rows: NDArray[np.intp]) -> float | None:
    """Return the seconds from the first to the last of some rows, as the writer's clock has them.

    A clock that is set back, or far ahead, is not believed; nor does a pause count as training. Two
    rows so far apart count as the others do, or as the update alone took.
    """
    times, took = updates.time[rows], updates.number("seconds_per_step")[rows]
    if np.isnan(times).any():
        return None
    spans, took = np.diff(times), took[took >= 0]
    usual = float(np.median(took)) if len(took) else 0.0
    is_believed = (spans >= 0) & (spans <= max(_LONGEST_SPAN_SECONDS, 100 * usual))
    if is_believed.any():
        usual = float(np.median(spans[is_believed]))
    elif not len(took):
        return None
    return float(np.where(is_believed, spans, usual).sum())
