"""Figures of the prototypes page: similarity, drift, and the closest pairs."""

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from dashboard import colors
from dashboard.charts.common import Look, base, short_text, square, text_of
from dashboard.charts.separability.matrix import LONGEST_NAME, angle_of, height_of
from dashboard.text.prototypes import History, Pair, drift_text, state_text
from spcl.store.limits import Limits

_LONGEST_TITLE = 12
"""Letters of a name that have room above a small line, before its number."""
_COLUMNS = {False: 4, True: 2}
"""Small lines beside each other, on a page and in one column of a paper."""


def cosine_figure(
    now: NDArray[np.float64], before: NDArray[np.float64] | None, look: Look, limits: Limits
) -> go.Figure:
    """Return the K x K heatmap: now below the diagonal, before above it (empty if None)."""
    size = len(now)
    shown = np.where(np.tril(np.ones((size, size), bool), -1), now, np.nan)
    if before is not None:
        shown = np.where(np.triu(np.ones((size, size), bool), 1), before, shown)
    figure = go.Figure(
        go.Heatmap(
            z=shown,
            zmin=0,
            zmax=1,
            colorscale=_scale(look.dark),
            showscale=False,
            xgap=1,
            ygap=1,
            text=[[_cell_text(value) for value in row] for row in shown],
            texttemplate="%{text}",
            textfont={"size": 12 if size <= 13 else 10},
            customdata=[[_cell_hover(i, j, look) for j in range(size)] for i in range(size)],
            hovertemplate="%{customdata}: %{z:.2f}<extra></extra>",
            hoverongaps=False,
        )
    )
    for i, j in zip(*np.nonzero(np.nan_to_num(shown) > limits.prototype_cosine), strict=True):
        figure.add_shape(_frame(int(i), int(j), look.dark))
    height = 48 + height_of(look.displays) + 27 * size
    base(figure, look.dark, height=height, margin={"l": 8, "r": 36, "t": 8, "b": 8})
    ticks = {"tickvals": list(range(size)), "showgrid": False, "zeroline": False, "ticks": ""}
    names = [_swatched(look, index, LONGEST_NAME) for index in range(size)]
    figure.update_yaxes(autorange="reversed", ticktext=names, automargin=True, **ticks)
    angled = {"side": "top", "tickangle": angle_of(size), "automargin": True}
    short = [short_text(name, LONGEST_NAME) for name in look.displays]
    figure.update_xaxes(ticktext=short, **angled, **ticks)
    return figure


def _scale(dark: bool) -> list[list[float | str]]:
    ramp = colors.SEQUENTIAL[dark]
    return [[index / (len(ramp) - 1), color] for index, color in enumerate(ramp)]


def _cell_text(value: float) -> str:
    if not math.isfinite(value):
        return ""
    text = f"{value:.2f}".replace("0.", ".", 1)
    return f"<b>{text}</b>" if value >= 0.45 else text


def _cell_hover(row: int, column: int, look: Look) -> str:
    when = "now" if row > column else "before"
    return f"{text_of(look.displays[row])} and {text_of(look.displays[column].lower())}, {when}"


def _frame(row: int, column: int, dark: bool) -> dict[str, object]:
    line = {"color": colors.WORSE_MARK[dark], "width": 2}
    box = {"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
    return {"type": "rect", "line": line, "fillcolor": "rgba(0,0,0,0)", **box}


def _swatched(look: Look, index: int, most: int) -> str:
    name = short_text(look.displays[index], most)
    return f"{square(look.swatches[index], look.dark)} {name} "


def drift_figure(histories: Sequence[History], look: Look, limits: Limits) -> go.Figure:
    """Return a small line per class, all on one scale: 1 - cosine to before, over the steps."""
    columns = _COLUMNS[look.narrow]
    rows = math.ceil(len(histories) / columns)
    figure = make_subplots(rows, columns, horizontal_spacing=0.05, vertical_spacing=0.36 / rows)
    figure.add_traces([line for at, one in enumerate(histories) for line in _drift(one, look, at)])
    texts = [text for at, one in enumerate(histories) for text in _words(one, look, limits, at)]
    figure.update_layout(annotations=texts)
    top = 1.12 * max(0.01, *(value for history in histories for value in history.drift))
    first = min(history.steps[0] for history in histories)
    last = max(history.steps[-1] for history in histories)
    base(figure, look.dark, height=30 + 116 * rows, margin={"l": 40, "r": 24, "t": 30, "b": 24})
    figure.update_xaxes(range=[first, last + 0.04 * (last - first)], showticklabels=False)
    figure.update_xaxes(showgrid=False, zeroline=False)
    figure.update_yaxes(range=[0, top], nticks=3, showticklabels=False, zeroline=False)
    figure.update_yaxes(gridcolor=colors.BORDER[look.dark])
    figure.update_yaxes(showticklabels=True, col=1)
    return figure


def _drift(history: History, look: Look, place: int) -> Iterator[go.Scatter]:
    """Return the line of a panel and the dot at its end."""
    color = look.marks[history.class_id]
    axes = {"xaxis": _axis("x", place), "yaxis": _axis("y", place)}
    yield go.Scatter(
        x=history.steps,
        y=history.drift,
        mode="lines",
        line={"color": color, "width": 2},
        fill="tozeroy",
        fillcolor="rgba({},{},{},0.12)".format(*colors.rgb_of(color)),
        hovertemplate="step %{x:,}: %{y:.3f}<extra>"
        f"{text_of(look.displays[history.class_id])}</extra>",
        **axes,
    )
    yield go.Scatter(
        x=history.steps[-1:],
        y=history.drift[-1:],
        mode="markers",
        marker={"color": color, "size": 6},
        hoverinfo="skip",
        **axes,
    )


def _words(history: History, look: Look, limits: Limits, place: int) -> Iterator[dict[str, Any]]:
    """Return what stands above and below a line; added one by one, each costs as all before."""
    at = {"xref": f"{_axis('x', place)} domain", "yref": f"{_axis('y', place)} domain"}
    left = {"x": 0, "xanchor": "left", "showarrow": False, **at}
    name = _swatched(look, history.class_id, _LONGEST_TITLE)
    title = f"<b>{name}</b>{drift_text(history.drift[-1])}"
    yield {"text": title, "y": 1.0, "yanchor": "bottom", **left}
    worse = history.age > limits.prototype_age or history.left is not None
    font = {"size": 12, "color": colors.WORSE[look.dark] if worse else colors.INK_3[look.dark]}
    yield {"text": state_text(history), "y": 0, "yanchor": "top", "font": font, **left}


def _axis(letter: str, place: int) -> str:
    """Return the name of an axis of the panel at a place, counted row by row from 0."""
    return letter if place == 0 else f"{letter}{place + 1}"


def pair_list(pairs: Sequence[Pair], look: Look, limits: Limits) -> str:
    """Return pairs of classes with swatches and cosine as HTML; names are escaped."""
    listed = "".join(_pair(pair, look, limits) for pair in pairs)
    return f'{_PAIR_STYLE}<div class="spcl-pairs">{listed}</div>'


def _pair(pair: Pair, look: Look, limits: Limits) -> str:
    swatches = "".join(
        f'<i style="background:{look.swatches[index]}"></i>' for index in (pair.first, pair.second)
    )
    names = f"{look.displays[pair.first]} and {look.displays[pair.second].lower()}"
    style = (
        f' style="color:{colors.WORSE[look.dark]}"' if pair.cosine > limits.prototype_cosine else ""
    )
    return f"<span>{swatches}{escape(names)} <b{style}>{pair.cosine:.2f}</b></span>"


_PAIR_STYLE = """<style>
.spcl-pairs { display: flex; flex-wrap: wrap; gap: 4px 32px; font-size: 14px; line-height: 20px; }
.spcl-pairs i { display: inline-block; width: 12px; height: 12px; border-radius: 2px;
  box-shadow: inset 0 0 0 1px color-mix(in srgb, currentColor 50%, transparent);
  margin-right: 6px; vertical-align: -1px; }
.spcl-pairs b { font-weight: 600; }
</style>"""
