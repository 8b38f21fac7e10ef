"""Pictures of the map page as HTML: the classes of a selection, and its pixels as crops."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from dashboard import colors


@dataclass(frozen=True)
class ClassCount:
    """How many pixels of a class are selected in each domain."""

    name: str
    color: str
    source: int
    target: int

    @property
    def total(self) -> int:
        """Return the pixels of both domains."""
        return self.source + self.target


def count_bars(counts: Sequence[ClassCount]) -> str:
    """Return a bar for each class: outlined for source, filled for target."""
    largest = max((one.total for one in counts), default=1)
    rows = []
    for one in counts:
        widths = (70 * one.source / largest, 70 * one.target / largest)
        rows.append(
            f'<div class="row"><i style="background:{one.color}"></i>'
            f"<span>{escape(one.name)}</span>"
            f'<s><u style="width:{widths[0]:.1f}%;border:1.5px solid {one.color}"></u>'
            f'<u style="width:{widths[1]:.1f}%;background:{one.color}"></u></s>'
            f"<b>{one.total:,}</b></div>"
        )
    return _STYLE + f'<div class="spcl-counts">{"".join(rows)}</div>'


def share_bars(shares: Sequence[tuple[str, str, float]]) -> str:
    """Return a bar for each (name, colour, share in [0, 1]); the whole width is 1."""
    rows = [
        f'<div class="row"><i style="background:{color}"></i><span>{escape(name)}</span>'
        f'<s><u style="width:{100 * share:.1f}%;background:{color}"></u></s>'
        f"<b>{100 * share:.0f} %</b></div>"
        for name, color, share in shares
    ]
    return _STYLE + f'<div class="spcl-counts">{"".join(rows)}</div>'


@dataclass(frozen=True)
class PixelRow:
    """A selected pixel: its image and (title, address of the crop, verdict) for each column.

    The verdict says whether the class is right; None where there is nothing to judge. `href` is the
    address of the whole image.
    """

    name: str
    pictures: tuple[tuple[str, str, bool | None], ...]
    href: str = ""


def pixel_rows(rows: Sequence[PixelRow], heads: Sequence[str], *, dark: bool) -> str:
    """Return a row for each pixel: crops of input, predictions and truth, a cross-hair on each."""
    head = "".join(f"<span>{escape(text)}</span>" for text in heads)
    body = "".join(_pixel_row(row) for row in rows)
    grid = f"grid-template-columns:repeat({len(heads)},1fr);--worse:{colors.WORSE[dark]}"
    return _STYLE + f'<div class="spcl-pixels" style="{grid}">{head}{body}</div>'


def _pixel_row(row: PixelRow) -> str:
    cells = []
    for place, (title, address, verdict) in enumerate(row.pictures):
        picture = f'<img src="{escape(address)}" alt="{escape(title)}">' if address else "<em></em>"
        if row.href and not place:
            label = f"{escape(title)}: open its masks, this pixel marked"
            link = f'data-page="masks" href="{escape(row.href)}" title="{label}"'
            picture = f"<a {link}>{picture}</a>"
        mark = {None: "", True: "✓ ", False: "✗ "}[verdict]
        kind = "wrong" if verdict is False else ""
        cells.append(
            f'<figure><div>{picture}</div><figcaption class="{kind}" title="{escape(title)}">'
            f"{mark}{escape(title)}</figcaption></figure>"
        )
    return "".join(cells)


def comparison_table(
    names: Sequence[str],
    rows: Sequence[tuple[str, Sequence[str]]],
    pictures: Sequence[Sequence[tuple[str, str, bool | None]]],
) -> str:
    """Return groups of pixels side by side: what is known of them, and what they look like.

    Args:
        names: of the groups.
        rows: a title, and a value for each group.
        pictures: for each group (title, address of the crop, verdict).
    """
    heads = "".join(f'<th scope="col" title="{escape(name)}">{escape(name)}</th>' for name in names)
    body = "".join(
        f'<tr><th scope="row">{escape(title)}</th>'
        + "".join(f"<td>{escape(value)}</td>" for value in values)
        + "</tr>"
        for title, values in rows
    )
    cells = "".join(f"<td>{_thumbnails(group)}</td>" for group in pictures)
    typical = f'<tr><th scope="row">Typical</th>{cells}</tr>'
    table = f"<thead><tr><td></td>{heads}</tr></thead><tbody>{body}{typical}</tbody>"
    return _STYLE + f'<table class="spcl-compared">{table}</table>'


def _thumbnails(pictures: Sequence[tuple[str, str, bool | None]]) -> str:
    return "".join(
        f'<img src="{escape(address)}" alt="{escape(title)}" title="{escape(title)}">'
        for title, address, _ in pictures
        if address
    )


_STYLE = """<style>
.spcl-compared { font-size: 12px; line-height: 16px; width: 100%; border-collapse: collapse;
  table-layout: fixed; }
.spcl-compared th, .spcl-compared td { padding: 3px 4px; text-align: left; vertical-align: top;
  font-weight: 400; overflow-wrap: anywhere; border-bottom: 1px solid #8884; }
.spcl-compared thead th { font-weight: 600; } .spcl-compared tbody th { opacity: .8; }
.spcl-compared img { width: 30%; aspect-ratio: 1; object-fit: cover; margin-right: 2%;
  border-radius: 2px; image-rendering: pixelated; }
.spcl-counts { font-size: 13px; line-height: 24px; }
.spcl-counts .row { display: grid; grid-template-columns: 12px 92px 1fr 40px;
  gap: 8px; align-items: center; }
.spcl-counts i { width: 12px; height: 12px; border-radius: 2px; }
.spcl-counts span { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.spcl-counts s { display: flex; text-decoration: none; height: 10px; }
.spcl-counts u { text-decoration: none; box-sizing: border-box; height: 10px; }
.spcl-counts b { text-align: right; font-weight: 600; }
.spcl-pixels { display: grid; gap: 4px 6px; font-size: 12px; line-height: 16px; }
.spcl-pixels > span { opacity: .75; }
.spcl-pixels figure { margin: 0; min-width: 0; }
.spcl-pixels figure div { position: relative; aspect-ratio: 1.35; overflow: hidden;
  border-radius: 2px; }
.spcl-pixels img { width: 100%; height: 100%; object-fit: cover;
  image-rendering: pixelated; display: block; }
.spcl-pixels figure div::before, .spcl-pixels figure div::after {
  content: ""; position: absolute; pointer-events: none;
  background: #fff; box-shadow: 0 0 0 1px #000a; }
.spcl-pixels figure div::before {
  left: calc(50% - 9px); top: calc(50% - .5px); width: 18px; height: 1px; }
.spcl-pixels figure div::after {
  top: calc(50% - 9px); left: calc(50% - .5px); height: 18px; width: 1px; }
.spcl-pixels figcaption { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.spcl-pixels .wrong { color: var(--worse); }
</style>"""
