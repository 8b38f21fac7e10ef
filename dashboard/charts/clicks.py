"""Marks to click where Plotly has none: it tells of clicks on points, not on cells and boxes."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.common import text_of

_CLEAR = {"symbol": "square", "opacity": 0, "color": "#000000"}
_STAYS_CLEAR = {one: {"marker": {"opacity": 0}} for one in ("selected", "unselected")}
_MOST_CELLS = 2500
"""Of a larger table only those with most weight can be clicked: each is an element of the page."""


def cells_to_click(
    figure: go.Figure, *, names: Sequence[str], displays: Sequence[str], way: str
) -> go.Figure:
    """Return a copy of a heatmap with a clear square over each cell.

    Args:
        figure: a heatmap of classes by classes, at whole numbers, with its texts.
        names: of the classes, in the order of rows and columns; a click tells those of its cell.
        displays: what people call them.
        way: what a cell says of its row and column, read with the pointer over it.
    """
    heat = figure.data[0]
    values = np.array(heat.z, float)
    is_told = np.array([[bool(text) for text in row] for row in heat.text])
    known = np.argwhere(np.isfinite(values) | is_told)
    order = np.argsort(-np.nan_to_num(values[known[:, 0], known[:, 1]]), kind="stable")
    cells = known[order][:_MOST_CELLS].tolist()
    copy = go.Figure(figure)
    copy.add_scatter(
        x=[column for _, column in cells],
        y=[row for row, _ in cells],
        mode="markers",
        marker={**_CLEAR, "size": max(8.0, 300 / max(1, len(values)))},
        **_STAYS_CLEAR,
        customdata=[[names[row], names[column]] for row, column in cells],
        text=[
            text_of(f"{displays[row]} {way} {displays[column].lower()}: show these pixels")
            for row, column in cells
        ],
        hovertemplate="%{text}<extra></extra>",
    )
    return copy


def bar_to_click(
    figure: go.Figure,
    first: float,
    last: float,
    y: float,
    *,
    spacing: float,
    data: Sequence[object],
) -> None:
    """Lay clear squares along a bar, which is a shape and tells of no click.

    Args:
        figure: with the bar.
        first: where it begins.
        last: where it ends.
        y: its height.
        spacing: between two squares.
        data: what a click tells.
    """
    num = 2 + int((last - first) / spacing)
    figure.add_scatter(
        x=np.linspace(first, last, num).tolist(),
        y=[y] * num,
        mode="markers",
        marker={**_CLEAR, "size": 14},
        **_STAYS_CLEAR,
        customdata=[list(data)] * num,
        hovertemplate="from step %{customdata[0]:,} on: go there<extra></extra>",
    )
