"""Marks to click where Plotly has none: it tells of clicks on points, not on cells and boxes."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.common import text_of

_MOST_CELLS = 2500
"""Of a larger table only those with most weight can be clicked: each is an element of the page."""


def cells_to_click(
    figure: go.Figure,
    cells: Sequence[tuple[int, int, float]],
    *,
    names: Sequence[str],
    texts: Sequence[str],
    size: float,
) -> go.Figure:
    """Lay a clear square over each cell of a heatmap and return the figure.

    Args:
        figure: rows and columns are at whole numbers.
        cells: row, column and weight of the cells that lead somewhere.
        names: of the classes in the order of rows and columns; a cell tells those of both.
        texts: what is read with the pointer over each cell.
        size: of the squares, in pixels.
    """
    order = sorted(range(len(cells)), key=lambda i: -cells[i][2])[:_MOST_CELLS]
    marker = {"symbol": "square", "size": size, "opacity": 0, "color": "#000000"}
    figure.add_scatter(
        x=[cells[i][1] for i in order],
        y=[cells[i][0] for i in order],
        mode="markers",
        marker=marker,
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        customdata=[[names[cells[i][0]], names[cells[i][1]]] for i in order],
        text=[text_of(texts[i]) for i in order],
        hovertemplate="%{text}<extra></extra>",
    )
    return figure


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
        marker={"symbol": "square", "size": 14, "opacity": 0, "color": "#000000"},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        customdata=[list(data)] * num,
        hovertemplate="from step %{customdata[0]:,} on: go there<extra></extra>",
    )
