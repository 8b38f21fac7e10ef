"""What Plotly figures share: names and colours of classes, and a bare layout."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import colors

FONT = "Source Sans, sans-serif"


@dataclass(frozen=True)
class Look:
    """Display names and colours of the classes, in id order, on a light or a dark page."""

    displays: Sequence[str]
    swatches: Sequence[str]
    marks: Sequence[str]
    dark: bool


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
    figure.update_annotations(font_family=FONT)
