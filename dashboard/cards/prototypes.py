"""The cards of the prototypes page: likeness, movement and the alarms on the time axis."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.charts import prototypes as charts
from dashboard.charts.common import Card, Look
from dashboard.charts.timeline import timeline_figure
from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun
from dashboard.text import prototypes as words
from dashboard.text.alarms import label
from dashboard.text.most import MOST_CELLS, MOST_CLASSES, left_out, of_pairs
from dashboard.text.timeline import Span, latest_of_each_kind, spans, timeline_reading
from spcl.store.limits import Limits


def measures_of(opened: OpenedRun) -> pd.DataFrame:
    """Return the measures that the cards show."""
    at = (opened.step, opened.before)
    return recorded.measures_frame(opened.run, at=at, over=("prototype_drift",))


def limits_of(opened: OpenedRun) -> Limits:
    """Return the limits that the run was recorded with."""
    return Limits.of(opened.info.config)


def bank_of(opened: OpenedRun) -> dict[str, list[Any]]:
    """Return pixel_count, age and seen of every class at the step shown."""
    bank = recorded.prototypes(opened.path, opened.step or 0)
    return {name: bank[name].tolist() for name in ("pixel_count", "age", "seen")}


def lengths_left(opened: OpenedRun) -> list[float | None]:
    """Return the length of each faded prototype as a share of the longest; None: not faded."""
    return words.lengths_left(recorded.events(opened.run), opened.names, opened.step or 0)


def likeness(opened: OpenedRun, measures: pd.DataFrame, look: Look) -> Card:
    """Return how alike two prototypes are, now below the diagonal and before above it."""
    compared = opened.before is not None and opened.before != opened.step
    unit = (
        f"cosine · below the diagonal: now, above: step {opened.before:,}" if compared else "cosine"
    )
    title = "How alike two prototypes are"
    now = words.cosine_grid(measures, opened.names, opened.step or 0)
    if not np.isfinite(now).any():
        return Card(title, unit, awaited=words.waiting(opened.step or 0))
    before = None
    if compared and opened.before is not None:
        before = words.cosine_grid(measures, opened.names, opened.before)
    limits = limits_of(opened)
    names = opened.names
    pairs = ((names[one.first], names[one.second]) for one in words.closest_pairs(now))
    cells = of_pairs(pairs, names)
    ids = [names.index(name) for name in cells]
    return Card(
        title,
        unit,
        charts.cosine_figure(
            now[np.ix_(ids, ids)],
            None if before is None else before[np.ix_(ids, ids)],
            look.of(ids),
            limits,
        ),
        key=left_out(len(opened.names), "that are most alike", most=MOST_CELLS).strip(),
        reading=words.grid_reading(look.displays, now, limits),
        numbers=_cosines(opened.names, now, before),
        cells=cells,
    )


def _cosines(names: Sequence[str], now: words.Grid, before: words.Grid | None) -> pd.DataFrame:
    rows, columns = np.triu_indices(len(names), 1)
    table = {
        "class": [names[i] for i in rows.tolist()],
        "other": [names[j] for j in columns.tolist()],
        "cosine": now[rows, columns],
    }
    if before is not None:
        table["cosine_before"] = before[rows, columns]
    return pd.DataFrame(table)


def movement(opened: OpenedRun, measures: pd.DataFrame, look: Look) -> Card:
    """Return how far each prototype has moved since before adaptation."""
    unit = f"1 − cosine to step {opened.before:,}, from 0 to 2" if opened.before is not None else ""
    title, step, bank = "How far each prototype has moved", opened.step or 0, bank_of(opened)
    histories = words.histories(
        measures,
        opened.names,
        before=opened.before,
        step=step,
        pixels=bank["pixel_count"],
        ages=bank["age"],
        left=lengths_left(opened),
    )
    if not histories:
        return Card(title, unit, awaited=words.no_movement(opened.info.before_step, step))
    return Card(
        title,
        unit,
        charts.drift_figure(histories[:MOST_CLASSES], look, limits_of(opened)),
        key="Largest movement first; "
        "under each line, the pixels of the last update and when it was."
        + left_out(len(histories), "that moved most"),
        reading=words.drift_reading(look.displays, histories),
        numbers=pd.DataFrame(
            [
                (opened.names[one.class_id], at, drift)
                for one in histories
                for at, drift in zip(one.steps, one.drift, strict=True)
            ],
            columns=["class", "step", "drift"],
        ),
    )


def timeline(opened: OpenedRun, look: Look) -> Card:
    """Return which limits were exceeded, and when."""
    title, unit = "What happened, and when", "step"
    kept, left_out = latest_of_each_kind(spans(recorded.events(opened.run), opened.steps))
    if not kept:
        return Card(title, unit, awaited="No alarm has been raised so far.")
    figure = timeline_figure(
        kept,
        {name: index for index, name in enumerate(opened.names)},
        look,
        steps=opened.steps,
        total=opened.info.total_steps,
        step=opened.step or 0,
    )
    reading = timeline_reading(kept, left_out, look.displays, opened.info)
    return Card(title, unit, figure, reading=reading, numbers=_spans(kept))


def _spans(kept: Sequence[Span]) -> pd.DataFrame:
    rows = [
        (label(one.kind), " and ".join(one.classes), one.first, one.last, one.value) for one in kept
    ]
    return pd.DataFrame(rows, columns=["alarm", "classes", "first_step", "last_step", "value"])
