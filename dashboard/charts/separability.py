"""Figures of the separability page: dumbbell, matrix of nearest prototypes, domain gap."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import colors
from dashboard.charts.common import base
from dashboard.text.separability import WEAK, ClassRow, is_share, shown

Style = Mapping[str, str]
"""Class name -> text or colour."""
_ROW = 44
_MOST_LIT = 3
_BRIGHTENING = ("#2A3350", "#3C4A80", "#5468B4", "#7690E0", "#A9BFFF")
"""On a dark page more is brighter, as on a light one more is darker."""


def dumbbell_figure(
    rows: Sequence[ClassRow], measure: str, *, display: Style, mark: Style, dark: bool
) -> go.Figure:
    """Return source ring, target disc and before tick a class; rival and course at the right."""
    figure = go.Figure()
    for y, row in enumerate(rows):
        _dumbbell(figure, row, y, color=mark[row.name], dark=dark)
        _course(figure, row, y, color=mark[row.name])
        _texts(figure, row, y, measure=measure, display=display, dark=dark)
    base(figure, dark, height=64 + _ROW * len(rows), margin={"l": 108, "r": 8, "t": 40, "b": 8})
    percent = is_share(measure)
    low, high = _limits(rows, percent)
    grid = {"showgrid": True, "gridcolor": colors.BORDER[dark], "zeroline": False}
    figure.update_layout(
        xaxis={"domain": [0, 0.48], "range": [low, high], "side": "top", "nticks": 6, **grid},
        xaxis2={"domain": [0.84, 0.94], "visible": False, "range": [-0.05, 1.05]},
        yaxis={
            "range": [len(rows) - 0.5, -0.5],
            "tickvals": list(range(len(rows))),
            "ticktext": [escape(display[row.name]) for row in rows],
            "showgrid": False,
            "zeroline": False,
        },
    )
    if percent:
        figure.update_xaxes(tickformat=".0%", selector={"side": "top"})
    _heads(figure, dark)
    return figure


def _limits(rows: Sequence[ClassRow], percent: bool) -> tuple[float, float]:
    values = [v for row in rows for v in (row.source, row.target, row.before) if math.isfinite(v)]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    pad = 0.06 * max(high - low, 0.1)
    return (max(-0.02, low - pad), 1.03) if percent else (low - pad, high + pad)


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
            hovertemplate=f"{what}: %{{x:.3f}}<extra>{escape(row.name)}</extra>",
        )


def _course(figure: go.Figure, row: ClassRow, y: int, *, color: str) -> None:
    values = np.array(row.course, float)
    if len(values) < 2:
        return
    low, high = np.nanmin(values), np.nanmax(values)
    span = max(high - low, 1e-6)
    places = y + 0.28 - 0.56 * (values - low) / span
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
    figure: go.Figure, row: ClassRow, y: int, *, measure: str, display: Style, dark: bool
) -> None:
    weak = math.isfinite(row.target) and row.target < WEAK[measure]
    ink = colors.WORSE[dark] if weak else colors.INK[dark]
    _text(figure, 0.5, y, f"<b>{shown(measure, row.target)}</b>", ink)
    if row.rival is not None:
        rival = escape(display[row.rival].lower())
        text = f"{rival}, {100 * row.rival_share:.0f} of 100"
        _text(figure, 0.56, y, text, colors.INK_2[dark])
    if math.isfinite(row.before) and math.isfinite(row.target):
        factor = 100 if is_share(measure) else 1
        digits = 0 if factor == 100 else 2
        change = round(factor * row.target, digits) - round(factor * row.before, digits)
        ink = colors.WORSE[dark] if change < 0 else colors.INK_2[dark]
        _text(figure, 1.0, y, f"{change:+.{digits}f}", ink, anchor="right")


def _text(
    figure: go.Figure, x: float, y: int, text: str, color: str, *, anchor: str = "left"
) -> None:
    figure.add_annotation(
        x=x, y=y, xref="paper", yref="y", text=text, showarrow=False, xanchor=anchor,
        font={"color": color, "size": 13},
    )  # fmt: skip


def _heads(figure: go.Figure, dark: bool) -> None:
    heads = ((0.56, "most often nearest to", "left"), (1.0, "target, since before", "right"))
    for x, text, anchor in heads:
        figure.add_annotation(
            x=x, y=1, xref="paper", yref="paper", yshift=16, text=text, showarrow=False,
            xanchor=anchor, font={"color": colors.INK_3[dark], "size": 12},
        )  # fmt: skip


def matrix_figure(
    shares: pd.DataFrame, *, names: Sequence[str], display: Style, dark: bool
) -> go.Figure:
    """Return true class (rows) by nearest prototype (columns), in % of the row."""
    wide = shares.pivot_table(index="class", columns="rival", values="value")
    values = 100 * wide.reindex(index=list(names), columns=list(names)).to_numpy(float)
    known = np.isfinite(values).any(axis=1)
    values = np.where(known[:, None], np.nan_to_num(values), np.nan)
    off = values.copy()
    np.fill_diagonal(off, np.nan)
    text = [[f"{v:.0f}" if math.isfinite(v) and v >= 4.5 else "" for v in row] for row in values]
    ticks = [escape(display[name]) for name in names]
    ramp = [colors.FILL[True], *_BRIGHTENING] if dark else list(colors.SEQUENTIAL)
    stops = len(ramp) - 1
    figure = go.Figure(
        go.Heatmap(
            z=off,
            zmin=0,
            zmax=max(40.0, float(np.nanmax(off)) if np.isfinite(off).any() else 40.0),
            colorscale=[[i / stops, color] for i, color in enumerate(ramp)],
            showscale=False,
            xgap=1,
            ygap=1,
            text=text,
            texttemplate="%{text}",
            textfont={"size": 12 if len(names) <= 13 else 9},
            hoverongaps=False,
            x=list(range(len(names))),
            y=list(range(len(names))),
            customdata=[[f"{a} nearest to {b}" for b in ticks] for a in ticks],
            hovertemplate="%{customdata}: %{z:.1f} %<extra></extra>",
        )
    )
    for i, row in enumerate(text):
        if row[i]:
            figure.add_annotation(
                x=i,
                y=i,
                text=row[i],
                showarrow=False,
                font={"size": 12, "color": colors.INK_3[dark]},
            )
    base(figure, dark, height=84 + 22 * len(names), margin={"l": 8, "r": 28, "t": 8, "b": 4})
    plain = {"showgrid": False, "zeroline": False, "automargin": True, "ticks": ""}
    places = {"tickvals": list(range(len(names))), "ticktext": ticks, **plain}
    figure.update_yaxes(autorange="reversed", **places)
    figure.update_xaxes(side="top", tickangle=-45, **places)
    return figure


def gap_figure(
    courses: Mapping[str, Mapping[int, float]],
    changes: Sequence[tuple[str, float, float]],
    *,
    display: Style,
    mark: Style,
    dark: bool,
) -> go.Figure:
    """Return the domain gap of every class over the steps; what closed least and most is lit."""
    ordered = [name for name, _, _ in changes]
    lit = {*ordered[: _MOST_LIT - 1], *ordered[-1:]} if len(ordered) > _MOST_LIT else set(ordered)
    change_of = {name: change for name, _, change in changes}
    figure = go.Figure()
    ends = []
    for name in sorted(ordered, key=lambda one: one in lit):
        course = courses[name]
        steps, values = list(course), list(course.values())
        color = mark[name] if name in lit else colors.STRONG_BORDER[dark]
        figure.add_scatter(
            x=steps,
            y=values,
            mode="lines",
            line={"color": color, "width": 2 if name in lit else 1.2},
            hovertemplate=f"{escape(display[name])}: %{{y:.2f}} at step %{{x:,}}<extra></extra>",
        )
        if name in lit:
            ends.append((values[-1], name, steps[-1]))
    heights = _apart([value for value, _, _ in sorted(ends)], courses)
    for height, (value, name, step) in zip(heights, sorted(ends), strict=True):
        change = change_of[name]
        tail = f" {change:+.2f}" if math.isfinite(change) else ""
        ink = colors.WORSE[dark] if change > 0.005 else colors.INK[dark]
        figure.add_scatter(
            x=[step], y=[value], mode="markers", marker={"color": mark[name], "size": 8},
            hoverinfo="skip",
        )  # fmt: skip
        figure.add_annotation(
            x=1.01, y=height, xref="paper", yref="y", xanchor="left", showarrow=False,
            text=f"<b>{escape(display[name])}</b>{tail}", font={"color": ink, "size": 12},
        )  # fmt: skip
    base(figure, dark, height=220, margin={"l": 40, "r": 130, "t": 8, "b": 28})
    figure.update_yaxes(gridcolor=colors.BORDER[dark], zeroline=False, nticks=5, rangemode="tozero")
    figure.update_xaxes(showgrid=False, zeroline=False, tickformat=",d", nticks=6)
    return figure


def _apart(values: Sequence[float], courses: Mapping[str, Mapping[int, float]]) -> list[float]:
    """Return label heights, ascending, at least one line of text apart."""
    top = max((v for course in courses.values() for v in course.values()), default=1.0)
    least = 0.085 * top
    placed: list[float] = []
    for value in values:
        placed.append(value if not placed else max(value, placed[-1] + least))
    return placed
