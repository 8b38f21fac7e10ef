"""Pictures of the live page as HTML: sparkline, class strip, mask tiles; text is escaped here."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

import pandas as pd

from dashboard.colors import BETTER, DIVERGING, FILL, INK_3, PAGE, SEQUENTIAL, WORSE
from dashboard.text.common import points, signed
from dashboard.text.most import MOST_CLASSES

_MAX_CELLS = 40
_FULL_CHANGE_POINTS = 20.0
FALLEN_POINTS = 5.0
"""A class that lies further below its best is framed."""


def sparkline(values: Sequence[float], *, dark: bool, strong: bool = True) -> str:
    """Return a small line with a dot at its end; empty with fewer than two finite values."""
    finite = [value for value in values if math.isfinite(value)]
    if len(finite) < 2:
        return ""
    low, high = min(finite), max(finite)
    span = (high - low) or 1.0
    places = [
        (4 + 92 * i / (len(finite) - 1), 32 - 26 * (value - low) / span)
        for i, value in enumerate(finite)
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    color = BETTER[dark] if strong else INK_3[dark]
    end_x, end_y = places[-1]
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 38" width="100" height="38">'
        f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="1.6" '
        'stroke-linejoin="round"/>'
        f'<circle cx="{end_x:.1f}" cy="{end_y:.1f}" r="2.6" fill="{color}"/></svg>'
    )
    address = f"data:image/svg+xml,{quote(drawing)}"
    return f'<img src="{address}" alt="values so far" width="100" height="38">'


@dataclass(frozen=True)
class StripRow:
    """A class of the strip: its value at each step shown, in [0, 1], NaN where it is absent."""

    name: str
    swatch: str
    values: tuple[float, ...]
    href: str = ""
    """Where its name leads; empty: nowhere."""
    is_chosen: bool = False

    @property
    def change(self) -> float:
        """Return the change from the first to the last step in points (NaN if absent)."""
        first, last = self.values[0], self.values[-1]
        return points(first, last)


def strip_rows(
    frame: pd.DataFrame,
    names: Mapping[str, str],
    swatches: Mapping[str, str],
    links: Mapping[str, str],
    *,
    chosen: str | None = None,
) -> list[StripRow]:
    """Return one row per class, in class order.

    Args:
        frame: step, class, value in [0, 1]; no row where a class is absent.
        names: class name -> display name, in class order.
        swatches: class name -> mask colour.
        links: class name -> address that its name leads to.
        chosen: name of the class that is chosen.
    """
    wide = frame.pivot_table(index="class", columns="step", values="value", dropna=False)
    return [
        StripRow(shown, swatches[name], _row(wide, name), links.get(name, ""), name == chosen)
        for name, shown in names.items()
        if name in wide.index
    ]


def _row(wide: pd.DataFrame, name: str) -> tuple[float, ...]:
    return tuple(wide.to_numpy(float)[wide.index.get_loc(name)].tolist())


def worst_first(rows: Sequence[StripRow], *, by_change: bool) -> list[StripRow]:
    """Return the rows by change or by level, lowest first; absent classes come last."""

    def place(row: StripRow) -> tuple[bool, float]:
        value = row.change if by_change else row.values[-1]
        return math.isnan(value), value

    return sorted(rows, key=place)


def thinned(steps: Sequence[int], most: int = _MAX_CELLS) -> list[int]:
    """Return at most `most` of the steps, evenly spread, first and last included."""
    if len(steps) <= most:
        return list(steps)
    return [steps[round(i * (len(steps) - 1) / (most - 1))] for i in range(most)]


def class_strip(
    rows: Sequence[StripRow], steps: Sequence[int], *, by_change: bool, dark: bool
) -> str:
    """Return classes x steps as HTML, coloured by change since the first step or by level."""
    lines = [_strip_line(row, steps, by_change=by_change, dark=dark) for row in rows]
    ends = f"<span>{steps[0]:,}</span><span>{steps[-1]:,}</span>"
    many = " spcl-many" if len(rows) > MOST_CLASSES else ""
    head = '<div class="spcl-row spcl-head"><b></b><s></s><u>now</u><u>change</u></div>'
    axis = f'<div class="spcl-row spcl-axis"><b></b><s>{ends}</s><u></u><u></u></div>'
    return _STRIP_STYLE + (
        f'<div class="spcl-strip{many}" style="--spcl-page:{PAGE[dark]}">'
        f"{head}{''.join(lines)}{axis}</div>"
    )


def _strip_line(row: StripRow, steps: Sequence[int], *, by_change: bool, dark: bool) -> str:
    fallen_from = _fallen_from(row.values)
    cells = "".join(
        _cell(row, index, step, by_change, dark, fallen_from is not None and index > fallen_from)
        for index, step in enumerate(steps)
    )
    now = row.values[-1]
    shown = f"{100 * now:.1f}" if math.isfinite(now) else "none"
    name = f"<strong>{escape(row.name)}</strong>" if row.is_chosen else escape(row.name)
    if row.href:
        name = f'<a data-page="class" href="{escape(row.href)}">{name}</a>'
    return (
        f'<div class="spcl-row"><b><i style="background:{row.swatch}"></i>{name}</b>'
        f"<s>{cells}</s><u><strong>{shown}</strong></u><u>{_change(row.change, dark)}</u></div>"
    )


def _cell(row: StripRow, index: int, step: int, by_change: bool, dark: bool, framed: bool) -> str:
    value = row.values[index]
    frame = f";outline:1px solid {WORSE[dark]};outline-offset:-1px" if framed else ""
    if not math.isfinite(value):
        title = f"{row.name}, step {step:,}: not in these images"
        return f'<i title="{escape(title)}" style="background:transparent{frame}"></i>'
    change = points(row.values[0], value)
    color = _diverging(change, dark) if by_change else _sequential(value, dark)
    title = f"{row.name}, step {step:,}: {100 * value:.1f} % ({signed(change)})"
    return f'<i title="{escape(title)}" style="background:{color}{frame}"></i>'


def _fallen_from(values: Sequence[float]) -> int | None:
    """Return the index of the best value if the last one lies clearly below it, else None."""
    finite = [(value, index) for index, value in enumerate(values) if math.isfinite(value)]
    if not finite or not math.isfinite(values[-1]):
        return None
    best, at = max(finite, key=lambda pair: (pair[0], -pair[1]))
    return at if 100 * (best - values[-1]) > FALLEN_POINTS else None


def _diverging(change: float, dark: bool) -> str:
    """Return the colour of a change in points; no change is the grey of the page."""
    share = max(-1.0, min(1.0, change / _FULL_CHANGE_POINTS))
    if abs(share) < 0.02 or not math.isfinite(share):
        return FILL[dark]
    half = DIVERGING[dark][5:] if share > 0 else DIVERGING[dark][4::-1]
    return half[min(4, int(abs(share) * 5))]


def _sequential(value: float, dark: bool) -> str:
    ramp = SEQUENTIAL[dark]
    return ramp[min(len(ramp) - 1, int(len(ramp) * value))]


def _change(change: float, dark: bool) -> str:
    if not math.isfinite(change):
        return ""
    if change == 0:
        return "0.0"
    better = change > 0
    color = BETTER[dark] if better else WORSE[dark]
    return f'<span style="color:{color}">{"▲" if better else "▼"}</span> {abs(change):.1f}'


@dataclass(frozen=True)
class Tile:
    """A probe image: the addresses of its masks and the change of its mean IoU."""

    name: str
    before_url: str | None
    now_url: str
    gain: float | None
    """Points; None without labels."""
    href: str = ""
    """Address of its masks; empty: it leads nowhere."""


def mask_tiles(tiles: Sequence[Tile], *, dark: bool) -> str:
    """Return masks before and now, equal in size and unsmoothed, with the change below."""
    inside = "".join(_tile(tile, dark) for tile in tiles)
    return _TILE_STYLE + f'<div class="spcl-tiles">{inside}</div>'


def _tile(tile: Tile, dark: bool) -> str:
    name = escape(tile.name)
    pictures = ""
    if tile.before_url:
        pictures += f'<img src="{escape(tile.before_url)}" alt="{name}, predicted before">'
    pictures += f'<img src="{escape(tile.now_url)}" alt="{name}, predicted now">'
    gain = "" if tile.gain is None else _change(tile.gain, dark)
    if tile.href:
        title = f"{name}: open its masks"
        pictures = f'<a data-page="masks" href="{escape(tile.href)}" title="{title}">{pictures}</a>'
    return f"<figure>{pictures}<figcaption><span>{name}</span><b>{gain}</b></figcaption></figure>"


_STRIP_STYLE = """<style>
.spcl-strip { font-size: 12px; line-height: 16px; }
.spcl-row { display: grid; grid-template-columns: 96px 1fr 44px 52px; align-items: center;
  height: 24px; }
.spcl-row b { font-weight: 400; display: flex; gap: 8px; align-items: center; overflow: hidden;
  white-space: nowrap; }
.spcl-row a { color: inherit; text-decoration: none; line-height: 24px; overflow: hidden;
  text-overflow: ellipsis; }
.spcl-row a:hover, .spcl-row a:focus-visible { text-decoration: underline; }
.spcl-row b i { width: 12px; height: 12px; border-radius: 2px; flex: none;
  box-shadow: inset 0 0 0 1px color-mix(in srgb, currentColor 50%, transparent); }
.spcl-row s { display: flex; gap: 1px; height: 22px; text-decoration: none; }
.spcl-row s i { flex: 1; min-width: 0; }
.spcl-row u { text-align: right; text-decoration: none; }
.spcl-row strong { font-weight: 600; }
.spcl-head > *, .spcl-axis > * { opacity: .72; }
.spcl-many { max-height: 624px; overflow-y: auto; }
.spcl-many .spcl-row { padding-right: 8px; }
.spcl-many .spcl-head, .spcl-many .spcl-axis { position: sticky; background: var(--spcl-page); }
.spcl-many .spcl-head { top: 0; }
.spcl-many .spcl-axis { bottom: 0; }
@media print { .spcl-many { max-height: none; } }
.spcl-axis s { justify-content: space-between; align-items: center; }
</style>"""
_TILE_STYLE = """<style>
.spcl-tiles { display: flex; flex-wrap: wrap; gap: 16px; }
.spcl-tiles figure { flex: 1 0 80px; margin: 0; min-width: 0; max-width: 220px; }
.spcl-tiles img { width: 100%; display: block; image-rendering: pixelated; border-radius: 2px;
  margin-bottom: 4px; }
.spcl-tiles figcaption { display: flex; justify-content: space-between; font-size: 12px;
  line-height: 16px; }
.spcl-tiles b { font-weight: 600; white-space: nowrap; }
</style>"""
