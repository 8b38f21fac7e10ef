"""A card whose figure is a table of classes by classes: its cells can be clicked on a page."""

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.clicks import cells_to_click
from dashboard.charts.common import Card
from dashboard.data.opened_run import OpenedRun


def to_click(card: Card, opened: OpenedRun, *, way: str = "nearest to") -> Card:
    """Return the card with cells that tell their two classes when they are clicked.

    Args:
        card: its figure begins with a heatmap, classes in id order.
        opened: the run.
        way: what a cell says of its row and column.
    """
    if card.figure is None:
        return card
    heat = card.figure.data[0]
    values = np.array(heat.z, float)
    diagonal = np.array([[str(one) for one in row] for row in heat.text])
    known = np.isfinite(values) | (np.eye(len(values), dtype=bool) & (diagonal != ""))
    cells = [(int(i), int(j), float(np.nan_to_num(values[i, j]))) for i, j in np.argwhere(known)]
    shown = opened.shown_names if len(values) == len(opened.shown_names) else list(opened.names)
    displays = [opened.displays[name] for name in shown]
    texts = [f"{displays[i]} {way} {displays[j].lower()}: show these pixels" for i, j, _ in cells]
    figure = go.Figure(card.figure)
    return replace(
        card,
        figure=cells_to_click(
            figure, cells, names=shown, texts=texts, size=max(8.0, 300 / max(1, len(values)))
        ),
    )
