"""Figure of the domain gap over the steps: the classes that closed least and most stand out."""

import math
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from dashboard import colors
from dashboard.charts.common import base, short_text, text_of
from dashboard.text.common import signed
from dashboard.text.separability.domain_gap import MIN_CHANGE, GapChange

_MAX_HIGHLIGHTED = 3
_LONGEST_NAME = 13
_LABEL_SHARE = 0.085
"""Height of a line of text as a share of the largest gap."""


def gap_figure(
    histories: Mapping[str, Mapping[int, float]],
    changes: Sequence[GapChange],
    *,
    display: Mapping[str, str],
    mark: Mapping[str, str],
    dark: bool,
) -> go.Figure:
    """Return a line for each class: its domain gap in class spreads, over the steps.

    Args:
        histories: class -> step -> gap.
        changes: the same classes, least closed first.
        display: class -> display name.
        mark: class -> colour of its line.
        dark: whether the page is dark.
    """
    highlighted = _highlighted([one.name for one in changes])
    ordered = sorted(changes, key=lambda one: one.name in highlighted)
    figure = go.Figure(
        [
            _line(
                histories[one.name],
                display[one.name],
                color=mark[one.name] if one.name in highlighted else colors.STRONG_BORDER[dark],
                width=2 if one.name in highlighted else 1.2,
            )
            for one in ordered
        ]
    )
    labelled = sorted((one for one in changes if one.name in highlighted), key=lambda one: one.now)
    heights = _spread_labels([one.now for one in labelled], histories)
    for one, height in zip(labelled, heights, strict=True):
        _end(figure, one, max(histories[one.name]), color=mark[one.name])
        _label(figure, one, height, display[one.name], dark)
    base(figure, dark, height=220, margin={"l": 40, "r": 130, "t": 8, "b": 28})
    figure.update_yaxes(gridcolor=colors.BORDER[dark], zeroline=False, nticks=5, rangemode="tozero")
    steps = {step for history in histories.values() for step in history}
    ticks = {"tickvals": list(steps)} if len(steps) == 1 else {"nticks": 6}
    figure.update_xaxes(showgrid=False, zeroline=False, tickformat=",d", **ticks)
    return figure


def _line(history: Mapping[int, float], name: str, *, color: str, width: float) -> go.Scatter:
    return go.Scatter(
        x=list(history),
        y=list(history.values()),
        mode="lines",
        line={"color": color, "width": width},
        hovertemplate=f"{text_of(name)}: %{{y:.2f}} at step %{{x:,}}<extra></extra>",
    )


def _highlighted(ordered: Sequence[str]) -> set[str]:
    """Return the classes that closed least, and the one that closed most."""
    if len(ordered) <= _MAX_HIGHLIGHTED:
        return set(ordered)
    return {*ordered[: _MAX_HIGHLIGHTED - 1], *ordered[-1:]}


def _end(figure: go.Figure, one: GapChange, step: int, *, color: str) -> None:
    figure.add_scatter(
        x=[step],
        y=[one.now],
        mode="markers",
        marker={"color": color, "size": 8},
        hoverinfo="skip",
    )


def _label(figure: go.Figure, one: GapChange, height: float, name: str, dark: bool) -> None:
    change = f" {signed(one.change, 2)}" if math.isfinite(one.change) else ""
    ink = colors.WORSE[dark] if one.change > MIN_CHANGE else colors.INK[dark]
    figure.add_annotation(
        x=1.01, y=height, xref="paper", yref="y", xanchor="left", showarrow=False,
        text=f"<b>{short_text(name, _LONGEST_NAME)}</b>{change}", font={"color": ink, "size": 12},
    )  # fmt: skip


def _spread_labels(
    values: Sequence[float], histories: Mapping[str, Mapping[int, float]]
) -> list[float]:
    """Return label heights, ascending, at least one line of text apart."""
    top = max((v for history in histories.values() for v in history.values()), default=1.0)
    heights: list[float] = []
    for value in values:
        heights.append(value if not heights else max(value, heights[-1] + _LABEL_SHARE * top))
    return heights
