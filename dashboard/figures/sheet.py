"""A card laid out for print: title, unit, key, chart and provenance, at the width of a column.

Layout happens at 120 pixels an inch, so that the 12 to 15 pixels of the pages' texts are 7 to 9
points on paper.
"""

import copy
from dataclasses import dataclass, field
from html import escape
from typing import Any

from dashboard.charts.common import Card, plain_figure
from dashboard.colors import BORDER, INK, INK_2, INK_3, PAGE

COLUMN, PAGE_WIDTH = 3.3, 7.0
"""One and two columns of a paper, in inches."""
PIXELS_PER_INCH = 120
SCALE = 96 / PIXELS_PER_INCH
"""From the pixels of the layout to those of a browser, 96 an inch."""
_SMALLEST = 12
_FONT = "Arial, Liberation Sans, Helvetica, sans-serif"
"""Not that of the pages, which is variable: in a PDF it becomes Type 3, which publishers refuse."""


@dataclass(frozen=True)
class Sheet:
    """A picture to draw.

    Attributes:
        html: everything but Plotly's figures; what comes from files is escaped in it.
        inches: how wide it is printed.
        figures: for the places in it that ask for one, as JSON.
    """

    html: str
    inches: float
    figures: list[dict[str, Any]] = field(default_factory=list)

    @property
    def pixels(self) -> int:
        """Return the width of the layout."""
        return round(self.inches * PIXELS_PER_INCH)


def sheet_of(card: Card, *, inches: float, provenance: str) -> Sheet:
    """Return a card as a sheet.

    Args:
        card: what to draw; there is a chart in it.
        inches: how wide it is printed.
        provenance: which run, step, seed and commit stand behind it.
    """
    figures = [] if card.figure is None else [_readable(plain_figure(card.figure))]
    place = "".join(
        f'<div data-figure style="height:{figure["layout"]["height"]}px"></div>'
        for figure in figures
    )
    key = f"<p>{escape(card.key)}</p>" if card.key else ""
    html = (
        f'<main style="width:{round(inches * PIXELS_PER_INCH)}px"><header>'
        f"<h1>{escape(card.title)}</h1><span>{escape(card.unit)}</span></header>"
        f"{key}{place}{card.html}<footer>{escape(provenance)}</footer></main>"
    )
    return Sheet(html, inches, figures)


def _readable(figure: dict[str, Any]) -> dict[str, Any]:
    """Return a figure without any text too small for paper, in a font that can be embedded."""
    found = copy.deepcopy(figure)
    waiting: list[Any] = [found["data"], found["layout"]]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            for key, inner in list(value.items()):
                if key.endswith("font") and isinstance(inner, dict) and "size" in inner:
                    inner["size"] = max(_SMALLEST, inner["size"])
                if key == "family":
                    value[key] = _FONT
                waiting.append(inner)
    return found


def shell() -> str:
    """Return the page that sheets are shown on."""
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><style>
@page {{ margin: 0; }}
* {{ print-color-adjust: exact; }}
body {{ margin: 0; background: {PAGE[False]}; }}
main {{ font: 13px/17px {_FONT}; color: {INK[False]}; background: {PAGE[False]};
  font-variant-numeric: tabular-nums lining-nums; }}
header {{ display: flex; justify-content: space-between; align-items: baseline; gap: 4px 16px;
  flex-wrap: wrap; }}
h1 {{ font-size: 15px; line-height: 20px; font-weight: 600; margin: 0; }}
header span, main > p {{ font-size: 12px; line-height: 16px; color: {INK_3[False]}; margin: 0; }}
main > p {{ color: {INK_2[False]}; padding: 2px 0 4px; }}
footer {{ font-size: 12px; line-height: 16px; color: {INK_3[False]}; padding: 4px 0 2px;
  margin-top: 4px; border-top: 1px solid {BORDER[False]}; overflow-wrap: anywhere; }}
</style><script src="/plotly.js"></script></head><body></body></html>"""
