"""A small figure of a few lines over the steps, each named at its end with its last value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import colors
from dashboard.charts.common import base, short_text, text_of

_HEIGHT = 176
_LONGEST_NAME = 12
"""Letters of a name that have room beside the lines."""
_LETTER = 6.2
"""Width of a letter of a label in pixels, on average."""
_LABEL = 0.11
"""Height of a line of text as a share of the axis."""


@dataclass(frozen=True)
class Line:
    """One line.

    Attributes:
        name: at its end.
        values: step -> value, ascending.
        color: "#RRGGBB".
        is_dashed: whether it is dashed.
    """

    name: str
    values: Mapping[int, float]
    color: str
    is_dashed: bool = False


def lines_figure(
    lines: Sequence[Line],
    *,
    digits: int,
    before: int | None,
    dark: bool,
    limits: tuple[float, float] | None = None,
) -> go.Figure:
    """Return lines over the steps.

    Args:
        lines: at least one, none of them empty.
        digits: after the point, of the values at the ends.
        before: the step at which adaptation begins; None if there is none.
        dark: whether the page is dark.
        limits: of the values; None for those that fit.
    """
    figure = go.Figure()
    for line in lines:
        steps, values = list(line.values), list(line.values.values())
        figure.add_scatter(
            x=steps,
            y=values,
            mode="lines" if len(steps) > 1 else "markers",
            line={"color": line.color, "width": 2, "dash": "dash" if line.is_dashed else "solid"},
            marker={"color": line.color, "size": 8},
            hovertemplate=f"%{{y:.{digits}f}} at step %{{x:,}}<extra>{text_of(line.name)}</extra>",
        )
    if before is not None:
        figure.add_vline(before, line={"color": colors.STRONG_BORDER[dark], "width": 1})
    low, high = _range(lines, limits)
    _name_ends(figure, lines, digits, (low, high), ink=colors.INK_2[dark])
    longest = max(min(len(line.name), _LONGEST_NAME) for line in lines) + digits + 4
    right = 12 + round(_LETTER * longest)
    base(figure, dark, height=_HEIGHT, margin={"l": 36, "r": right, "t": 8, "b": 24})
    figure.update_layout(font_size=12)
    figure.update_yaxes(range=[low, high], gridcolor=colors.BORDER[dark], nticks=4)
    figure.update_yaxes(zeroline=low < 0 < high, zerolinecolor=colors.STRONG_BORDER[dark])
    figure.update_xaxes(showgrid=False, zeroline=False, tickformat=",d", nticks=4)
    steps = [step for line in lines for step in line.values]
    if max(steps) > min(steps):
        figure.update_xaxes(range=[min(steps), max(steps)])
    return figure


def _range(lines: Sequence[Line], limits: tuple[float, float] | None) -> tuple[float, float]:
    every = [value for line in lines for value in line.values.values()]
    low, high = min(every), max(every)
    if limits is None:
        room = 0.08 * max(high - low, 0.02)
        return low - room, high + room
    least, most = limits
    room = 0.08 * max(high - low, 0.1 * (most - least))
    return max(low - room, least - room / 2), min(high + room, most + room / 2)


def _name_ends(
    figure: go.Figure, lines: Sequence[Line], digits: int, limits: tuple[float, float], *, ink: str
) -> None:
    """Write the names a line of text apart, inside the axis; those of dashed lines in `ink`."""
    low, high = limits
    least = _LABEL * (high - low)
    ends = sorted(
        (line.values[max(line.values)], line.name, ink if line.is_dashed else line.color)
        for line in lines
    )
    places: list[float] = []
    for end, *_ in ends:
        places.append(max(end, places[-1] + least) if places else max(end, low + least / 2))
    top = high - least / 2
    for i in range(len(places) - 1, -1, -1):
        places[i] = min(places[i], top)
        top = places[i] - least
    for place, (end, name, color) in zip(places, ends, strict=True):
        value = f"{end:.{digits}f}".replace("-", "−")
        figure.add_annotation(
            x=1.02, y=place, xref="paper", yref="y", xanchor="left", showarrow=False,
            text=f"{short_text(name, _LONGEST_NAME)} <b>{value}</b>",
            font={"color": color, "size": 12},
        )  # fmt: skip
