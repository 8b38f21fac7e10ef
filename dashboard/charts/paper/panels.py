"""Pictures side by side in rows, and the colours of classes, as HTML; text is escaped here."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from dashboard.charts.common import Look


@dataclass(frozen=True)
class PanelRow:
    """Pictures of one image.

    Attributes:
        name: what it stands for, as "Typical"; empty for a row alone.
        text: what is known of it.
        pictures: their addresses, "" where there is none.
    """

    name: str
    text: str
    pictures: tuple[str, ...]


def panel_rows(rows: Sequence[PanelRow], heads: Sequence[str]) -> str:
    """Return a line of words and a line of pictures for each row, below the heads."""
    grid = f"grid-template-columns:repeat({len(heads)},1fr)"
    head = "".join(f"<span>{escape(text)}</span>" for text in heads)
    body = "".join(_row(row, grid) for row in rows)
    heading = f'<div style="{grid}">{head}</div>'
    return f'{_STYLE}<div class="spcl-panels">{heading}{body}</div>'


def _row(row: PanelRow, grid: str) -> str:
    name = f"<b>{escape(row.name)}</b> " if row.name else ""
    pictures = "".join(
        f'<img src="{escape(address)}" alt="">' if address else "<i></i>"
        for address in row.pictures
    )
    return f'<p>{name}{escape(row.text)}</p><div style="{grid}">{pictures}</div>'


def class_key(look: Look, shown: Sequence[int], *, marks: bool) -> str:
    """Return the names of classes with their colours.

    Args:
        look: names and colours of all classes.
        shown: ids of those that occur.
        marks: whether the colours are those of marks, not of masks.
    """
    colors = look.marks if marks else look.swatches
    return key_of([(look.displays[k], colors[k]) for k in shown])


def key_of(entries: Sequence[tuple[str, str]]) -> str:
    """Return names with their colours, "#RRGGBB"."""
    listed = "".join(
        f'<span><i style="background:{color}"></i>{escape(name)}</span>' for name, color in entries
    )
    return f'{_STYLE}<div class="spcl-key">{listed}</div>'


_STYLE = """<style>
.spcl-panels { font-size: 12px; line-height: 16px; }
.spcl-panels div { display: grid; gap: 4px; }
.spcl-panels p { margin: 6px 0 2px; }
.spcl-panels b { font-weight: 600; }
.spcl-panels img { width: 100%; display: block; image-rendering: pixelated; }
.spcl-key { display: flex; flex-wrap: wrap; gap: 2px 12px; font-size: 12px; line-height: 16px;
  padding-top: 4px; }
.spcl-key span { display: flex; align-items: center; gap: 4px; white-space: nowrap; }
.spcl-key i { width: 9px; height: 9px; border-radius: 2px; }
</style>"""
