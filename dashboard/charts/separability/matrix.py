"""Figure of which classes overlap: a class's pixels by the prototype that they lie nearest to."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard import colors
from dashboard.charts.common import base, short_text, text_of
from dashboard.text.common import FEW_CASES

Style = Mapping[str, str]
"""Class name -> text or colour."""
_LEAST_SHOWN = 4.5
LONGEST_NAME = 18
"""Letters of a name beside a row; a longer one would take the room of the cells."""
_MOST_SLANTED = 13
_LETTER = 7.2
"""Width of a letter in pixels, on average."""


def matrix_figure(
    shares: pd.DataFrame,
    *,
    names: Sequence[str],
    display: Style,
    pixels: Mapping[str, int],
    dark: bool,
    way: str = "nearest to",
) -> go.Figure:
    """Return class (rows) by nearest prototype, or another class (columns), in % of the row.

    Args:
        shares: class, rival, value in [0, 1].
        names: class names in the order of rows and columns.
        display: class -> display name.
        pixels: class -> pixels of its row; where they are few, they stand beside its name.
        dark: whether the page is dark.
        way: what a cell says of its row and column.
    """
    values = _percent_table(shares, names)
    off_diagonal = values.copy()
    np.fill_diagonal(off_diagonal, np.nan)
    text = [[f"{v:.0f}" if v >= _LEAST_SHOWN else "" for v in row] for row in values]
    ticks = [text_of(display[name]) for name in names]
    figure = go.Figure(_heatmap(off_diagonal, text, ticks, way=way, dark=dark))
    font = {"size": 12, "color": colors.INK_3[dark]}
    figure.update_layout(
        annotations=[
            {"x": i, "y": i, "text": row[i], "showarrow": False, "font": font}
            for i, row in enumerate(text)
        ]
    )
    above = height_of([display[name] for name in names])
    base(
        figure, dark, height=24 + above + 22 * len(names), margin={"l": 8, "r": 28, "t": 8, "b": 4}
    )
    plain = {"showgrid": False, "zeroline": False, "automargin": True, "ticks": ""}
    places = {"tickvals": list(range(len(names))), **plain}
    few = [f" ({n} px)" if (n := pixels.get(name, 0)) < FEW_CASES else "" for name in names]
    short = [short_text(display[name], LONGEST_NAME) for name in names]
    rows = [tick + note for tick, note in zip(short, few, strict=True)]
    figure.update_yaxes(autorange="reversed", ticktext=rows, **places)
    angle = angle_of(len(names))
    figure.update_xaxes(side="top", tickangle=angle, ticktext=short, **places)
    return figure


def angle_of(columns: int) -> int:
    """Return the angle in degrees at which the names of so many columns do not touch."""
    return -45 if columns <= _MOST_SLANTED else -90


def height_of(names: Sequence[str]) -> int:
    """Return how many pixels the names above the columns take, so that the rows keep theirs."""
    longest = max((min(len(name), LONGEST_NAME) for name in names), default=0)
    turned = math.sin(math.radians(-angle_of(len(names))))
    return round(_LETTER * longest * turned)


def _percent_table(shares: pd.DataFrame, names: Sequence[str]) -> NDArray[np.float64]:
    """Return class x prototype in percent, (K, K); rows of unknown classes are NaN."""
    wide = shares.pivot_table(index="class", columns="rival", values="value")
    values = 100 * wide.reindex(index=list(names), columns=list(names)).to_numpy(float)
    known = np.isfinite(values).any(axis=1)
    return np.where(known[:, None], np.nan_to_num(values), np.nan)


def _heatmap(
    values: NDArray[np.float64], text: list[list[str]], ticks: list[str], *, way: str, dark: bool
) -> go.Heatmap:
    ramp = colors.SEQUENTIAL[dark]
    return go.Heatmap(
        z=values,
        zmin=0,
        zmax=float(np.nan_to_num(values).max(initial=40.0)),
        colorscale=[[i / (len(ramp) - 1), color] for i, color in enumerate(ramp)],
        showscale=False,
        xgap=1,
        ygap=1,
        text=text,
        texttemplate="%{text}",
        textfont={"size": 12 if len(ticks) <= 13 else 9},
        hoverongaps=False,
        x=list(range(len(ticks))),
        y=list(range(len(ticks))),
        customdata=[[f"{a} {way} {b}" for b in ticks] for a in ticks],
        hovertemplate="%{customdata}: %{z:.1f} %<extra></extra>",
    )
