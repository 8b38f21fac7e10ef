"""Words that all pages share: numbers as text, stages, and the status of a run."""

import math
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard.text.absent import BEGIN_AGAIN
from spcl.store.formats.text import one_line
from spcl.store.reader import Status
from spcl.store.schema import RunInfo

STAGE_NAMES = {
    "warmup": "Warm-up",
    "prototypes": "Prototypes",
    "adapt": "Adaptation",
    "selftrain": "Self-training",
}


_BEGIN_AGAIN = "start a new one with python -m spcl adapt"
FEW_CASES = 30
"""Below so many cases, counts stand instead of shares."""
UNKNOWN = "–"
"""What stands for a number that was not recorded, or is none."""


def stage_name(name: str) -> str:
    """Return the display name of a stage."""
    return STAGE_NAMES.get(name, name.replace("_", " ").capitalize())


def percent(share: float) -> str:
    """Return a share in [0, 1] in percent with one decimal, without the percent sign."""
    return f"{100 * share:.1f}" if math.isfinite(share) else UNKNOWN


def points(before: float, after: float) -> float:
    """Return the change in points: the difference of the two rounded percentages shown."""
    return round(round(100 * after, 1) - round(100 * before, 1), 1)


def signed(change: float, digits: int = 1) -> str:
    """Return a change with its sign, a true minus, and none for zero: "+9.8", "−1.7", "0.0"."""
    if not math.isfinite(change):
        return UNKNOWN
    rounded = round(change, digits)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return f"{sign}{abs(rounded):.{digits}f}"


def duration(seconds: float) -> str:
    """Return a time span as people say it: "40 s", "18 min", "1 h 56 min"."""
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


def counted(count: int, noun: str) -> str:
    """Return "1 image", "62 images"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def of_100(share: float) -> int:
    """Return a share in [0, 1] as a number of a hundred; 0 and 100 only where it is none or all."""
    if share in (0.0, 1.0):
        return round(100 * share)
    return min(99, max(1, round(100 * share)))


def part(count: int, whole: int) -> str:
    """Return "17 % of them"; "5 of 12" where there are fewer than 30."""
    if whole < FEW_CASES:
        return f"{count} of {whole}"
    return f"{of_100(count / whole)} % of them"


def stand_apart(apart: int, classes: int, target: str) -> str:
    """Return "All 11 classes stand apart on dusk", "4 of 11 classes stand apart on dusk"."""
    if classes == 1:
        return f"The one class {'stands' if apart else 'does not stand'} apart on {target}"
    if apart == classes:
        return f"{all_of(classes, 'classes')} stand apart on {target}"
    verb = "stands" if apart == 1 else "stand"
    return f"{apart} of {classes} classes {verb} apart on {target}"


def all_of(count: int, things: str) -> str:
    """Return "All 11 classes"; "Both classes" of two."""
    return f"Both {things}" if count == 2 else f"All {count:,} {things}"


def by_pseudo_labels(claim: str) -> str:
    """Return a headline that says its classes come from pseudo labels, which flatter."""
    return f"Going by pseudo labels, {claim[:1].lower()}{claim[1:]}"


def first_upper(text: str) -> str:
    """Return `text` with its first letter in upper case, the rest untouched."""
    return text[:1].upper() + text[1:]


def status_sentence(info: RunInfo, status: Status) -> str:
    """Return the status of a run in one sentence, without its full stop."""
    silent = duration(status.seconds_since_write)
    there = status.elsewhere
    if status.kind == "running":
        if info.step == 0:
            return f"Waiting for the first step{_on(there)}"
        clocks = "; its clock and this one differ" if status.clocks_differ else ""
        heard = f" on {one_line(there, 60)}, last heard" if there else ", last write"
        return f"Running{heard} {silent} ago{clocks}"
    if status.kind == "stalled" and there and not status.process_alive:
        return (
            f"Last heard{_from(there)} {silent} ago: the training there is silent, or what it "
            "writes no longer comes here"
        )
    if status.kind == "stalled":
        state = "is still running" if status.process_alive else "cannot be seen from here"
        return f"Stalled: nothing written for {silent}; process {status.pid} {state}"
    if status.kind == "crashed":
        gone = f"Crashed: process {status.pid} is gone, last heard of at step {info.step:,}"
        return f"{gone}; {_way_on(info, status)}"
    if status.kind == "failed":
        return f"Failed at step {info.step:,}: {status.failure or 'no reason was recorded'}"
    if status.kind == "stopped":
        return f"Stopped at step {info.step:,}{_on(there)}; {_way_on(info, status)}"
    return f"Finished in {duration(run_seconds(info))}"


def _way_on(info: RunInfo, status: Status) -> str:
    """Return what to type to continue a run that ended early, or to begin again."""
    if "settings" in info.absent:
        return BEGIN_AGAIN
    if status.elsewhere and not status.has_checkpoint:
        return f"no checkpoint of it is here, so it can only be continued{_on(status.elsewhere)}"
    if not status.has_checkpoint:
        return f"it kept no checkpoint to continue from, {_BEGIN_AGAIN}"
    folder = "RUN_DIR" if status.path is None else shlex.quote(str(status.path.absolute()))
    where = f"{_on(status.elsewhere).lstrip()}, or here " if status.elsewhere else ""
    return f"continue it {where}with python -m spcl adapt --resume {folder}"


def _on(machine: str | None) -> str:
    """Return " on gpu-7", or nothing for this machine."""
    return f" on {one_line(machine, 60)}" if machine else ""


def _from(machine: str) -> str:
    return f" from {one_line(machine, 60)}"


def _begin_again(info: RunInfo) -> str:
    return BEGIN_AGAIN if "settings" in info.absent else _BEGIN_AGAIN


def short_status(info: RunInfo, status: Status) -> str:
    """Return the status line of the sidebar: "Running, step 4,860 of 6,000"."""
    if status.kind == "finished":
        return f"Finished, {info.total_steps:,} steps"
    of = "" if "plan" in info.absent else f" of {info.total_steps:,}"
    is_silent = status.kind == "stalled" and status.elsewhere and not status.process_alive
    return f"{'Silent' if is_silent else status.kind.capitalize()}, step {info.step:,}{of}"


def arriving(steps: Sequence[int]) -> str:
    """Return what is said of snapshots that a copy is still bringing."""
    if len(steps) == 1:
        return f"The snapshot of step {steps[0]:,} is being copied"
    return f"{counted(len(steps), 'snapshot')} are being copied, the first of step {steps[0]:,}"


def run_seconds(info: RunInfo) -> float:
    """Return the seconds from the start of the run to its end, or to its last write."""
    start, end = pd.Timestamp(info.started_at), pd.Timestamp(info.ended_at or info.updated_at)
    return float((end - start).total_seconds())


def nothing_recorded(info: RunInfo, status: Status) -> tuple[str, str]:
    """Return headline and sentence for a run without a snapshot."""
    sentence = status_sentence(info, status)
    if status.kind in ("running", "stalled"):
        return (
            "Nothing recorded yet",
            f"{sentence}. The first snapshot is taken at step 0, usually "
            "within seconds, and this page fills in by itself.",
        )
    way_on = "" if status.kind in ("crashed", "stopped") else f"; {_begin_again(info)}"
    return (
        "Nothing was recorded",
        f"{sentence}. The run ended before its first snapshot{way_on}.",
    )


@dataclass(frozen=True)
class Change:
    """IoU of a class, or the mean IoU, before and after, in [0, 1]."""

    name: str
    before: float
    after: float

    @property
    def points(self) -> float:
        """Return the change in points."""
        return points(self.before, self.after)


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Return a table as CSV in UTF-8, numbers at full precision, empty where not known."""
    content: str = table.to_csv(index=False)
    return content.encode()
