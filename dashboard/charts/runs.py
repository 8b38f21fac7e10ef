"""Trainings side by side: each one's mIoU over its steps, all on one scale."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from dashboard.colors import BETTER, BORDER, INK_3

_WIDTH, _HEIGHT = 320, 112
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 8, 8, 20


@dataclass(frozen=True)
class Curves:
    """Mean IoU in [0, 1] at each step, NaN where there is none, and where the plan ends."""

    steps: tuple[int, ...]
    target: tuple[float, ...]
    source: tuple[float, ...]
    before: int | None
    total: int


def common_range(many: Sequence[Curves]) -> tuple[float, float]:
    """Return the least range in tenths of [0, 1] that holds every value of all; all without any."""
    values = [value for one in many for value in (*one.target, *one.source) if math.isfinite(value)]
    if not values:
        return 0.0, 1.0
    low, high = math.floor(10 * min(values)) / 10, math.ceil(10 * max(values)) / 10
    return low, high if high > low else low + 0.1


def small_multiple(curves: Curves, within: tuple[float, float], *, label: str, dark: bool) -> str:
    """Return the curves as a picture; the broken line is where adaptation began.

    Args:
        curves: of one run.
        within: the values at the lower and upper edge, the same for all drawings.
        label: what the drawing shows, for who cannot see it.
        dark: whether the page is dark.
    """
    low, high = within
    last = max(curves.total, *curves.steps, 1)

    def place(step: int, value: float) -> str:
        x = _LEFT + (_WIDTH - _LEFT - _RIGHT) * step / last
        y = _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * (value - low) / (high - low)
        return f"{x:.1f},{y:.1f}"

    def line(values: Sequence[float], color: str, width: float) -> str:
        seen = [(s, v) for s, v in zip(curves.steps, values, strict=True) if math.isfinite(v)]
        if not seen:
            return ""
        points = " ".join(place(*pair) for pair in seen)
        x, y = place(*seen[-1]).split(",")
        return (
            f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="{width}" '
            f'stroke-linejoin="round"/><circle cx="{x}" cy="{y}" r="3" fill="{color}"/>'
        )

    edges = "".join(
        f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}" stroke="{BORDER[dark]}"/>'
        f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{100 * value:.0f} %</text>'
        for value, y in ((high, _TOP), (low, _HEIGHT - _BOTTOM))
    )
    begun = ""
    if curves.before is not None:
        x = place(curves.before, low).split(",")[0]
        begun = (
            f'<line x1="{x}" x2="{x}" y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}" '
            f'stroke="{INK_3[dark]}" stroke-dasharray="3 3"/>'
        )
    ends = (
        f'<text x="{_LEFT}" y="{_HEIGHT - 5}">0</text>'
        f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 5}" text-anchor="end">step {last:,}</text>'
    )
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'font-family="sans-serif" font-size="12" fill="{INK_3[dark]}">'
        f"{edges}{begun}{line(curves.source, INK_3[dark], 1.4)}"
        f"{line(curves.target, BETTER[dark], 2)}{ends}</svg>"
    )
    address = f"data:image/svg+xml,{quote(drawing)}"
    return f'<img src="{address}" alt="{escape(label)}" style="width:100%;max-width:480px">'
