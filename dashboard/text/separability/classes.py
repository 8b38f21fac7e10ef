"""Rows and sentences of the separability page: pure functions of the derived measures."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard.text.captions import caption
from dashboard.text.common import FEW_CASES, by_pseudo_labels, counted, stand_apart

MEASURES = {
    "Prototype accuracy": "nearest_prototype_accuracy",
    "Mean margin": "margin_mean",
    "Worst 5 % margin": "margin_p5",
    "Neighbour purity": "knn_purity",
    "Fisher ratio": "fisher_ratio",
}
"""The measures of the dumbbell; for each of them high is good."""
WEAK = {
    "nearest_prototype_accuracy": 0.7,
    "margin_mean": 0.05,
    "margin_p5": -0.1,
    "knn_purity": 0.6,
    "fisher_ratio": 0.5,
}
"""Below these values a class does not stand apart."""


def title_of(measure: str) -> str:
    """Return the sentence that a measure states, as the title of its chart."""
    return caption(measure).says.removesuffix(".")


def unit_of(measure: str) -> str:
    """Return the unit beside the title."""
    return "% of pixels" if is_share(measure) else caption(measure).unit


def is_share(measure: str) -> bool:
    """Return whether a measure is a share, shown in percent."""
    return caption(measure).unit == "share"


def shown(measure: str, value: float) -> str:
    """Return a value as text: whole percent for a share, two decimals for the others."""
    if not math.isfinite(value):
        return "none"
    return f"{100 * value:.0f}" if is_share(measure) else f"{value:.2f}".replace("-", "−")


def shown_part(share: float, whole: int) -> str:
    """Return a share of `whole` pixels as whole percent, as a count where there are few."""
    if math.isfinite(share) and whole < FEW_CASES:
        return f"{round(share * whole)} of {whole}"
    return f"{100 * share:.0f}" if math.isfinite(share) else "none"


@dataclass(frozen=True)
class ClassRow:
    """One class of the dumbbell.

    Attributes:
        name: class name.
        source: value in the source domain now.
        target: value in the target domain now.
        before: value in the target domain before adaptation, NaN if unknown.
        rival: the other class whose prototype is nearest to most of its target pixels; None if
            there is none.
        rival_share: the share of those pixels, in [0, 1].
        history: target values of the snapshots so far, oldest first.
        pixels: how many probe pixels of the target have this class.
    """

    name: str
    source: float
    target: float
    before: float
    rival: str | None
    rival_share: float
    history: tuple[float, ...]
    pixels: int

    def of_pixels(self, share: float) -> str:
        """Return "36" percent of its target pixels; "5 of 12" where there are fewer than 30."""
        return shown_part(share, self.pixels)


def labels_used(measures: pd.DataFrame, domain: str) -> str:
    """Return "truth" where the domain has labels, else "pseudo"."""
    mine = measures[measures["domain"] == domain]
    return "truth" if (mine["labels"] == "truth").any() else "pseudo"


def class_rows(
    measures: pd.DataFrame,
    measure: str,
    *,
    step: int,
    before: int | None,
    names: Sequence[str],
    pixels: Mapping[str, int],
) -> list[ClassRow]:
    """Return a row for each class with pixels in either domain, worst on the target first.

    Args:
        measures: the derived rows.
        measure: the one shown.
        step: shown.
        before: the step to compare with.
        names: of the classes shown.
        pixels: how many probe pixels of the target have each class.
    """
    chosen = {
        domain: values_by_class(measures, measure, domain, labels_used(measures, domain))
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
                pixels.get(name, 0),
            )
        )
    return sorted(rows, key=lambda row: (math.isnan(row.target), row.target))


def numbers(rows: Sequence[ClassRow]) -> pd.DataFrame:
    """Return the numbers of the dumbbell, one row a class."""
    shown = ("source", "target", "before", "rival", "rival_share")
    columns = ["class", "source", "target", "target_before", "nearest_rival", "nearest_rival_share"]
    values = [(row.name, *(getattr(row, name) for name in shown)) for row in rows]
    return pd.DataFrame(values, columns=columns)


def values_by_class(
    measures: pd.DataFrame, measure: str, domain: str, labels: str
) -> dict[str, dict[int, float]]:
    """Return class -> step -> value."""
    rows = measures[
        (measures["measure"] == measure)
        & (measures["domain"] == domain)
        & (measures["labels"] == labels)
        & measures["class"].notna()
    ]
    values: dict[str, dict[int, float]] = {}
    for name, step, value in zip(rows["class"], rows["step"], rows["value"], strict=True):
        values.setdefault(str(name), {})[int(step)] = float(value)
    return values


def share_rows(measures: pd.DataFrame, step: int, domain: str = "target") -> pd.DataFrame:
    """Return class, rival, value: share of a class's pixels nearest to each prototype."""
    rows = measures[
        (measures["measure"] == "nearest_prototype_share")
        & (measures["step"] == step)
        & (measures["domain"] == domain)
        & (measures["labels"] == labels_used(measures, domain))
    ]
    return rows[["class", "rival", "value"]]


def overlapping(shares: pd.DataFrame, names: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pairs of a class and another prototype, those that share most pixels first."""
    known = shares["class"].isin(names) & shares["rival"].isin(names)
    others = shares[known & (shares["class"] != shares["rival"]) & (shares["value"] > 0)]
    found = others.sort_values("value", ascending=False, kind="stable")
    return list(zip(found["class"], found["rival"], strict=True))


def _rivals(measures: pd.DataFrame, step: int) -> dict[str, tuple[str, float]]:
    rows = share_rows(measures, step)
    others = rows[rows["class"] != rows["rival"]].sort_values("value", ascending=False)
    return {
        str(name): (str(rival), float(value))
        for name, rival, value in others.drop_duplicates("class").to_numpy()
    }


def of_those_shown(shown: int, known: int) -> str:
    """Return what a headline counts where the filter hides classes; "" where it hides none."""
    which = "the class" if shown == 1 else f"the {shown} classes"
    return f" Counted: only {which} shown, of {known}." if shown < known else ""


def headline(
    rows: Sequence[ClassRow], measure: str, *, labels: str, target: str, num_snapshots: int
) -> str:
    """Return how many classes stand apart on the target, or that nothing stands out yet.

    Args:
        rows: the classes.
        measure: the measure that decides, by its limit in `WEAK`.
        labels: "truth" or "pseudo", whichever gives the target pixels their classes.
        target: display name of the target domain.
        num_snapshots: snapshots recorded so far.
    """
    known = [row for row in rows if math.isfinite(row.target)]
    if not known:
        return f"Nothing stands out yet: {counted(num_snapshots, 'snapshot')} recorded"
    num_weak = sum(row.target < WEAK[measure] for row in known)
    claim = stand_apart(len(known) - num_weak, len(known), target)
    if num_weak:
        verb = "does" if num_weak == 1 else "do"
        limit = shown(measure, WEAK[measure]) + (" %" if is_share(measure) else "")
        claim = f"{claim}; {num_weak} {verb} not (below {limit})"
    return by_pseudo_labels(claim) if labels == "pseudo" else claim
