"""A progress bar with the time left, on standard error."""

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

STAGES = {
    "warmup": "warm-up on source",
    "adapt": "adaptation to target",
    "selftrain": "self-training on target",
}


@contextmanager
def training_progress(title: str) -> Iterator[Callable[[int, int, str, float | None], None]]:
    """Show stage, step, time left and target score while the block runs.

    Yields a function to call after each update with step, total steps, stage and target mIoU in
    [0, 1], or None before the first score.
    """
    console = Console(stderr=True)
    console.print(title, markup=False, highlight=False)
    columns = (
        TextColumn("{task.description:22}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[score]}"),
    )
    with ExitStack() as stack:
        bar = Progress(*columns, console=console, refresh_per_second=4)
        bar.start()
        stack.callback(_stop, bar)
        task = bar.add_task("preparing", total=None, score="")

        def report(step: int, total: int, stage: str, score: float | None) -> None:
            is_known = score is not None and math.isfinite(score)
            text = f"target mIoU {100 * (score or 0):.1f} %" if is_known else ""
            bar.update(
                task,
                completed=step,
                total=total,
                description=STAGES.get(stage, stage),
                score=text,
            )

        yield report


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


def _stop(bar: Progress) -> None:
    """Leave the bar as it stands; a terminal that has closed is no reason to fail."""
    with suppress(OSError):
        bar.stop()
