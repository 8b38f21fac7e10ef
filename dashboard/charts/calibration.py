"""The reliability diagram: share of pixels that are right, by confidence, before and now.

A picture with labels over it: a Plotly figure here keeps the masks waiting for more than a second.
Streamlit shows no SVG in HTML, and one in an image has no fonts of the page; so labels are HTML.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import numpy as np

from dashboard import colors
from dashboard.data.masks.reports import Reliability

_HEIGHT = 350
_LEFT, _TOP, _BOTTOM = 64, 12, 232
_WIDTHS = {False: 700, True: 400}
"""Of the picture on a page, and in one column of a paper."""
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_BASE, _TALLEST = 304, 44
"""The bars: their foot, and the height of the tallest, in the units of the picture."""
_TOLD_FROM = 0.1
"""A bar with at least this share of the pixels has it written above."""


@dataclass(frozen=True)
class _Frame:
    """Where a picture of some width shows a share."""

    width: int

    def x(self, share: float) -> float:
        return _LEFT + share * (self.width - 18 - _LEFT)

    def y(self, share: float) -> float:
        return _BOTTOM - share * (_BOTTOM - _TOP)

    def label(self, x: float, y: float, text: str, color: str, *, place: str = "-50%,-50%") -> str:
        """Return a label at a place of the picture; it keeps its size where that shrinks."""
        left, top = 100 * x / self.width, 100 * y / _HEIGHT
        style = f"left:{left:.2f}%;top:{top:.2f}%;color:{color};transform:translate({place})"
        return f'<span style="{style}">{text}</span>'


def reliability_diagram(
    now: Reliability, before: Reliability | None, *, dark: bool, narrow: bool = False
) -> str:
    """Return both curves over the diagonal, and below how many pixels each confidence has.

    Args:
        now: the curve at the step shown.
        before: the one before adaptation; None without one.
        dark: whether the page is dark.
        narrow: whether it stands in one column of a paper.
    """
    frame = _Frame(_WIDTHS[narrow])
    lines = [*_grid(frame, dark), *_bars(frame, now, dark)]
    if before is not None:
        lines += _curve(frame, before, "before", color=colors.INK_3[dark], dash="7 5", radius=2.5)
    lines += _curve(frame, now, "now", color=colors.BETTER[dark], dash="", radius=4)
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {frame.width} {_HEIGHT}" '
        f'width="{frame.width}" height="{_HEIGHT}">{"".join(lines)}</svg>'
    )
    labels = "".join([*_axis_labels(frame, dark), *_bar_labels(frame, now, dark)])
    return (
        f'{_STYLE}<div class="spcl-reliability"><img alt="{_alt(now, before)}" '
        f'src="data:image/svg+xml,{quote(drawing)}">{labels}</div>'
    )


def _alt(now: Reliability, before: Reliability | None) -> str:
    """Return the curves in words, for whoever does not see them."""
    curves = {"now": now} if before is None else {"before": before, "now": now}
    return "; ".join(
        f"{name}: "
        + ", ".join(
            f"{100 * curve.confidence[i]:.0f} % confident {100 * curve.accuracy[i]:.0f} % right"
            for i in np.flatnonzero(np.isfinite(curve.confidence + curve.accuracy))
        )
        for name, curve in curves.items()
    )


def _grid(frame: _Frame, dark: bool) -> Iterator[str]:
    for share in _TICKS:
        yield _line(_LEFT, frame.y(share), frame.x(1), frame.y(share), colors.BORDER[dark])
    yield _line(frame.x(0), frame.y(0), frame.x(1), frame.y(1), colors.STRONG_BORDER[dark])


def _axis_labels(frame: _Frame, dark: bool) -> Iterator[str]:
    ink, faint = colors.INK_2[dark], colors.INK_3[dark]
    for share in _TICKS:
        yield frame.label(
            _LEFT - 8, frame.y(share), f"{100 * share:.0f} %", ink, place="-100%,-50%"
        )
        yield frame.label(frame.x(share), _BASE + 14, f"{100 * share:.0f} %", ink)
    yield frame.label(frame.x(0.5), _HEIGHT - 12, "confidence of the prediction", faint)
    for y, text in (((_TOP + _BOTTOM) / 2, "share that is right"), (_BASE - 22, "pixels")):
        yield frame.label(12, y, text, faint, place="-50%,-50%) rotate(-90deg")


def _curve(
    frame: _Frame, curve: Reliability, name: str, *, color: str, dash: str, radius: float
) -> Iterator[str]:
    known = np.isfinite(curve.confidence) & np.isfinite(curve.accuracy)
    values = zip(curve.confidence[known].tolist(), curve.accuracy[known].tolist(), strict=True)
    places = [(frame.x(confidence), frame.y(accuracy)) for confidence, accuracy in values]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield (
        f'<polyline class="{name}" points="{points}" fill="none" stroke="{color}" '
        f'stroke-width="2" stroke-dasharray="{dash}"/>'
    )
    for x, y in places:
        yield f'<circle class="{name}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{color}"/>'


def _bars(frame: _Frame, curve: Reliability, dark: bool) -> Iterator[str]:
    for left, right, height, _ in _bar_places(frame, curve):
        yield (
            f'<rect x="{left:.1f}" y="{_BASE - height:.1f}" width="{right - left:.1f}" '
            f'height="{height:.1f}" fill="{colors.BETTER[dark]}"/>'
        )


def _bar_labels(frame: _Frame, curve: Reliability, dark: bool) -> Iterator[str]:
    for left, right, height, share in _bar_places(frame, curve):
        if share >= _TOLD_FROM:
            text = f"{100 * share:.0f} %"
            yield frame.label((left + right) / 2, _BASE - height - 9, text, colors.INK_2[dark])


def _bar_places(frame: _Frame, curve: Reliability) -> Iterator[tuple[float, float, float, float]]:
    """Yield left, right and height of each bin's bar, and its share of the pixels in [0, 1]."""
    shares = (curve.pixels / max(1, curve.pixels.sum())).tolist()
    tallest = max(shares) or 1.0
    for i, share in enumerate(shares):
        left, right = (frame.x((i + edge) / len(shares)) for edge in (0.08, 0.92))
        yield left, right, _TALLEST * share / tallest, share


def _line(x1: float, y1: float, x2: float, y2: float, color: str) -> str:
    return f'<line x1="{x1}" y1="{y1:.1f}" x2="{x2}" y2="{y2:.1f}" stroke="{color}"/>'


_STYLE = """<style>
.spcl-reliability { position: relative; font-size: 12px; line-height: 16px; }
.spcl-reliability img { width: 100%; display: block; }
.spcl-reliability span { position: absolute; white-space: nowrap; }
</style>"""
