"""Sentences and rows of the prototypes page: pure functions of measures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.text.captions import caption
from dashboard.text.common import all_of, counted, listing
from spcl.store.limits import Limits
from spcl.store.names import EventKind

Grid = NDArray[np.float64]
"""Cosine of every two prototypes, (K, K) in [-1, 1], NaN where unknown."""


def cosine_grid(measures: pd.DataFrame, names: Sequence[str], step: int) -> Grid:
    """Return the cosine of every two prototypes at a step, (K, K) in [-1, 1], NaN where unknown."""
    rows = measures[(measures["measure"] == "prototype_cosine") & (measures["step"] == step)]
    index_of = {name: index for index, name in enumerate(names)}
    grid = np.full((len(names), len(names)), np.nan)
    for first, second, value in zip(rows["class"], rows["rival"], rows["value"], strict=True):
        if first in index_of and second in index_of:
            i, j = index_of[first], index_of[second]
            grid[i, j] = grid[j, i] = value
    return grid


def lengths_left(
    events: Iterable[Mapping[str, Any]], names: Sequence[str], step: int
) -> list[float | None]:
    """Return the length of each faded prototype as a share of the longest one, (K,).

    None for a prototype that has not faded at this step.
    """
    faded = {
        event.get("class"): event.get("number")
        for event in events
        if event.get("kind") == EventKind.PROTOTYPE_FADES and event.get("step") == step
    }
    return [faded.get(name) for name in names]


@dataclass(frozen=True)
class Pair:
    """Two classes, by id, and the cosine of their prototypes."""

    first: int
    second: int
    cosine: float


def closest_pairs(grid: Grid) -> list[Pair]:
    """Return the pairs with a known cosine, closest first."""
    rows, columns = np.triu_indices(len(grid), 1)
    pairs = [
        Pair(int(i), int(j), float(grid[i, j]))
        for i, j in zip(rows, columns, strict=True)
        if np.isfinite(grid[i, j])
    ]
    return sorted(pairs, key=lambda pair: -pair.cosine)


@dataclass(frozen=True)
class History:
    """How one prototype moved since adaptation began, and the pixels of its last update.

    Attributes:
        class_id: its class.
        steps: the snapshots, ascending.
        drift: 1 - cosine to the prototype before adaptation, at each of them.
        pixels: feature cells of its last update.
        age: updates since then.
        left: its length as a share of the longest prototype if it has faded, else None.
    """

    class_id: int
    steps: tuple[int, ...]
    drift: tuple[float, ...]
    pixels: int
    age: int
    left: float | None = None


def histories(
    measures: pd.DataFrame,
    names: Sequence[str],
    *,
    before: int | None,
    step: int,
    pixels: Sequence[int],
    ages: Sequence[int],
    left: Sequence[float | None],
) -> list[History]:
    """Return each prototype's drift from `before` to `step`, most moved first; [] if too short."""
    if before is None or step <= before:
        return []
    rows = measures[(measures["measure"] == "prototype_drift") & measures["value"].notna()]
    rows = rows[(rows["step"] >= before) & (rows["step"] <= step)].sort_values("step")
    moved = []
    for class_id, name in enumerate(names):
        own = rows[rows["class"] == name]
        if len(own) < 2:
            continue
        history = History(
            class_id,
            tuple(own["step"].astype(int)),
            tuple(own["value"].astype(float)),
            int(pixels[class_id]),
            int(ages[class_id]),
            left[class_id],
        )
        moved.append(history)
    return sorted(moved, key=lambda history: -history.drift[-1])


def pixels_text(count: int) -> str:
    """Return the pixels (feature cells) of a prototype's last update as text."""
    return f"{count / 1000:.0f} k px" if count >= 10_000 else f"{count:,} px"


def state_text(history: History) -> str:
    """Return the last update of a prototype as text, or how far it has faded."""
    if history.left is not None:
        return f"faded to {100 * history.left:.1f} %"
    return f"{pixels_text(history.pixels)} · {age_text(history.age)}"


def drift_text(drift: float) -> str:
    """Return a drift with two decimals, with three where it is small."""
    return f"{drift:.2f}" if drift >= 0.1 else f"{drift:.3f}"


def age_text(age: int) -> str:
    """Return how many updates ago a prototype's class was last in a batch."""
    return "just updated" if age == 0 else f"{counted(age, 'update')} ago"


def headline(
    displays: Sequence[str],
    *,
    seen: Sequence[bool],
    ages: Sequence[int],
    left: Sequence[float | None],
    grid: Grid,
    num_snapshots: int,
    limits: Limits,
) -> str:
    """Return "All 11 prototypes are in use; pedestrian and bicyclist are alike (0.85)"."""
    if not any(seen):
        return f"No prototype has any pixels yet: {counted(num_snapshots, 'snapshot')} recorded"
    names = [name.lower() for name in displays]
    lacking = [not was or age > limits.prototype_age for was, age in zip(seen, ages, strict=True)]
    worn = [share is not None and not lacks for share, lacks in zip(left, lacking, strict=True)]
    pairs = closest_pairs(grid)
    close = _closeness(names, pairs, limits)
    if not any(lacking) and not any(worn):
        apart = "; no two are alike" if pairs else ""
        return f"{all_of(len(names), 'prototypes')} are in use{close or apart}"
    troubles = [
        *_trouble(names, lacking, "gets no pixels", "get no pixels"),
        *_trouble(names, worn, "has faded", "have faded"),
    ]
    used = len(names) - sum(lacking) - sum(worn)
    verb = "is" if used == 1 else "are"
    return f"{used} of {len(names)} prototypes {verb} in use: {', '.join(troubles)}{close}"


def _trouble(names: Sequence[str], has_it: Sequence[bool], one: str, many: str) -> list[str]:
    """Return which classes have a problem, e.g. ["pole and rider have faded"]; [] for none."""
    concerned = [name for name, applies in zip(names, has_it, strict=True) if applies]
    if not concerned:
        return []
    subject = listing(concerned) if len(concerned) <= 3 else f"{len(concerned)} classes"
    return [f"{subject} {one if len(concerned) == 1 else many}"]


def _closeness(names: Sequence[str], pairs: Sequence[Pair], limits: Limits) -> str:
    close = [pair for pair in pairs if pair.cosine > limits.prototype_cosine]
    if not close:
        return ""
    pair, cosine = f"{names[close[0].first]} and {names[close[0].second]}", close[0].cosine
    if len(close) == 1:
        return f"; {pair} are alike ({cosine:.2f})"
    return f"; {len(close)} pairs are alike, {pair} most ({cosine:.2f})"


def grid_reading(displays: Sequence[str], now: Grid, limits: Limits) -> str:
    """Return how to read the matrix, with its largest value."""
    top = closest_pairs(now)[0]
    pair = f"{displays[top.first].lower()} and {displays[top.second].lower()}"
    return (
        f"the stronger a cell, the more alike two classes look to the network: {pair} are at "
        f"{top.cosine:.2f} now. Its mirror image is the value before. Orange frames are above "
        f"{limits.prototype_cosine:.2f}. "
        f"When it misleads: {caption('prototype_cosine').misleads}"
    )


def drift_reading(displays: Sequence[str], moved: Sequence[History]) -> str:
    """Return how to read the small lines, with the class that moved most."""
    first = moved[0]
    name, drift = displays[first.class_id].lower(), drift_text(first.drift[-1])
    claim = f"{name} has moved most, by {drift} of 2" if float(drift) else "none has moved"
    return (
        f"{claim} from step {first.steps[0]:,} to {first.steps[-1]:,}. All panels share one scale; "
        "a line that levels off has settled. A class without pixels keeps its direction. "
        f"When it misleads: {caption('prototype_drift').misleads}"
    )


def waiting(step: int) -> str:
    """Return the sentence shown until the analysis has measured a step."""
    return (
        f"Step {step:,} is not measured yet. The analysis runs in the background and fills this in "
        "within seconds."
    )


def no_movement(before: int | None, step: int) -> str:
    """Return why no movement is shown yet."""
    if before is None or step <= before:
        reference = "the warm-up" if before is None else f"the warm-up at step {before:,}"
        return (
            f"Movement is measured from the end of {reference}, so it appears with the first "
            "snapshot after that."
        )
    return waiting(step)
