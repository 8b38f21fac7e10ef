"""How far a command is and how long it still takes, on standard error: a bar, or plain lines."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:
    from spcl.training.plan import OnUpdate, TargetScore

STAGES = {
    "warmup": "warm-up on source",
    "adapt": "adaptation to target",
    "selftrain": "self-training on target",
}
EVERY_SECONDS = 10.0
"""A log file gets a line no more often than this."""

Report = Callable[[int, int, str, str], None]
"""Called with how much is done, of how much, what is being done, and what else to say."""


@contextmanager
def training_progress(title: str) -> "Iterator[OnUpdate]":
    """Show stage, step, time left and target score while the block runs.

    Yields a function to call after each update with step, total steps, stage and the target's
    score, or None before the first.
    """
    with work_progress(title) as shown:

        def report(step: int, total: int, stage: str, score: "TargetScore | None") -> None:
            shown(step, total, STAGES.get(stage, stage), score_words(score))

        yield report


def score_words(score: "TargetScore | None") -> str:
    """Return a score on the way in words; "" where there is none."""
    if score is None or not math.isfinite(score.mean_iou):
        return ""
    return f"target mIoU {100 * score.mean_iou:.1f} % (statistics of the {score.statistics})"


@contextmanager
def work_progress(title: str = "", *, in_lines: bool = True) -> Iterator[Report]:
    """Show how much is done and the time left: a bar on a terminal, elsewhere plain lines.

    Args:
        title: what is printed first.
        in_lines: whether there are lines where there is no terminal, or nothing at all.
    """
    console = Console(stderr=True)
    if title and (in_lines or console.is_terminal):
        console.print(title, markup=False, highlight=False, soft_wrap=True)
    if not console.is_terminal:
        yield PlainLines(lambda line: _say(console, line)).report if in_lines else _nothing
        return
    columns = (
        TextColumn("{task.description:22}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[more]}"),
    )
    with ExitStack() as stack:
        bar = Progress(*columns, console=console, refresh_per_second=4)
        bar.start()
        stack.callback(_stop, bar)
        task = bar.add_task("preparing", total=None, more="")

        def report(done: int, total: int, doing: str, more: str = "") -> None:
            bar.update(task, completed=done, total=total, description=doing, more=more)

        yield report


@dataclass
class PlainLines:
    """Progress as lines of their own, for a log file or a pipe.

    Attributes:
        say: prints a line.
        clock: seconds that only grow.
    """

    say: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    _began: tuple[float, int] | None = None
    _said: tuple[float, str] = (-math.inf, "")

    def report(self, done: int, total: int, doing: str, more: str = "") -> None:
        """Say how far it is: where another part begins, at the end, and now and then between."""
        now = self.clock()
        self._began = self._began or (now, done)
        said_at, said = self._said
        if doing == said and done < total and now - said_at < EVERY_SECONDS:
            return
        self._said = (now, doing)
        parts = [f"{doing}: {done:,} of {total:,}", self._left(now, done, total), more]
        self.say(", ".join(part for part in parts if part))

    def _left(self, now: float, done: int, total: int) -> str:
        began_at, began_with = self._began or (now, done)
        if done <= began_with or done >= total:
            return ""
        seconds = (now - began_at) / (done - began_with) * (total - done)
        return f"{duration(seconds)} left"


def duration(seconds: float) -> str:
    """Return a time as people say it: 40 s, 12 min, 3 h 05 min."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


@contextmanager
def reading_progress() -> Iterator[Callable[[int, int], None]]:
    """Show how many files of the pair are read while the block runs, on a terminal only.

    Yields a function to call after each file with the number of those read and of all.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn("reading images and labels"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    is_shown = console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=not is_shown) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _nothing(*_: object) -> None:
    """Show nothing."""


def _say(console: Console, line: str) -> None:
    """Print a line; a log that has closed is no reason to fail."""
    with suppress(OSError):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _stop(bar: Progress) -> None:
    """Leave the bar as it stands; a terminal that has closed is no reason to fail."""
    with suppress(OSError):
        bar.stop()
