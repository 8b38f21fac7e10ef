"""Words and tables of the Compare page; the answer itself is that of `python -m spcl compare`."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dashboard.text.common import FEW_CASES, counted, of_100, signed
from spcl.store.compared.paired import Difference as Change
from spcl.store.scores.counts import Counts

CHANGES = ("only {second} right", "only {first} right", "both wrong", "both right")
"""What may be true of a labelled pixel, in the order of the change layer."""
AXES = {"step": "Step", "updates": "Updates since before", "hours": "Hours"}
"""What curves may run over."""


def letters(count: int) -> list[str]:
    """Return A, B, C, ...: short names where a title is too long."""
    return [chr(ord("A") + i) for i in range(count)]


def nothing_chosen(choices: int) -> tuple[str, str]:
    """Return headline and caption before another run is chosen."""
    if choices:
        return "Choose a run to compare with", "The runs of this folder with the same classes."
    return (
        "There is nothing to compare with yet",
        "This folder has no other run with these classes. One with another setting: "
        "python -m spcl adapt CONFIG.toml KEY=VALUE",
    )


def not_scored(name: str, other: str) -> tuple[str, str]:
    """Return headline and caption where the target has no labels."""
    return (
        f"Without target labels, nobody can say whether {other} or {name} is better",
        "What differs between their masks is shown below.",
    )


@dataclass(frozen=True)
class Scale:
    """How values of a measure are shown: IoU and other shares in percent, the rest as they are."""

    factor: float
    digits: int
    unit: str

    def text(self, value: float) -> str:
        """Return a value with its unit: "43.0 %", "0.12"."""
        percent = " %" if self.factor == 100 else ""
        return f"{value:.{self.digits}f}{percent}".replace("-", "−")


PERCENT = Scale(100, 1, "points")
PLAIN = Scale(1, 3, "difference")


def class_table(
    names: Sequence[str],
    changes: Sequence[Change],
    first: Sequence[float],
    second: Sequence[float],
    scale: Scale = PERCENT,
) -> pd.DataFrame:
    """Return class, first, second, change, low, high as they are shown, largest gain first.

    Args:
        names: of the classes as people call them, in id order.
        changes: of each class, the second run against the first.
        first: value of each class, NaN for an absent one.
        second: the same of the other.
        scale: how they are shown.
    """
    rows = [
        (name, *(scale.factor * v for v in (one, other, change.value, change.low, change.high)))
        for name, one, other, change in zip(names, first, second, changes, strict=True)
        if math.isfinite(change.value)
    ]
    columns = ["class", "first", "second", "change", "low", "high"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values("change", ascending=False, kind="stable", ignore_index=True)


def class_reading(
    table: pd.DataFrame, *, over: str, of: int, first: str, second: str, scale: Scale = PERCENT
) -> str:
    """Return how to read the chart of classes, with one of its rows."""
    row = table.iloc[int(table["change"].abs().argmax())]
    spread = ""
    if math.isfinite(row["low"]):
        ends = f"{signed(row['low'], scale.digits)} to {signed(row['high'], scale.digits)}"
        kind = "the line is the range" if over == "seeds" else "the line is the 95 % interval"
        spread = f"; {kind} over {of} {over}, {ends}"
        spread += ". A hollow dot: the line crosses zero, so it may be chance"
    change = signed(row["change"], scale.digits)
    return (
        f"{row['class'].lower()} is at {scale.text(row['first'])} with {first} and "
        f"{scale.text(row['second'])} with {second}, {change}{spread}."
    )


def curves_reading(*, of_classes: bool, seeds: bool) -> str:
    """Return how to read the curves."""
    what = (
        "each dot is a snapshot, the mean over the classes"
        if of_classes
        else "each dot is a snapshot"
    )
    if seeds:
        return (
            f"{what}. The bold line is the mean over the seeds, thin lines are the runs, and the "
            "band goes from the lowest to the highest."
        )
    return f"{what}; the grey line is the run that the others are held against."


def viewer_names(first: str, second: str) -> dict[str, Any]:
    """Return what the mask viewer calls layers, kinds of pixels and tabs."""
    return {
        "names": {"before": first, "after": second, "change": "Who is right"},
        "changes": [one.format(first=first, second=second) for one in CHANGES],
        "tabs": {
            "improved": f"{second} better",
            "harmed": f"{first} better",
            "typical": "Typical",
        },
    }


def differ_most(transfer: Counts, displays: Sequence[str], first: str, second: str) -> str:
    """Return on what two runs disagree most in an image.

    Args:
        transfer: its pixels by prediction of the first run (row) and the second, (K, K).
        displays: what the classes are called.
        first: short name of the first run.
        second: of the second.
    """
    moved = transfer - np.diag(np.diag(transfer))
    if not moved.sum():
        return f"{first} and {second} agree on all its pixels."
    i, j = (int(index) for index in np.unravel_index(int(moved.argmax()), moved.shape))
    count, whole = int(moved[i, j]), int(moved.sum())
    few = f"{count} of {counted(whole, 'pixel')}"
    size = few if whole < FEW_CASES else f"{of_100(count / whole)} % of the pixels"
    verb = "is" if whole < FEW_CASES and count == 1 else "are"
    return (
        f"Where they differ, {size} {verb} {displays[i].lower()} with {first} and "
        f"{displays[j].lower()} with {second}, the commonest pair."
    )


def right_wrong(shares: Mapping[str, float], first: str, second: str) -> str:
    """Return the shares of labelled pixels that only one run has right, in percent."""
    return (
        f"{shares['fixed']} % of the labelled pixels are right with {second} only, "
        f"{shares['broken']} % with {first} only, {shares['still']} % with neither"
    )
