"""The list of runs in words: the headline, a training's line, and the table of all."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pandas as pd

from dashboard.data.runs.table import RunRow
from dashboard.text.common import counted, points, run_seconds, signed, stage_name

MEAN = "Mean IoU"
NUMBERS = ("Target", "Change", "Source")
_STATUS = {
    "running": "Training",
    "stalled": "Silent",
    "crashed": "Crashed",
    "failed": "Failed",
    "stopped": "Stopped",
    "finished": "Finished",
    "damaged": "Cannot be read",
}


def headline(rows: Sequence[RunRow]) -> str:
    """Return how many runs train, and how many have ended."""
    living = sum(row.is_living for row in rows)
    ended = len(rows) - living
    rest = f"{counted(ended, 'run')} {'has' if ended == 1 else 'have'} ended"
    if not living:
        return f"No training is running; {rest}"
    now = f"{counted(living, 'training')} {'is' if living == 1 else 'are'} running"
    return f"{now}; {rest}" if ended else now


def caption(rows: Sequence[RunRow]) -> str:
    """Return what must be known before scores of different runs are read side by side."""
    sets = {row.data for row in rows if row.data}
    if len(sets) < 2:
        return "Scores are each run's latest, on the images of its own val split."
    return (
        "Scores are each run's latest. The runs are of "
        f"{counted(len(sets), 'data set')}: compare scores only where Data is the same."
    )


def asked(rows: Sequence[RunRow], shown: Sequence[RunRow]) -> str:
    """Return how many of the runs are listed."""
    if len(rows) == len(shown):
        return counted(len(rows), "run")
    return f"{len(shown):,} of {counted(len(rows), 'run')}"


def now_line(row: RunRow) -> str:
    """Return where a training stands: "Adaptation, step 360 of 480"."""
    if row.info is None:
        return ""
    of = "" if "plan" in row.info.absent else f" of {row.info.total_steps:,}"
    return f"{stage_name(row.info.stage)}, step {row.info.step:,}{of}"


def score_line(row: RunRow) -> str:
    """Return the mean IoU of a training now and its change, as far as there are labels."""
    for domain in ("target", "source"):
        now = row.score(domain, None)
        if math.isfinite(now) and row.info is not None:
            name = row.info.domain_name(domain)
            before = row.score(domain, None, before=True)
            change = f", {signed(points(before, now))} points" if math.isfinite(before) else ""
            return f"{100 * now:.1f} % mIoU on {name}{change}"
    return "No snapshot yet" if row.step is None else "No labels, so no scores"


def alarms_line(count: int) -> str:
    """Return how many alarms hold."""
    return f"{counted(count, 'alarm')}" if count else "No alarms"


def curves_caption(more: int) -> str:
    """Return how to read the curves of the trainings, and how many are only in the list."""
    read = (
        "Mean IoU, on one scale for all: blue on the target, grey on the source; the broken line "
        "is where adaptation began."
    )
    return f"{read} {counted(more, 'more training')} in the list below." if more else read


def runs_table(rows: Sequence[RunRow], class_name: str | None) -> pd.DataFrame:
    """Return a line a run; scores in percent, NaN where there are none.

    Args:
        rows: the runs, in the order of the lines.
        class_name: whose IoU is shown; None for the mean.
    """
    return pd.DataFrame([_line(row, class_name) for row in rows], columns=_COLUMNS)


_COLUMNS = (
    *("Run", "Seed", "Status", "Step", *NUMBERS),
    *("Tags", "Note", "Began", "Minutes", "Data", "Id"),
)


def _line(row: RunRow, class_name: str | None) -> tuple[object, ...]:
    info, now = row.info, row.score("target", class_name)
    before = row.score("target", class_name, before=True)
    return (
        row.summary.title,
        None if info is None else info.seed,
        _STATUS[row.summary.status],
        None if info is None else info.step,
        round(100 * now, 1),
        points(before, now) if math.isfinite(before) and math.isfinite(now) else math.nan,
        round(100 * row.score("source", class_name), 1),
        list(row.notes.tags),
        row.notes.note,
        None if info is None else _local(info.started_at),
        None if info is None else round(run_seconds(info) / 60, 1),
        row.data,
        row.summary.id,
    )


def _local(timestamp: str) -> datetime:
    """Return the time of this machine, without its zone: what a person reads off a clock."""
    when = datetime.fromisoformat(timestamp.replace("Z", "+00:00"))
    return when.replace(tzinfo=when.tzinfo or UTC).astimezone().replace(tzinfo=None)


def score_names(displays: Mapping[str, str]) -> dict[str, str]:
    """Return what may be shown as the score: "" for the mean, and each class."""
    return {"": MEAN, **{name: f"IoU of {shown.lower()}" for name, shown in displays.items()}}


def bin_question(rows: Sequence[RunRow], folder: str) -> str:
    """Return what moving runs into the bin means, before it is done."""
    these = f"“{rows[0].summary.title}”" if len(rows) == 1 else counted(len(rows), "run")
    return (
        f"Move {these} to {folder}? Nothing is erased: Undo moves it back, and so does moving the "
        "folder. The disk gets its space back when you empty that folder yourself."
    )


def binned(count: int, folder: str) -> str:
    """Return what was done."""
    return f"{counted(count, 'run')} moved to {folder}."
