"""Rows and sentences of the domain gap: how far apart a class lies in the two domains."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard.text.captions import caption
from dashboard.text.common import first_upper, listing
from dashboard.text.separability.classes import labels_used, values_by_class

MIN_CHANGE = 0.005
"""A smaller change of the gap, in class spreads, is none."""


def gap_histories(measures: pd.DataFrame, step: int) -> dict[str, dict[int, float]]:
    """Return class -> step -> domain gap in class spreads, up to `step`."""
    values = values_by_class(measures, "domain_gap", "both", labels_used(measures, "target"))
    return {
        name: {at: value for at, value in sorted(history.items()) if at <= step}
        for name, history in values.items()
    }


def gap_numbers(histories: Mapping[str, Mapping[int, float]]) -> pd.DataFrame:
    """Return class, step, domain_gap in class spreads: the numbers of the lines."""
    rows = [(name, step, gap) for name, gaps in histories.items() for step, gap in gaps.items()]
    return pd.DataFrame(rows, columns=["class", "step", "domain_gap"])


@dataclass(frozen=True)
class GapChange:
    """Domain gap of a class now, in class spreads, and its change (NaN if unknown)."""

    name: str
    now: float
    change: float


def gap_changes(
    histories: Mapping[str, Mapping[int, float]], before: int | None
) -> list[GapChange]:
    """Return the gap of each class now and its change since `before`, least closed first."""
    changes = []
    for name, history in histories.items():
        if not history:
            continue
        now = history[max(history)]
        reference = history.get(before, history[min(history)]) if before is not None else math.nan
        changes.append(GapChange(name, now, now - reference))
    return sorted(changes, key=lambda one: (math.isnan(one.change), -one.change))


def gap_reading(changes: Sequence[GapChange], display: Mapping[str, str]) -> str:
    """Return how to read the gap lines, with the class that changed most."""
    says = caption("domain_gap").says
    start = says[0].lower() + says[1:]
    known = [one for one in changes if math.isfinite(one.change)]
    if not known:
        return f"{start} Changes appear once the warm-up is over."
    closest = min(known, key=_shown_change)
    first = ""
    if _shown_change(closest) < 0:
        name = display[closest.name]
        first = f" {name} closed most: {closest.now - closest.change:.2f} → {closest.now:.2f}."
    apart = [display[one.name].lower() for one in known if _shown_change(one) > 0]
    named = apart[:3] + ([f"{len(apart) - 3} more"] if len(apart) > 3 else [])
    second = f" {first_upper(listing(named))} moved apart." if apart else ""
    return f"{start}{first}{second}"


def _shown_change(one: GapChange) -> float:
    """Return the difference of the two numbers shown."""
    return round(round(one.now, 2) - round(one.now - one.change, 2), 2)
