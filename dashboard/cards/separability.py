"""The cards of the separability page: the dumbbell, the matrix and the gap, each with its words."""

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard.charts.common import Card, Look
from dashboard.charts.separability.domain_gap import gap_figure
from dashboard.charts.separability.dumbbell import dumbbell_figure
from dashboard.charts.separability.matrix import matrix_figure
from dashboard.data import recorded
from dashboard.data.classes.chosen import chosen_class
from dashboard.data.map.shown import class_counts
from dashboard.data.opened_run import OpenedRun
from dashboard.text.most import MOST_CELLS, MOST_CLASSES, left_out, of_pairs
from dashboard.text.separability import classes as words
from dashboard.text.separability.classes import MEASURES, ClassRow
from dashboard.text.separability.domain_gap import (
    gap_changes,
    gap_histories,
    gap_numbers,
    gap_reading,
)
from dashboard.text.separability.readings import matrix_reading, reading

FIRST_MEASURE = next(iter(MEASURES.values()))


def measures_of(opened: OpenedRun, measure: str = FIRST_MEASURE) -> pd.DataFrame:
    """Return the measures that the cards show."""
    at = (opened.step, opened.compared_step)
    return recorded.measures_frame(opened.run, at=at, over=(measure, "domain_gap"))


def is_measured(opened: OpenedRun, measures: pd.DataFrame) -> bool:
    """Return whether the analysis has reached the step shown."""
    return bool((measures["step"] == opened.step).any())


def rows_of(
    opened: OpenedRun, measures: pd.DataFrame, measure: str = FIRST_MEASURE
) -> list[ClassRow]:
    """Return a row for each class shown that has pixels in either domain."""
    return words.class_rows(
        measures,
        measure,
        step=opened.step or 0,
        before=opened.compared_step,
        names=opened.shown_names,
        pixels=class_counts(opened, opened.step or 0, "target"),
    )


def dumbbell(
    opened: OpenedRun, rows: Sequence[ClassRow], look: Look, measure: str = FIRST_MEASURE
) -> Card:
    """Return how well each class stands apart, in both domains."""
    title, unit = words.title_of(measure), words.unit_of(measure)
    if not rows:
        return Card(title, unit, awaited="No class has pixels and a prototype yet.")
    source, target = (opened.info.domain_name(domain) for domain in ("source", "target"))
    info = chosen_class(opened)
    chosen = info.name if info else None
    drawn = [row for i, row in enumerate(rows) if i < MOST_CLASSES or row.name == chosen]
    is_read = any(math.isfinite(row.target) for row in rows)
    return Card(
        title,
        unit,
        dumbbell_figure(
            drawn,
            measure,
            display=opened.displays,
            mark=_marks(opened, look),
            swatch=dict(zip(opened.names, look.swatches, strict=True)),
            dark=look.dark,
            narrow=look.narrow,
            chosen=chosen,
        ),
        key=f"○ {source} now,  ● {target} now,  ┃ {target} before adaptation."
        + left_out(len(rows), f"lowest on {target}"),
        reading=reading(rows, measure, opened.displays, target) if is_read else "",
        numbers=words.numbers(rows),
    )


def matrix(opened: OpenedRun, measures: pd.DataFrame, look: Look) -> Card:
    """Return which classes overlap on the target."""
    title = f"Which classes overlap on {opened.info.domain_name('target')}"
    shares = words.share_rows(measures, opened.step or 0)
    if shares.empty:
        return Card(title, "% of the row", awaited="Appears with the first prototypes.")
    pixels = class_counts(opened, opened.step or 0, "target")
    names = of_pairs(words.overlapping(shares, opened.shown_names), opened.shown_names)
    return Card(
        title,
        "% of the row",
        matrix_figure(
            shares,
            names=names,
            display=opened.displays,
            pixels=pixels,
            dark=look.dark,
        ),
        key=left_out(len(opened.shown_names), "that overlap most", most=MOST_CELLS).strip(),
        reading=matrix_reading(shares, opened.displays, pixels),
        numbers=shares[["class", "rival", "value"]].reset_index(drop=True),
        cells=names,
    )


def gap(opened: OpenedRun, measures: pd.DataFrame, look: Look) -> Card:
    """Return the domain gap of the classes over the steps."""
    title, unit = "Domain gap", "in class spreads, lower is better"
    found = gap_histories(measures, opened.step or 0)
    histories = {name: found[name] for name in found if found[name] and name in opened.shown_names}
    if not histories:
        return Card(title, unit, awaited="Appears once a class has pixels in both domains.")
    changes = gap_changes(histories, opened.before)
    return Card(
        title,
        unit,
        gap_figure(
            histories,
            changes,
            display=opened.displays,
            mark=_marks(opened, look),
            dark=look.dark,
        ),
        reading=gap_reading(changes, opened.displays),
        numbers=gap_numbers(histories),
    )


def _marks(opened: OpenedRun, look: Look) -> Mapping[str, str]:
    return dict(zip(opened.names, look.marks, strict=True))
