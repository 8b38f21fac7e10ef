"""Sentences from numbers: pure functions, plain words, one decimal, nothing drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from spcl.store.reader import Status
from spcl.store.schema import RunInfo

STAGE_NAMES = {
    "warmup": "Warm-up",
    "prototypes": "Prototypes",
    "adapt": "Adaptation",
    "selftrain": "Self-training",
}


def stage_name(name: str) -> str:
    """Return what people call a stage."""
    return STAGE_NAMES.get(name, name.replace("_", " ").capitalize())


def percent(share: float) -> str:
    """Return a share in [0, 1] as a number of percent with one decimal, without its sign."""
    return f"{100 * share:.1f}"


def points(before: float, after: float) -> float:
    """Return the change in points; equals the difference of the two rounded numbers shown."""
    return round(round(100 * after, 1) - round(100 * before, 1), 1)


def duration(seconds: float) -> str:
    """Return a time span in words: "40 s", "18 min", "1 h 56 min"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"


def listing(names: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def counted(number: int, noun: str) -> str:
    """Return "1 image", "62 images"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def status_sentence(info: RunInfo, status: Status) -> str:
    """Return how the run stands, in one sentence."""
    silent = duration(status.seconds_since_write)
    if status.kind == "running":
        if info.step == 0:
            return "Waiting for the first step"
        return f"Running, last write {silent} ago"
    if status.kind == "stalled":
        alive = "still runs" if status.process_alive else "is on another machine"
        return f"Stalled: nothing written for {silent}, process {status.pid} {alive}"
    if status.kind == "crashed":
        return (
            f"Crashed: process {status.pid} is gone, last step {info.step:,}; continue it with "
            f"python -m spcl adapt --resume and its folder"
        )
    if status.kind == "failed":
        return f"Failed at step {info.step:,}: {status.failure or 'no reason was recorded'}"
    if status.kind == "stopped":
        return f"Stopped by you at step {info.step:,}"
    return f"Finished in {duration(run_seconds(info))}"


def short_status(info: RunInfo, status: Status) -> str:
    """Return the line below the run's name: "Running, step 4,860 of 6,000"."""
    if status.kind == "finished":
        return f"Finished, {info.total_steps:,} steps"
    return f"{status.kind.capitalize()}, step {info.step:,} of {info.total_steps:,}"


def run_seconds(info: RunInfo) -> float:
    """Return the seconds from the start of the run to its end, or to its last write."""
    start, end = pd.Timestamp(info.started_at), pd.Timestamp(info.ended_at or info.updated_at)
    return float((end - start).total_seconds())


def nothing_recorded(info: RunInfo, status: Status) -> tuple[str, str]:
    """Return headline and sentence for a run without any snapshot."""
    if status.kind == "running":
        return (
            "Nothing recorded yet",
            "The first snapshot appears at step 0, usually within seconds; "
            "this page fills by itself. " + status_sentence(info, status) + ".",
        )
    return (
        "Nothing was recorded",
        f"{status_sentence(info, status)}. The run ended before its first snapshot; "
        "start another one with python -m spcl adapt.",
    )


@dataclass(frozen=True)
class Change:
    """A class, or the mean, before and after, IoU in [0, 1]."""

    name: str
    before: float
    after: float

    @property
    def points(self) -> float:
        """Return the change in points."""
        return points(self.before, self.after)
