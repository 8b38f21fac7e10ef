"""Figure of mIoU over the steps, in both domains; the live page draws it as it grows."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from dashboard import colors
from dashboard.charts.common import base, text_of
from dashboard.text.common import percent

_LINE_SHARE = 0.075
"""Height of a line of text as a share of the axis."""


def miou_figure(
    curves: Mapping[str, Mapping[int, float]],
    beside: Sequence[tuple[str, float]],
    *,
    strong: str,
    before: int | None,
    dark: bool,
) -> go.Figure:
    """Return mIoU in percent over the steps, the end of each line with its name and value.

    Args:
        curves: name -> step -> mean IoU in [0, 1].
        beside: name and mean IoU of models that the run is compared with, dashed.
        strong: the line that counts; the others are grey.
        before: the step at which adaptation begins; None if there is none.
        dark: whether the page is dark.
    """
    figure = go.Figure()
    ends: list[tuple[float, str, str]] = []
    for name, values in curves.items():
        color = colors.BETTER[dark] if name == strong else colors.INK_3[dark]
        line = {"color": color, "width": 2.5 if name == strong else 1.5}
        shares = [100 * value for value in values.values()]
        mode = "lines" if len(shares) > 1 else "markers"
        figure.add_scatter(x=list(values), y=shares, mode=mode, line=line)
        ends.append((shares[-1], f"<b>{text_of(name)}</b> {percent(shares[-1] / 100)}", color))
    for name, value in beside:
        dashed = {"color": colors.STRONG_BORDER[dark], "width": 1.5, "dash": "dash"}
        figure.add_hline(100 * value, line=dashed)
        ends.append((100 * value, f"{text_of(name)} {percent(value)}", colors.INK_2[dark]))
    if before is not None:
        _adaptation(figure, before, dark)
    low, high = _range([end for end, _, _ in ends], curves)
    for place, (_, text, color) in zip(_apart(ends, low, high), sorted(ends), strict=True):
        figure.add_annotation(
            x=1.01, y=place, xref="paper", yref="y", xanchor="left", showarrow=False, text=text,
            font={"color": color, "size": 12},
        )  # fmt: skip
    base(figure, dark, height=260, margin={"l": 40, "r": 130, "t": 20, "b": 28})
    figure.update_yaxes(range=[low, high], gridcolor=colors.BORDER[dark], zeroline=False, nticks=5)
    figure.update_xaxes(showgrid=False, zeroline=False, tickformat=",d", nticks=6)
    first, last = (end(step for values in curves.values() for step in values) for end in (min, max))
    if last > first:
        figure.update_xaxes(range=[first, last])
    return figure


def _adaptation(figure: go.Figure, before: int, dark: bool) -> None:
    figure.add_vline(before, line={"color": colors.STRONG_BORDER[dark], "width": 1})
    figure.add_annotation(
        x=before, y=1, yref="paper", xanchor="left", yanchor="bottom", showarrow=False,
        text="adaptation begins", font={"color": colors.INK_3[dark], "size": 12},
    )  # fmt: skip


def _range(ends: Sequence[float], curves: Mapping[str, Mapping[int, float]]) -> tuple[float, float]:
    every = [100 * value for values in curves.values() for value in values.values()]
    low, high = min([*every, *ends]), max([*every, *ends])
    room = 0.06 * max(high - low, 5.0)
    return max(0.0, low - room), high + room


def _apart(ends: Sequence[tuple[float, str, str]], low: float, high: float) -> list[float]:
    """Return the heights of the labels from below, a line of text apart and inside the axis."""
    least = _LINE_SHARE * (high - low)
    places: list[float] = []
    for end, *_ in sorted(ends):
        places.append(end if not places else max(end, places[-1] + least))
    limit = high
    for index in range(len(places) - 1, -1, -1):
        places[index] = min(places[index], limit)
        limit = places[index] - least
    return places
