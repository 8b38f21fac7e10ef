"""The four key figures at the top of the live page, from the run's own numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.text import common as words
from spcl.store.growing.update_table import Updates

_OF_PIXELS = "(of target pixels)"
_PSEUDO = "(pseudo labels)"
KEPT = "Pseudo labels kept"
NOT_YET = "not measured yet"


@dataclass(frozen=True)
class Figure:
    """One number with its unit, its change since adaptation began, and its values so far."""

    label: str
    value: str
    change: str | None = None
    better: bool | None = None
    rises: bool = True
    description: str = ""
    history: tuple[float, ...] = ()


def score_figure(iou: pd.DataFrame, domain: str, label: str, reference: int | None) -> Figure:
    """Return the mean IoU of a domain at the last step of `iou` against the reference step."""
    rows = iou[iou["class"].isna() & (iou["domain"] == domain)].set_index("step")["iou"]
    history = tuple(float(value) for value in rows)
    if rows.empty:
        return Figure(label, "–", description="no labels in this domain")
    now = history[-1]
    then = float(rows.get(reference, math.nan)) if reference is not None else math.nan
    if reference == rows.index[-1] or not math.isfinite(then):
        return Figure(label, f"{words.percent(now)} %", history=history)
    change = words.points(then, now)
    return Figure(
        label,
        f"{words.percent(now)} %",
        change=f"{abs(change):.1f} points" if change else None,
        better=change > 0,
        rises=change > 0,
        description=f"from {words.percent(then)} before",
        history=history,
    )


def measure_rows(
    measures: pd.DataFrame, measure: str, *, domain: Sequence[str | None], up_to: int
) -> tuple[pd.Series, str | None]:
    """Return step -> value of an overall measure, with true labels if any, else pseudo labels.

    The second value says which: "truth", "pseudo", or None where the measure needs neither.
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
    """Return the domain gap; lower is better."""
    domains = ("both", "target", None)
    rows, labels = measure_rows(measures, "domain_gap", domain=domains, up_to=step)
    figure, now, then = _now_and_then("Domain gap, in spreads", rows, reference)
    if then is None:
        return figure
    change = round(round(now, 2) - round(then, 2), 2)
    return replace(
        figure,
        change=f"{abs(change):.2f}, {'closing' if change < 0 else 'opening'}" if change else None,
        better=change < 0,
        rises=change > 0,
        description=_PSEUDO if labels == "pseudo" else "(lower is better)",
    )


def margin_figure(measures: pd.DataFrame, step: int, reference: int | None, name: str) -> Figure:
    """Return the mean margin of the target, which stands in where there are no labels."""
    rows, labels = measure_rows(measures, "margin_mean", domain=("target",), up_to=step)
    figure, now, then = _now_and_then(f"Margin on {name}", rows, reference)
    if then is None:
        return figure
    change = round(round(now, 2) - round(then, 2), 2)
    return replace(
        figure,
        change=f"{abs(change):.2f}" if change else None,
        better=change > 0,
        rises=change > 0,
        description=f"from {then:.2f} {_PSEUDO if labels == 'pseudo' else 'before'}",
    )


def _now_and_then(
    label: str, rows: pd.Series, reference: int | None
) -> tuple[Figure, float, float | None]:
    """Return the figure without its change, its value and that of the reference (None: no such)."""
    if rows.empty:
        return Figure(label, "–", description=NOT_YET), math.nan, None
    now, then = float(rows.iloc[-1]), float(rows.get(reference, math.nan))
    figure = Figure(label, f"{now:.2f}", history=tuple(float(value) for value in rows))
    known = math.isfinite(then) and rows.index[-1] != reference
    return figure, now, then if known else None


def kept_figure(updates: Updates, step: int, names: Sequence[str]) -> Figure:
    """Return the share of target pixels kept as pseudo labels, and the class that keeps least.

    Args:
        updates: the rows of metrics.
        step: those behind it do not count.
        names: of the classes, in id order.
    """
    shares = updates.number("pseudo_labels/kept")
    rows = np.flatnonzero((updates.step <= step) & np.isfinite(shares))
    if not len(rows):
        return Figure(KEPT, "–", description="starts with adaptation")
    history = tuple(shares[rows].tolist())
    now, then = round(100 * _mean(history[-20:])), round(100 * _mean(history[:20]))
    change = now - then
    return Figure(
        KEPT,
        f"{now} %",
        change=words.counted(abs(change), "point") if change and len(history) > 20 else None,
        better=change > 0,
        rises=change > 0,
        description=_least_kept(
            updates.list_at("pseudo_labels/kept_per_class", int(rows[-1])), names
        ),
        history=_thin(history),
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _least_kept(shares: NDArray[np.floating[Any]], names: Sequence[str]) -> str:
    if len(shares) != len(names):
        return _OF_PIXELS
    known = [pair for pair in zip(shares.tolist(), names, strict=True) if math.isfinite(pair[0])]
    if not known:
        return _OF_PIXELS
    share, name = min(known)
    return f"(least for {name}: {100 * share:.0f} %)"


def _thin(values: tuple[float, ...], most: int = 60) -> tuple[float, ...]:
    """Return at most `most` means of equal parts, enough for a sparkline."""
    if len(values) <= most:
        return values
    edges = [round(i * len(values) / most) for i in range(most + 1)]
    return tuple(_mean(values[a:b]) for a, b in zip(edges[:-1], edges[1:], strict=True) if b > a)
