"""The reliability diagram: share of pixels that are right, by confidence, before and now."""

import numpy as np
import plotly.graph_objects as go

from dashboard import colors
from dashboard.charts.common import base
from dashboard.data.masks import Reliability

_TOLD_FROM = 0.1
"""A bar with at least this share of the pixels has it written above."""


def reliability_figure(now: Reliability, before: Reliability | None, *, dark: bool) -> go.Figure:
    """Return both curves over the diagonal, and below how many pixels each confidence has."""
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": colors.STRONG_BORDER[dark], "width": 1},
        hoverinfo="skip",
    )
    if before is not None:
        _curve(figure, before, "before", color=colors.INK_3[dark], dash="dash", size=5)
    _curve(figure, now, "now", color=colors.BETTER[dark], dash="solid", size=7)
    _bars(figure, now, dark)
    base(figure, dark, height=360, margin={"l": 8, "r": 16, "t": 8, "b": 40})
    grid = {"gridcolor": colors.BORDER[dark], "zeroline": False, "tickformat": ".0%"}
    title = {"font": {"size": 12, "color": colors.INK_3[dark]}, "standoff": 8}
    figure.update_layout(
        bargap=0.15,
        xaxis={
            **grid,
            "range": [0, 1.01],
            "showgrid": False,
            "nticks": 6,
            "anchor": "y2",
            "title": {"text": "confidence of the prediction", **title},
        },
        yaxis={
            **grid,
            "domain": [0.26, 1],
            "range": [0, 1.03],
            "nticks": 6,
            "automargin": True,
            "title": {"text": "share that is right", **title},
        },
        yaxis2={
            "domain": [0, 0.16],
            "showgrid": False,
            "zeroline": False,
            "showticklabels": False,
            "rangemode": "tozero",
            "title": {"text": "pixels", **title},
        },
    )
    return figure


def _curve(
    figure: go.Figure, curve: Reliability, name: str, *, color: str, dash: str, size: int
) -> None:
    known = np.isfinite(curve.confidence) & np.isfinite(curve.accuracy)
    figure.add_scatter(
        x=curve.confidence[known],
        y=curve.accuracy[known],
        mode="lines+markers",
        line={"color": color, "width": 2, "dash": dash},
        marker={"color": color, "size": size},
        customdata=curve.pixels[known],
        hovertemplate=f"{name}: %{{x:.0%}} sure, %{{y:.0%}} right, %{{customdata:,}} pixels"
        "<extra></extra>",
    )


def _bars(figure: go.Figure, curve: Reliability, dark: bool) -> None:
    bins = len(curve.pixels)
    shares = curve.pixels / max(1, curve.pixels.sum())
    figure.add_bar(
        x=(np.arange(bins) + 0.5) / bins,
        y=shares,
        yaxis="y2",
        marker={"color": colors.BETTER[dark], "line": {"width": 0}},
        text=[f"{share:.0%}" if share >= _TOLD_FROM else "" for share in shares],
        textposition="outside",
        textfont={"size": 12, "color": colors.INK_2[dark]},
        cliponaxis=False,
        hovertemplate="%{y:.1%} of the pixels<extra></extra>",
    )
