"""Figure of how well each class stands apart: a dumbbell from source to target for each."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dashboard import colors
from dashboard.charts.common import base, short_text, square, text_of
from dashboard.text.common import FEW_CASES, signed
from dashboard.text.separability.classes import WEAK, ClassRow, is_share, shown

Style = Mapping[str, str]
"""Class name -> text or colour."""
_LONGEST_NAME = 19
_LONGEST_RIVAL = 17
"""Letters of a name that have room beside the marks, and in the column of rivals."""
_ROW_HEIGHT = 44
_DENSE_ROW_HEIGHT = 28
_MOST_ROOMY = 12
"""Of more classes than these, the rows are dense."""


@dataclass(frozen=True)
class _Columns:
    """Where the columns beside the marks begin, as shares of the width; None: left out."""

    marks: float
    value: float
    rival: float | None


_WIDE = _Columns(0.48, 0.5, 0.56)
_NARROW = _Columns(0.68, 0.71, None)


def dumbbell_figure(
    rows: Sequence[ClassRow],
    measure: str,
    *,
    display: Style,
    mark: Style,
    swatch: Style,
    dark: bool,
    narrow: bool = False,
    chosen: str | None = None,
) -> go.Figure:
    """Return a row per class: source ring, target disc, tick before, rival and history.

    Marks have the colours `mark`, and the squares before the names those of the masks, `swatch`.
    The name of the class that is `chosen` is bold. In one column of a paper (`narrow`), rival and
    history are left out.
    """
    columns = _NARROW if narrow else _WIDE
    figure = go.Figure()
    for y, row in enumerate(rows):
        _dumbbell(figure, row, y, color=mark[row.name], dark=dark)
        if not narrow:
            _sparkline(figure, row, y, color=mark[row.name])
    texts = [
        text
        for y, row in enumerate(rows)
        for text in _texts(row, y, columns, measure=measure, display=display, dark=dark)
    ]
    figure.update_layout(annotations=[*texts, *_column_titles(columns, dark)])
    base(
        figure,
        dark,
        height=48 + _row_height(len(rows), narrow=narrow) * len(rows),
        margin={"l": 140, "r": 8, "t": 40, "b": 8},
    )
    percent = is_share(measure)
    low, high = _axis_range(rows, percent)
    grid = {"showgrid": True, "gridcolor": colors.BORDER[dark], "zeroline": False}
    ticks = _percent_ticks(low, high) if percent else {"nticks": 6}
    figure.update_layout(
        xaxis={"domain": [0, columns.marks], "range": [low, high], "side": "top", **ticks, **grid},
        xaxis2={"domain": [0.84, 0.94], "visible": False, "range": [-0.05, 1.05]},
        yaxis={
            "range": [len(rows) - 0.5, -0.5],
            "tickvals": list(range(len(rows))),
            "ticktext": [_name(row.name, display, swatch, chosen, dark) for row in rows],
            "showgrid": False,
            "zeroline": False,
        },
    )
    return figure


def _row_height(num_rows: int, *, narrow: bool) -> int:
    if narrow:
        return _ROW_HEIGHT // 2
    return _ROW_HEIGHT if num_rows <= _MOST_ROOMY else _DENSE_ROW_HEIGHT


def _name(name: str, display: Style, swatch: Style, chosen: str | None, dark: bool) -> str:
    text = short_text(display[name], _LONGEST_NAME)
    bold = f"<b>{text}</b>" if name == chosen else text
    return f"{square(swatch[name], dark)} {bold} "


def _percent_ticks(low: float, high: float) -> dict[str, Any]:
    """Return ticks in whole percent; only the last one carries the unit."""
    percents = range(0, 101, 20 if high - low > 0.5 else 10)
    texts = [f"{percent} %" if percent == 100 else f"{percent}" for percent in percents]
    return {"tickvals": [percent / 100 for percent in percents], "ticktext": texts}


def _axis_range(rows: Sequence[ClassRow], percent: bool) -> tuple[float, float]:
    values = [v for row in rows for v in (row.source, row.target, row.before) if math.isfinite(v)]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    pad = 0.06 * max(high - low, 0.1)
    return (max(-0.05, min(low - pad, 0.88)), 1.03) if percent else (low - pad, high + pad)


def _dumbbell(figure: go.Figure, row: ClassRow, y: int, *, color: str, dark: bool) -> None:
    def line(first: float, last: float, **style: Any) -> None:
        if math.isfinite(first) and math.isfinite(last):
            figure.add_scatter(
                x=[first, last], y=[y, y], mode="lines", hoverinfo="skip", line=style
            )

    line(row.before, row.target, color=colors.STRONG_BORDER[dark], width=2, dash="dot")
    line(row.target, row.source, color=color, width=2.5)
    marks = (
        (row.before, "before", {"symbol": "line-ns", "size": 14, "line_width": 2}),
        (row.source, "source", {"symbol": "circle", "size": 12, "line_width": 2.5}),
        (row.target, "target", {"symbol": "circle", "size": 13, "line_width": 0}),
    )
    for value, what, style in marks:
        if not math.isfinite(value):
            continue
        ink = colors.INK_3[dark] if what == "before" else color
        fill = colors.PAGE[dark] if what == "source" else color
        figure.add_scatter(
            x=[value],
            y=[y],
            mode="markers",
            marker={"color": fill, "line_color": ink, **style},
            customdata=[[row.name]],
            unselected={"marker": {"opacity": 1}},
            cliponaxis=False,
            hovertemplate=f"{what}: %{{x:.3f}}<extra>{text_of(row.name)}</extra>",
        )


def _sparkline(figure: go.Figure, row: ClassRow, y: int, *, color: str) -> None:
    values = np.array(row.history, float)
    if len(values) < 2:
        return
    low, high = np.nanmin(values), np.nanmax(values)
    shares = (values - low) / (high - low) if high > low else np.full(len(values), 0.5)
    places = y + 0.28 - 0.56 * shares
    x = np.linspace(0, 1, len(values))
    figure.add_scatter(
        x=x,
        y=places,
        xaxis="x2",
        mode="lines",
        line={"color": color, "width": 1.5},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=x[-1:], y=places[-1:], xaxis="x2", mode="markers", marker={"color": color, "size": 6},
        hoverinfo="skip", cliponaxis=False,
    )  # fmt: skip


def _texts(
    row: ClassRow,
    y: int,
    columns: _Columns,
    *,
    measure: str,
    display: Style,
    dark: bool,
) -> Iterator[dict[str, Any]]:
    """Return the annotations of a row; added one by one, each would cost as much as all before."""
    weak = math.isfinite(row.target) and row.target < WEAK[measure]
    ink = colors.WORSE[dark] if weak else colors.INK[dark]
    percent = is_share(measure)
    value = row.of_pixels(row.target) if percent else shown(measure, row.target)
    yield _text(columns.value, y, f"<b>{value}</b>", ink)
    if row.rival is not None and columns.rival is not None:
        rival = short_text(display[row.rival].lower(), _LONGEST_RIVAL)
        unit = "" if row.pixels < FEW_CASES else " %"
        text = f"{rival} ({row.of_pixels(row.rival_share)}{unit})"
        yield _text(columns.rival, y, text, colors.INK_2[dark])
    has_few = percent and row.pixels < FEW_CASES  # their points would say more than is known
    if math.isfinite(row.before) and math.isfinite(row.target) and not has_few:
        factor, digits = (100, 0) if percent else (1, 2)
        change = round(factor * row.target, digits) - round(factor * row.before, digits)
        ink = colors.WORSE[dark] if change < 0 else colors.INK_2[dark]
        yield _text(1.0, y, signed(change, digits), ink, anchor="right")


def _text(x: float, y: int, text: str, color: str, *, anchor: str = "left") -> dict[str, Any]:
    return {
        "x": x, "y": y, "xref": "paper", "yref": "y", "text": text, "showarrow": False,
        "xanchor": anchor, "font": {"color": color, "size": 13},
    }  # fmt: skip


def _column_titles(columns: _Columns, dark: bool) -> Iterator[dict[str, Any]]:
    change = "change" if columns.rival is None else "change on target"
    rival = [] if columns.rival is None else [(columns.rival, "closest rival", "left")]
    font = {"color": colors.INK_3[dark], "size": 12}
    for x, text, anchor in (*rival, (1.0, change, "right")):
        yield {
            "x": x, "y": 1, "xref": "paper", "yref": "paper", "yshift": 16, "text": text,
            "showarrow": False, "xanchor": anchor, "font": font,
        }  # fmt: skip
