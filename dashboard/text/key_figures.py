"""The four figures at the top of the live page, picked from the run's own numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.text import common as words


@dataclass(frozen=True)
class Figure:
    """One number with its unit, its change since the reference and its course."""

    label: str
    value: str
    change: str | None = None
    better: bool | None = None
    rises: bool = True
    description: str = ""
    course: tuple[float, ...] = ()


def score_figure(iou: pd.DataFrame, domain: str, label: str, reference: int | None) -> Figure:
    """Return the mean IoU of a domain at the last step of `iou` against the reference step."""
    rows = iou[iou["class"].isna() & (iou["domain"] == domain)].set_index("step")["iou"]
    course = tuple(float(value) for value in rows)
    if rows.empty:
        return Figure(label, "–", description="no labels for this domain")
    now = course[-1]
    then = float(rows.get(reference, math.nan)) if reference is not None else math.nan
    if reference == rows.index[-1] or not math.isfinite(then):
        return Figure(label, f"{words.percent(now)} %", course=course)
    change = words.points(then, now)
    return Figure(
        label,
        f"{words.percent(now)} %",
        change=f"{abs(change):.1f} points" if change else None,
        better=change > 0,
        rises=change > 0,
        description=f"from {words.percent(then)} before",
        course=course,
    )


def measure_rows(
    measures: pd.DataFrame, measure: str, *, domain: Sequence[str | None], up_to: int
) -> tuple[pd.Series, str | None]:
    """Return step -> value of an overall measure, by truth where it exists, else pseudo labels.

    The second value tells which: "truth", "pseudo" or None where the measure needs neither.
    """
    chosen = measures[
        (measures["measure"] == measure)
        & measures["class"].isna()
        & measures["domain"].isin(list(domain))
        & (measures["step"] <= up_to)
    ]
    for labels in ("truth", "pseudo"):
        rows = chosen[chosen["labels"] == labels]
        if len(rows):
            return rows.sort_values("step").set_index("step")["value"], labels
    return chosen.sort_values("step").set_index("step")["value"], None


def gap_figure(measures: pd.DataFrame, step: int, reference: int | None) -> Figure:
    """Return the domain gap, which is better when lower."""
    domains = ("both", "target", None)
    rows, labels = measure_rows(measures, "domain_gap", domain=domains, up_to=step)
    by = " by pseudo label" if labels == "pseudo" else ""
    label = f"Domain gap, in spreads{by}"
    if rows.empty:
        return Figure(label, "–", description="not computed yet")
    now, then = float(rows.iloc[-1]), float(rows.get(reference, math.nan))
    course = tuple(float(value) for value in rows)
    if not math.isfinite(then) or rows.index[-1] == reference:
        return Figure(label, f"{now:.2f}", course=course)
    change = round(round(now, 2) - round(then, 2), 2)
    return Figure(
        label,
        f"{now:.2f}",
        change=f"{abs(change):.2f}, {'closing' if change < 0 else 'opening'}" if change else None,
        better=change < 0,
        rises=change > 0,
        description="lower is better",
        course=course,
    )


def margin_figure(measures: pd.DataFrame, step: int, reference: int | None, name: str) -> Figure:
    """Return the mean margin of the target, the score that needs no labels."""
    rows, labels = measure_rows(measures, "margin_mean", domain=("target",), up_to=step)
    by = ", by pseudo label" if labels == "pseudo" else ""
    label = f"Margin on {name}, cosine{by}"
    if rows.empty:
        return Figure(label, "–", description="not computed yet")
    now, then = float(rows.iloc[-1]), float(rows.get(reference, math.nan))
    course = tuple(float(value) for value in rows)
    if not math.isfinite(then) or rows.index[-1] == reference:
        return Figure(label, f"{now:.2f}", course=course)
    change = round(round(now, 2) - round(then, 2), 2)
    return Figure(
        label,
        f"{now:.2f}",
        change=f"{abs(change):.2f}" if change else None,
        better=change > 0,
        rises=change > 0,
        description=f"from {then:.2f} before",
        course=course,
    )


def kept_figure(metrics: Sequence[dict[str, Any]], names: Sequence[str]) -> Figure:
    """Return the share of target pixels kept as pseudo labels, and the class with the fewest."""
    label = "Pseudo labels kept"
    rows = [row for row in metrics if isinstance(row.get("pseudo_labels/kept"), int | float)]
    if not rows:
        return Figure(label, "–", description="begins with adaptation")
    course = tuple(float(row["pseudo_labels/kept"]) for row in rows)
    now, then = round(100 * _settled(course[-20:])), round(100 * _settled(course[:20]))
    change = now - then
    fewest = _fewest(rows[-1], names)
    return Figure(
        label,
        f"{now} %",
        change=f"{abs(change)} points" if change and len(course) > 20 else None,
        better=change > 0,
        rises=change > 0,
        description=fewest,
        course=_thin(course),
    )


def _settled(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _fewest(row: dict[str, Any], names: Sequence[str]) -> str:
    shares = row.get("pseudo_labels/kept_per_class")
    if not isinstance(shares, list) or len(shares) != len(names):
        return "of target pixels"
    known = [(share, name) for share, name in zip(shares, names, strict=True) if share is not None]
    if not known:
        return "of target pixels"
    share, name = min(known)
    return f"of pixels; {name} only {100 * share:.0f} %"


def _thin(values: tuple[float, ...], most: int = 60) -> tuple[float, ...]:
    """Return at most `most` means of equal parts, so that a sparkline shows the course."""
    if len(values) <= most:
        return values
    edges = [round(i * len(values) / most) for i in range(most + 1)]
    return tuple(_settled(values[a:b]) for a, b in zip(edges[:-1], edges[1:], strict=True) if b > a)
