"""Rows and sentences of the separability page: pure functions of the derived measures."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard.text.captions import caption
from dashboard.text.common import counted, listing

MEASURES = {
    "Margin above 0": "nearest_prototype_accuracy",
    "Mean margin": "margin_mean",
    "Weakest 5 %": "margin_p5",
    "Neighbors": "knn_purity",
    "Fisher ratio": "fisher_ratio",
}
"""What the dumbbell can show; high is good for each."""
WEAK = {
    "nearest_prototype_accuracy": 0.7,
    "margin_mean": 0.05,
    "margin_p5": -0.1,
    "knn_purity": 0.6,
    "fisher_ratio": 0.5,
}
"""Below these a class counts as not standing apart."""


def title_of(measure: str) -> str:
    """Return what a measure says, as the title of its chart."""
    return caption(measure).says.removesuffix(".")


def unit_of(measure: str) -> str:
    """Return the unit as it is written beside the title."""
    return "% of a class's pixels" if is_share(measure) else caption(measure).unit


def is_share(measure: str) -> bool:
    """Return whether values are shares, shown in percent."""
    return caption(measure).unit == "share"


def shown(measure: str, value: float) -> str:
    """Return a value as it is written: percent for shares, two decimals for the others."""
    if not math.isfinite(value):
        return "none"
    return f"{100 * value:.0f}" if is_share(measure) else f"{value:.2f}"


@dataclass(frozen=True)
class ClassRow:
    """One class of the dumbbell.

    Attributes:
        name: class name.
        source: value in the source domain now.
        target: value in the target domain now.
        before: value in the target domain before adaptation, NaN if not known.
        rival: the class its target pixels are most often nearest to, besides its own; None.
        rival_share: their share in [0, 1].
        course: target values over the steps, oldest first.
    """

    name: str
    source: float
    target: float
    before: float
    rival: str | None
    rival_share: float
    course: tuple[float, ...]


def labels_used(measures: pd.DataFrame, domain: str) -> str:
    """Return "truth" where the domain has labels, else "pseudo"."""
    mine = measures[measures["domain"] == domain]
    return "truth" if (mine["labels"] == "truth").any() else "pseudo"


def class_rows(
    measures: pd.DataFrame, measure: str, *, step: int, before: int | None, names: Sequence[str]
) -> list[ClassRow]:
    """Return a row for each class with pixels in either domain, worst at the target first."""
    chosen = {
        domain: _values(measures, measure, domain, labels_used(measures, domain))
        for domain in ("source", "target")
    }
    rivals = _rivals(measures, step)
    rows = []
    for name in names:
        source, target = (chosen[domain].get(name, {}) for domain in ("source", "target"))
        if step not in source and step not in target:
            continue
        rival, share = rivals.get(name, (None, math.nan))
        rows.append(
            ClassRow(
                name,
                source.get(step, math.nan),
                target.get(step, math.nan),
                target.get(before, math.nan) if before is not None else math.nan,
                rival,
                share,
                tuple(value for at, value in sorted(target.items()) if at <= step),
            )
        )
    return sorted(rows, key=lambda row: (math.isnan(row.target), row.target))


def _values(
    measures: pd.DataFrame, measure: str, domain: str, labels: str
) -> dict[str, dict[int, float]]:
    """Return class -> step -> value."""
    rows = measures[
        (measures["measure"] == measure)
        & (measures["domain"] == domain)
        & (measures["labels"] == labels)
        & measures["class"].notna()
    ]
    found: dict[str, dict[int, float]] = {}
    for name, step, value in zip(rows["class"], rows["step"], rows["value"], strict=True):
        found.setdefault(str(name), {})[int(step)] = float(value)
    return found


def share_rows(measures: pd.DataFrame, step: int, domain: str = "target") -> pd.DataFrame:
    """Return class, rival, value: share of a class's pixels nearest to each prototype."""
    rows = measures[
        (measures["measure"] == "nearest_prototype_share")
        & (measures["step"] == step)
        & (measures["domain"] == domain)
        & (measures["labels"] == labels_used(measures, domain))
    ]
    return rows[["class", "rival", "value"]]


def _rivals(measures: pd.DataFrame, step: int) -> dict[str, tuple[str, float]]:
    rows = share_rows(measures, step)
    others = rows[rows["class"] != rows["rival"]].sort_values("value", ascending=False)
    return {
        str(name): (str(rival), float(value))
        for name, rival, value in others.drop_duplicates("class").to_numpy()
    }


def headline(rows: Sequence[ClassRow], measure: str, *, target: str, num_snapshots: int) -> str:
    """Return how many classes stand apart at the target, or that nothing stands out yet."""
    known = [row for row in rows if math.isfinite(row.target)]
    if not known:
        return f"Nothing stands out yet: {counted(num_snapshots, 'snapshot')} recorded"
    weak = [row for row in known if row.target < WEAK[measure]]
    apart = len(known) - len(weak)
    if not weak:
        return f"All {len(known)} classes stand apart at {target}"
    verb = "mixes" if len(weak) == 1 else "mix"
    stands = "stands" if apart == 1 else "stand"
    return f"{apart} of {len(known)} classes {stands} apart at {target}; {len(weak)} still {verb}"


def reading(rows: Sequence[ClassRow], measure: str, display: Mapping[str, str], target: str) -> str:
    """Return the caption of the dumbbell with one number of it."""
    row = next(row for row in rows if math.isfinite(row.target))
    name = display[row.name].lower()
    value = shown(measure, row.target)
    if measure == "nearest_prototype_accuracy":
        text = (
            f"{value} for {name} means that {value} of 100 {target} {name} pixels lie nearer to "
            f"the {name} prototype than to any other."
        )
    elif measure == "knn_purity":
        text = (
            f"{value} for {name} means that of 100 pixels around {target} {name} pixels {value} "
            f"are {name}, too."
        )
    elif measure == "fisher_ratio":
        text = f"{value} for {name}: below 1 the class is wider than it lies from the others."
    else:
        text = f"{value} for {name} is measured as a cosine; below 0 another prototype is nearer."
    return (
        f"{text} Long bars are classes that the two domains see differently. When it misleads: "
        f"{caption(measure).misleads}"
    )


def gap_courses(measures: pd.DataFrame, step: int) -> dict[str, dict[int, float]]:
    """Return class -> step -> domain gap in spreads, up to `step`."""
    labels = "truth" if labels_used(measures, "target") == "truth" else "pseudo"
    values = _values(measures, "domain_gap", "both", labels)
    return {
        name: {at: value for at, value in sorted(course.items()) if at <= step}
        for name, course in values.items()
    }


def gap_changes(
    courses: Mapping[str, Mapping[int, float]], before: int | None
) -> list[tuple[str, float, float]]:
    """Return (class, gap now, change since before), what closed least first."""
    found = []
    for name, course in courses.items():
        if not course:
            continue
        now = course[max(course)]
        reference = course.get(before, course[min(course)]) if before is not None else math.nan
        found.append((name, now, now - reference))
    return sorted(found, key=lambda one: (math.isnan(one[2]), -one[2]))


def gap_reading(changes: Sequence[tuple[str, float, float]], display: Mapping[str, str]) -> str:
    """Return the caption of the gap lines with one number of it."""
    says = caption("domain_gap").says
    start = says[0].lower() + says[1:]
    known = [one for one in changes if math.isfinite(one[2])]
    if not known:
        return f"{start} The change shows once the warm-up is over."
    closed = min(known, key=lambda one: one[2])
    apart = [display[name] for name, _, change in known if change > 0.005]
    tail = f" {listing(apart[:3])} moved apart." if apart else ""
    most = f"{display[closed[0]]} closed most, by {abs(closed[2]):.2f} to {closed[1]:.2f}."
    return f"{start} {most}{tail}"
