"""Sentences and rows of the prototypes page: pure functions of measures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.text.captions import caption
from dashboard.text.common import counted, listing
from spcl.store.limits import Limits

Grid = NDArray[np.float64]
"""Cosine of every two prototypes, (K, K) in [-1, 1], NaN where it is not known."""


def cosine_grid(measures: pd.DataFrame, names: Sequence[str], step: int) -> Grid:
    """Return the cosine of every two prototypes at a step, (K, K) in [-1, 1], NaN if unknown."""
    rows = measures[(measures["measure"] == "prototype_cosine") & (measures["step"] == step)]
    place = {name: index for index, name in enumerate(names)}
    grid = np.full((len(names), len(names)), np.nan)
    for first, second, value in zip(rows["class"], rows["rival"], rows["value"], strict=True):
        if first in place and second in place:
            grid[place[first], place[second]] = grid[place[second], place[first]] = value
    return grid


def lengths_left(
    events: Iterable[Mapping[str, Any]], names: Sequence[str], step: int
) -> list[float | None]:
    """Return length over that of the longest of each prototype that has faded at a step, (K,)."""
    found = {
        event.get("class"): event.get("number")
        for event in events
        if event.get("kind") == "prototype_fades" and event.get("step") == step
    }
    return [found.get(name) for name in names]


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
class Course:
    """How one prototype moved: drift to its place before, at each step, and what fed it.

    `left` is its length over that of the longest prototype if it has faded, else None.
    """

    class_id: int
    steps: tuple[int, ...]
    drift: tuple[float, ...]
    pixels: int
    age: int
    left: float | None = None


def courses(
    measures: pd.DataFrame,
    names: Sequence[str],
    *,
    before: int | None,
    step: int,
    pixels: Sequence[int],
    ages: Sequence[int],
    left: Sequence[float | None],
) -> list[Course]:
    """Return each prototype's way from `before` to `step`, most moved first; empty if too short."""
    if before is None or step <= before:
        return []
    rows = measures[(measures["measure"] == "prototype_drift") & measures["value"].notna()]
    rows = rows[(rows["step"] >= before) & (rows["step"] <= step)].sort_values("step")
    found = []
    for class_id, name in enumerate(names):
        own = rows[rows["class"] == name]
        if len(own) < 2:
            continue
        course = Course(
            class_id,
            tuple(own["step"].astype(int)),
            tuple(own["value"].astype(float)),
            int(pixels[class_id]),
            int(ages[class_id]),
            left[class_id],
        )
        found.append(course)
    return sorted(found, key=lambda course: -course.drift[-1])


def pixels_text(count: int) -> str:
    """Return how many pixels (feature cells) a prototype was last fed with."""
    return f"{count / 1000:.0f} k px" if count >= 10_000 else f"{count:,} px"


def state_text(course: Course) -> str:
    """Return what last fed a prototype, or how far it has faded."""
    if course.left is not None:
        return f"faded to {100 * course.left:.1f} %"
    return f"{pixels_text(course.pixels)} · {age_text(course.age)}"


def drift_text(drift: float) -> str:
    """Return a drift with two decimals, three where it is small."""
    return f"{drift:.2f}" if drift >= 0.1 else f"{drift:.3f}"


def age_text(age: int) -> str:
    """Return how long ago a prototype was last fed, in updates."""
    return "seen now" if age == 0 else f"unseen {counted(age, 'step')}"


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
    """Return "All 11 prototypes are alive; pedestrian and bicyclist are too close"."""
    if not any(seen):
        return f"No prototype is filled yet: {counted(num_snapshots, 'snapshot')} recorded"
    names = [name.lower() for name in displays]
    lacking = [not was or age > limits.prototype_age for was, age in zip(seen, ages, strict=True)]
    worn = [share is not None and not lacks for share, lacks in zip(left, lacking, strict=True)]
    pairs = closest_pairs(grid)
    close = _closeness(names, pairs, limits)
    if not any(lacking) and not any(worn):
        apart = " and no two are too close" if pairs else ""
        return f"All {len(names)} prototypes are alive{close or apart}"
    troubles = [
        *_trouble(names, lacking, "lacks pixels", "lack pixels"),
        *_trouble(names, worn, "has faded", "have faded"),
    ]
    alive = len(names) - sum(lacking) - sum(worn)
    return f"{alive} of {len(names)} prototypes are alive, {', '.join(troubles)}{close}"


def _trouble(names: Sequence[str], has_it: Sequence[bool], one: str, many: str) -> list[str]:
    """Return who has a trouble and what, e.g. ["pole and rider have faded"]; [] for nobody."""
    who = [name for name, applies in zip(names, has_it, strict=True) if applies]
    if not who:
        return []
    told = listing(who) if len(who) <= 3 else f"{len(who)} classes"
    return [f"{told} {one if len(who) == 1 else many}"]


def _closeness(names: Sequence[str], pairs: Sequence[Pair], limits: Limits) -> str:
    close = [pair for pair in pairs if pair.cosine > limits.prototype_cosine]
    if not close:
        return ""
    first = f"{names[close[0].first]} and {names[close[0].second]}"
    if len(close) == 1:
        return f"; {first} are too close"
    return f"; {len(close)} pairs are too close, {first} most"


def grid_reading(displays: Sequence[str], now: Grid, limits: Limits) -> str:
    """Return how to read the matrix, with its largest number."""
    top = closest_pairs(now)[0]
    pair = f"{displays[top.first].lower()} and {displays[top.second].lower()}"
    return (
        f"strong cells are classes that the network sees as alike: {pair} have {top.cosine:.2f} "
        "now. Compare a cell with its mirror to see the change. An orange frame is above the "
        f"limit of {limits.prototype_cosine:.2f}. "
        f"When it misleads: {caption('prototype_cosine').misleads}"
    )


def course_reading(displays: Sequence[str], found: Sequence[Course]) -> str:
    """Return how to read the small lines, with the most moved class."""
    first = found[0]
    return (
        f"{displays[first.class_id].lower()} has moved most, by {drift_text(first.drift[-1])} from "
        f"step {first.steps[0]:,} to {first.steps[-1]:,}; a line that flattens is a class that has "
        "settled. Every panel has the same scale. An unseen class keeps its direction "
        f"and only ages. When it misleads: {caption('prototype_drift').misleads}"
    )


def waiting(step: int) -> str:
    """Return what is said until the analysis has measured a step."""
    return (
        f"Step {step:,} is not measured yet; the analysis that runs beside this page fills this in "
        "within seconds."
    )


def no_movement(before: int | None, step: int) -> str:
    """Return why no movement is shown."""
    if before is None or step <= before:
        reference = "the warm-up" if before is None else f"the warm-up at step {before:,}"
        return (
            f"Movement is measured from the end of {reference}; "
            "it shows from the second snapshot after it."
        )
    return waiting(step)
