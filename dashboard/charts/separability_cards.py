"""The cards of the separability page: the dumbbell, the matrix and the gap, each with its words."""

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard.charts.common import Card, Look
from dashboard.charts.domain_gap import gap_figure
from dashboard.charts.separability import dumbbell_figure, matrix_figure
from dashboard.text.separability import classes as words
from dashboard.text.separability.classes import ClassRow
from dashboard.text.separability.domain_gap import (
    gap_changes,
    gap_histories,
    gap_numbers,
    gap_reading,
)


def dumbbell_card(
    rows: Sequence[ClassRow],
    measure: str,
    *,
    names: Sequence[str],
    look: Look,
    domains: Sequence[str],
) -> Card:
    """Return how well each class stands apart, in both domains.

    Args:
        rows: the classes with pixels in either domain.
        measure: key of the measure.
        names: class names in id order.
        look: how they are called and coloured, in the same order.
        domains: display names of source and target.
    """
    title, unit = words.title_of(measure), words.unit_of(measure)
    if not rows:
        return Card(title, unit, awaited="No class has pixels and a prototype yet.")
    display = _by_name(names, look.displays)
    is_read = any(math.isfinite(row.target) for row in rows)
    marks = _by_name(names, look.marks)
    return Card(
        title,
        unit,
        dumbbell_figure(
            rows, measure, display=display, mark=marks, dark=look.dark, narrow=look.narrow
        ),
        key=f"○ {domains[0]} now,  ● {domains[1]} now,  ┃ {domains[1]} before adaptation",
        reading=words.reading(rows, measure, display, domains[1]) if is_read else "",
        numbers=words.numbers(rows),
    )


def matrix_card(
    measures: pd.DataFrame,
    step: int,
    *,
    names: Sequence[str],
    shown: Sequence[str],
    look: Look,
    target: str,
) -> Card:
    """Return which classes overlap on the target.

    Args:
        measures: the measures of the step.
        step: the snapshot shown.
        names: class names in id order.
        shown: the classes to show, in the same order.
        look: how all of them are called and coloured.
        target: display name of the target.
    """
    title, unit = f"Which classes overlap on {target}", "% of the row"
    shares = words.share_rows(measures, step)
    if shares.empty:
        return Card(title, unit, awaited="Appears with the first prototypes.")
    display = _by_name(names, look.displays)
    return Card(
        title,
        unit,
        matrix_figure(shares, names=shown, display=display, dark=look.dark),
        reading=words.matrix_reading(shares, display),
        numbers=shares[["class", "rival", "value"]].reset_index(drop=True),
    )


def gap_card(
    measures: pd.DataFrame,
    step: int,
    *,
    before: int | None,
    names: Sequence[str],
    shown: Sequence[str],
    look: Look,
) -> Card:
    """Return the domain gap of the classes over the steps.

    Args:
        measures: the measures of all steps.
        step: the snapshot shown.
        before: the step that changes are counted from; None if there is none.
        names: class names in id order.
        shown: the classes to show, in the same order.
        look: how all of them are called and coloured.
    """
    title, unit = "Domain gap", "in class spreads, lower is better"
    found = gap_histories(measures, step)
    histories = {name: found[name] for name in found if found[name] and name in shown}
    if not histories:
        return Card(title, unit, awaited="Appears once a class has pixels in both domains.")
    display = _by_name(names, look.displays)
    changes = gap_changes(histories, before)
    return Card(
        title,
        unit,
        gap_figure(
            histories, changes, display=display, mark=_by_name(names, look.marks), dark=look.dark
        ),
        reading=gap_reading(changes, display),
        numbers=gap_numbers(histories),
    )


def _by_name(names: Sequence[str], values: Sequence[str]) -> Mapping[str, str]:
    return dict(zip(names, values, strict=True))
