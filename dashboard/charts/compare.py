"""Figures of the Compare page: curves of several runs on one axis, and classes by difference."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import colors
from dashboard.charts.common import base, text_of
from dashboard.text.common import signed

LINES = {
    False: ("#5B6472", "#2B55DB", "#C2561A", "#0F7B6C", "#8A3FC7", "#B0246A"),
    True: ("#A9B2C0", "#93AEFF", "#F0A060", "#5FD0BE", "#C79BF0", "#F08AB8"),
}
"""Of groups of runs, the first the one that is held against; light page, dark page."""
_ROW = 26


@dataclass(frozen=True)
class Curves:
    """The curves of runs that only the seed tells apart.

    Attributes:
        name: what the group is called.
        runs: of each run x -> value in percent.
    """

    name: str
    runs: Sequence[Mapping[float, float]]


def curves_figure(
    groups: Sequence[Curves], *, title: str, dark: bool, suffix: str = " %"
) -> go.Figure:
    """Return a line a run; of several, their mean in bold and the band from least to most.

    Args:
        groups: what is drawn, the first in grey.
        title: of the horizontal axis.
        dark: whether the page is dark.
        suffix: of the values.
    """
    figure = go.Figure()
    for i, group in enumerate(groups):
        color = LINES[dark][i % len(LINES[dark])]
        drawn = [one for one in group.runs if one]
        if not drawn:
            continue
        mean = _mean(drawn)
        if len(drawn) > 1:
            _band(figure, drawn, color)
        _line(figure, mean, color, group.name, suffix=suffix)
    base(figure, dark, height=300, margin={"l": 40, "r": 16, "t": 26, "b": 40})
    figure.update_yaxes(gridcolor=colors.BORDER[dark], zeroline=False, nticks=6, ticksuffix=suffix)
    figure.update_xaxes(showgrid=False, zeroline=False, nticks=7, title=_axis_title(title))
    figure.update_layout(
        showlegend=True,
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"size": 12},
            "traceorder": "normal",
        },  # fmt: skip
    )
    return figure


def _axis_title(text: str) -> dict[str, object]:
    return {"text": text, "standoff": 6, "font": {"size": 12}}


def _mean(runs: Sequence[Mapping[float, float]]) -> pd.Series:
    """Return the mean at every place that all runs have."""
    frame = pd.DataFrame([pd.Series(dict(one)) for one in runs]).sort_index(axis=1)
    return frame.dropna(axis=1).mean() if len(runs) > 1 else frame.iloc[0].dropna()


def _band(figure: go.Figure, runs: Sequence[Mapping[float, float]], color: str) -> None:
    frame = pd.DataFrame([pd.Series(dict(one)) for one in runs]).sort_index(axis=1).dropna(axis=1)
    plain = {"mode": "lines", "hoverinfo": "skip", "showlegend": False}
    figure.add_scatter(x=list(frame), y=frame.min(), line={"width": 0}, **plain)
    figure.add_scatter(
        x=list(frame), y=frame.max(), line={"width": 0}, fill="tonexty",
        fillcolor=_faint(color), **plain,
    )  # fmt: skip
    for one in runs:
        figure.add_scatter(
            x=list(one), y=list(one.values()), line={"width": 1, "color": color}, opacity=0.45,
            **plain,
        )  # fmt: skip


def _faint(color: str) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.14)"


def _line(figure: go.Figure, values: pd.Series, color: str, name: str, *, suffix: str) -> None:
    shown = text_of(name)
    figure.add_scatter(
        x=list(values.index), y=values, mode="lines+markers", name=shown,
        line={"color": color, "width": 2.2}, marker={"size": 5, "color": color},
        hovertemplate=f"{shown}: %{{y:.3g}}{suffix}<extra></extra>",
    )  # fmt: skip


def differences_figure(table: pd.DataFrame, *, unit: str, dark: bool, digits: int = 1) -> go.Figure:
    """Return a dot a class, right of zero where the second run is better, with its interval.

    Args:
        table: class, change, low, high, in the order from above to below.
        unit: of the horizontal axis.
        dark: whether the page is dark.
        digits: behind the point.
    """
    figure = go.Figure()
    places = list(range(len(table)))
    for y, (name, change, low, high) in enumerate(_rows(table)):
        color = colors.BETTER[dark] if change >= 0 else colors.WORSE_MARK[dark]
        if math.isfinite(low):
            figure.add_scatter(
                x=[low, high], y=[y, y], mode="lines", hoverinfo="skip",
                line={"color": color, "width": 2},
            )  # fmt: skip
        figure.add_scatter(
            x=[change], y=[y], mode="markers", cliponaxis=False,
            marker={
                "size": 11, "color": colors.PAGE[dark] if low <= 0 <= high else color,
                "line": {"color": color, "width": 2},
            },
            hovertemplate=f"{text_of(name)}: %{{x:+.{digits}f}}<extra></extra>",
        )  # fmt: skip
    base(
        figure,
        dark,
        height=64 + _ROW * len(table),
        margin={"l": 108, "r": 52, "t": 8, "b": 40},
    )
    figure.update_layout(
        annotations=[_value(y, one[1], dark, digits) for y, one in enumerate(_rows(table))]
    )
    figure.update_yaxes(
        range=[len(table) - 0.5, -0.5], tickvals=places, showgrid=False, zeroline=False,
        ticktext=[text_of(name) for name in table["class"]],
    )  # fmt: skip
    figure.update_xaxes(
        gridcolor=colors.BORDER[dark], zeroline=True, zerolinecolor=colors.STRONG_BORDER[dark],
        zerolinewidth=2, title=_axis_title(unit), nticks=7, range=_range(table),
    )  # fmt: skip
    return figure


def _range(table: pd.DataFrame) -> list[float]:
    """Return an axis around zero, all dots and all intervals."""
    values = np.append(table[["change", "low", "high"]].to_numpy(float), 0)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    room = 0.06 * max(high - low, 0.1)
    return [low - room, high + room]


def _rows(table: pd.DataFrame) -> Iterator[tuple[str, float, float, float]]:
    numbers = table[["change", "low", "high"]].to_numpy(float)
    for name, (change, low, high) in zip(table["class"], numbers, strict=True):
        yield str(name), float(change), float(low), float(high)


def _value(y: int, change: float, dark: bool, digits: int) -> dict[str, object]:
    ink = colors.WORSE[dark] if round(change, digits) < 0 else colors.INK[dark]
    return {
        "x": 1, "y": y, "xref": "paper", "yref": "y", "xanchor": "left", "xshift": 8,
        "text": f"<b>{signed(change, digits)}</b>", "showarrow": False,
        "font": {"color": ink, "size": 13},
    }  # fmt: skip
