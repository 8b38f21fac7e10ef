"""Where the pixels of a class go, before and now: two fans of ribbons from one block.

A picture with labels over it, as of the reliability diagram: Streamlit shows no SVG in HTML, and
one in an image has no fonts of the page. The label of a class is a link to its pixels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from dashboard import colors
from dashboard.charts.common import Look, short_text
from dashboard.text.common import FEW_CASES, of_100

_WIDTH, _HEIGHT = 560, 252
_TOP, _TALL = 24, 220
_SIDE, _BAR, _BLOCK = 150, 10, 16
"""Width of the labels at each side, of a class's bar, of the block in the middle."""
_LONGEST_NAME = 16
"""Letters of a name that have room there beside its share."""
_GAP = 5
_MOST = 5
_LEAST_TALL = 15
"""Of a row of label: thinner flows stand that far apart all the same."""
_LEAST_SHARE = 0.01


@dataclass(frozen=True)
class Part:
    """A flow: pixels that go to one class, or to the rest (class_id None)."""

    class_id: int | None
    count: int


def parts_of(counts: NDArray[np.int64], class_id: int) -> list[Part]:
    """Return where pixels go: the class itself first, then the largest others, then the rest."""
    total = max(1, int(counts.sum()))
    order = [int(i) for i in np.argsort(-counts, kind="stable") if int(i) != class_id]
    named = [i for i in order if counts[i] >= _LEAST_SHARE * total][: _MOST - 1]
    rest = int(counts.sum() - counts[class_id] - counts[named].sum())
    parts = [Part(class_id, int(counts[class_id])), *(Part(i, int(counts[i])) for i in named)]
    return [one for one in [*parts, Part(None, rest)] if one.count]


def flow_picture(
    *,
    class_id: int,
    now: NDArray[np.int64],
    before: NDArray[np.int64] | None,
    look: Look,
    links: Mapping[int, str],
) -> str:
    """Return the flows as HTML.

    Args:
        class_id: the class whose pixels flow.
        now: its pixels by the class they are called, (K,).
        before: the same before adaptation; None where nothing is compared.
        look: names and colours of the classes.
        links: class id -> address of the pixels that go there now.
    """
    sides = [("now", now, 1)] if before is None else [("before", before, -1), ("now", now, 1)]
    shapes, labels = [], []
    middle = float(_BLOCK) if before is None else _WIDTH / 2
    for when, counts, direction in sides:
        end = _WIDTH - _SIDE if direction > 0 else _SIDE
        near = middle + direction * _BLOCK / 2
        for part, (inner, outer, tall) in _places(parts_of(counts, class_id), int(counts.sum())):
            ink = _ink(part, look)
            shapes.append(_ribbon(near, end, inner, outer, tall, ink, part.class_id == class_id))
            shapes.append(_rect(end - (_BAR if direction < 0 else 0), outer, _BAR, tall, ink))
            text = _text(part, int(counts.sum()), look)
            href = links.get(part.class_id) if direction > 0 and part.class_id is not None else None
            at = end + direction * (_BAR + 6)
            labels.append(_label(at, outer + tall / 2, text, direction, href, look.dark))
        labels.append(_head(end, when, direction, look.dark))
    shapes.append(_rect(middle - _BLOCK / 2, _TOP, _BLOCK, _TALL, look.marks[class_id]))
    labels.append(_head(middle, "truth", 0, look.dark))
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}">{"".join(shapes)}</svg>'
    )
    return (
        f'{_STYLE}<div class="spcl-flow"><div><img alt="{escape(_alt(sides, class_id, look))}" '
        f'src="data:image/svg+xml,{quote(drawing)}">{"".join(labels)}</div></div>'
    )


def _places(parts: Sequence[Part], total: int) -> list[tuple[Part, tuple[float, float, float]]]:
    """Return for each part its top at the block, its top at the side, and its height."""
    tall = [_TALL * part.count / max(1, total) for part in parts]
    rows = [max(one, _LEAST_TALL) + _GAP for one in tall]
    squeeze = min(1.0, (_TALL + _GAP) / sum(rows)) if rows else 1.0
    inner, outer, found = float(_TOP), float(_TOP), []
    for part, height, row in zip(parts, tall, rows, strict=True):
        slot = row * squeeze - _GAP
        thin = min(height, max(slot, 1.0))
        found.append((part, (inner, outer + max(0.0, (slot - thin) / 2), max(thin, 1.0))))
        inner += height
        outer += row * squeeze
    return found


def _ribbon(
    near: float, end: float, inner: float, outer: float, tall: float, ink: str, is_own: bool
) -> str:
    bend = (near + end) / 2
    top = f"C{bend:.1f},{inner:.1f} {bend:.1f},{outer:.1f} {end:.1f},{outer:.1f}"
    inner, outer = inner + tall, outer + tall
    back = f"C{bend:.1f},{outer:.1f} {bend:.1f},{inner:.1f} {near:.1f},{inner:.1f}"
    path = f"M{near:.1f},{inner - tall:.1f}{top}L{end:.1f},{outer:.1f}{back}Z"
    return f'<path d="{path}" fill="{ink}" fill-opacity="{0.45 if is_own else 0.3}"/>'


def _rect(x: float, y: float, width: float, height: float, ink: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width}" height="{height:.1f}" rx="1.5" '
        f'fill="{ink}"/>'
    )


def _ink(part: Part, look: Look) -> str:
    return colors.INK_3[look.dark] if part.class_id is None else look.marks[part.class_id]


def _text(part: Part, total: int, look: Look) -> str:
    if part.class_id is None:
        name = "other classes"
    else:
        name = short_text(look.displays[part.class_id], _LONGEST_NAME)
    share = f"{part.count}" if total < FEW_CASES else f"{of_100(part.count / max(1, total))} %"
    return f"{name} <b>{share}</b>"


def _label(x: float, y: float, text: str, direction: int, href: str | None, dark: bool) -> str:
    left, top = 100 * x / _WIDTH, 100 * y / _HEIGHT
    place = "0,-50%" if direction > 0 else "-100%,-50%"
    style = (
        f"left:{left:.2f}%;top:{top:.2f}%;transform:translate({place});color:{colors.INK_2[dark]}"
    )
    if href is None:
        return f'<span style="{style}">{text}</span>'
    title = "The pixels that go there"
    return f'<a data-page="pixels" href="{escape(href)}" title="{title}" style="{style}">{text}</a>'


def _head(x: float, text: str, direction: int, dark: bool) -> str:
    place = {1: "0", -1: "-100%", 0: "-50%"}[direction]
    style = f"left:{100 * x / _WIDTH:.2f}%;top:0;transform:translate({place},0)"
    return f'<span style="{style};color:{colors.INK_3[dark]}">{text}</span>'


def _alt(sides: Sequence[tuple[str, NDArray[np.int64], int]], class_id: int, look: Look) -> str:
    """Return the flows in words, for whoever does not see them."""
    texts = []
    for when, counts, _ in sides:
        parts = parts_of(counts, class_id)
        total = int(counts.sum())
        named = [_text(one, total, look).replace("<b>", "").replace("</b>", "") for one in parts]
        texts.append(f"{when}: {', '.join(named)}")
    return f"{look.displays[class_id]} pixels are called, {'; '.join(texts)}"


_STYLE = """<style>
.spcl-flow { overflow-x: auto; font-size: 12px; line-height: 24px; }
.spcl-flow > div { position: relative; min-width: 480px; max-width: 720px; }
.spcl-flow img { width: 100%; display: block; }
.spcl-flow span, .spcl-flow a { position: absolute; white-space: nowrap; max-width: 26%;
  overflow: hidden; text-overflow: ellipsis; }
.spcl-flow a { text-decoration: underline; text-underline-offset: 2px; }
.spcl-flow b { font-weight: 600; }
</style>"""
