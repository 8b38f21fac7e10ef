"""What Plotly figures share: names and colours of classes, and a bare layout."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from dashboard import colors

FONT = "Source Sans, sans-serif"


@dataclass(frozen=True)
class Look:
    """Display names and colours of the classes, in id order, on a light or a dark page."""

    displays: Sequence[str]
    swatches: Sequence[str]
    marks: Sequence[str]
    dark: bool


@dataclass(frozen=True)
class Card:
    """A chart with the words around it, the same on a page, in a file to send and in a paper.

    Attributes:
        title: what it shows.
        unit: of its values, shown beside the title.
        figure: None where there is nothing to draw yet; `awaited` then says what it waits for.
        key: what its marks mean; empty where they say it themselves.
        reading: how to read it, with one of its own numbers.
        awaited: stands in place of a figure.
    """

    title: str
    unit: str = ""
    figure: go.Figure | None = None
    key: str = ""
    reading: str = ""
    awaited: str = ""


def plain_figure(figure: go.Figure) -> dict[str, Any]:
    """Return a figure as JSON holds it: lists and numbers, null for NaN."""
    plain: dict[str, Any] = json.loads(figure.to_json())
    return plain


def library_code() -> str:
    """Return the JavaScript that draws figures in a browser; it sets `window.Plotly`."""
    return str(get_plotlyjs())


def base(figure: go.Figure, dark: bool, *, height: int, margin: dict[str, int]) -> None:
    """Set height, margins, fonts; no frame, no legend, no tools."""
    figure.update_layout(
        height=height,
        margin={"b": 8, **margin},
        showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 13, "color": colors.INK[dark]},
        dragmode=False,
        hoverlabel={"font": {"family": FONT}},
    )
