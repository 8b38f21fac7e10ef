"""What Plotly figures share: names and colours of classes, and a bare layout."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from dashboard import colors

FONT = "Source Sans, sans-serif"


@dataclass(frozen=True)
class Look:
    """How the classes are called and coloured, in id order, and where they are drawn.

    Attributes:
        displays: what people call them.
        swatches: colours in the masks.
        marks: colours of marks and lines.
        dark: whether the page is dark.
        narrow: whether it stands in one column of a paper, half as wide as on a page.
    """

    displays: Sequence[str]
    swatches: Sequence[str]
    marks: Sequence[str]
    dark: bool
    narrow: bool = False

    def of(self, class_ids: Sequence[int]) -> "Look":
        """Return how these classes look, in their order."""

        def kept(every: Sequence[str]) -> list[str]:
            return [every[class_id] for class_id in class_ids]

        return replace(
            self,
            displays=kept(self.displays),
            swatches=kept(self.swatches),
            marks=kept(self.marks),
        )


@dataclass(frozen=True)
class Card:
    """A chart with the words around it, the same on a page, in a file to send and in a paper.

    Attributes:
        title: what it shows.
        unit: of its values, shown beside the title.
        figure: None where there is nothing to draw yet; `awaited` then says what it waits for.
        html: a chart that is no Plotly figure, or what stands below one.
        key: what its marks mean; empty where they say it themselves.
        reading: how to read it, with one of its own numbers.
        awaited: stands in place of a chart.
        numbers: those that are drawn, one row a mark.
        cells: names of the classes of its rows and columns, where it is a table of classes.
    """

    title: str
    unit: str = ""
    figure: go.Figure | None = None
    html: str = ""
    key: str = ""
    reading: str = ""
    awaited: str = ""
    numbers: pd.DataFrame | None = None
    cells: Sequence[str] = ()

    @property
    def is_drawn(self) -> bool:
        """Return whether there is a chart, not only what it waits for."""
        return self.figure is not None or bool(self.html)


def text_of(name: str) -> str:
    """Return a text from files as Plotly shows it letter by letter; it knows no `&quot;`."""
    return escape(name, quote=False)


def short_text(name: str, most: int) -> str:
    """Return a name of at most `most` letters as Plotly shows it letter by letter."""
    return text_of(name if len(name) <= most else f"{name[: most - 1].rstrip()}…")


def square(color: str, dark: bool) -> str:
    """Return a small square of a mask colour as text; on a dark page with a border that shows it.

    On paper it has none: the letters of a PDF would become drawings (Type 3).
    """
    border = f";stroke:{colors.INK_3[dark]};stroke-width:.7" if dark else ""
    return f'<span style="color:{color}{border}">■</span>'


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
