"""The ruler: a run's score among those it is compared with, as HTML; text is escaped here."""

from collections.abc import Sequence
from html import escape

from dashboard.colors import BETTER, INK_2, INK_3
from dashboard.text.common import percent
from dashboard.text.scores.baselines import Mark

_EDGE = 7.0
"""Room at both ends, in percent of the width, for half a name."""
_APART = 15.0
"""The least distance of two names on one side of the line, in percent of the width."""
_LEAST_SPAN = 0.02
"""The least that the line spans, so that a difference of rounding does not fill it."""


def ruler(marks: Sequence[Mark], *, dark: bool) -> str:
    """Return the marks on a line of mean IoU, their names above and below in turn."""
    values = [value for mark in marks for value in (mark.value, *mark.others)]
    low, high = min(values), max(values)
    span = max(high - low, _LEAST_SPAN)
    first = (low + high - span) / 2

    def place(value: float) -> float:
        return _EDGE + (100 - 2 * _EDGE) * (value - first) / span

    ordered = sorted(marks, key=lambda mark: mark.value)
    parts = ['<div class="spcl-rule"></div>']
    for side in (0, 1):
        named = ordered[side::2]
        names = spread([place(mark.value) for mark in named])
        for mark, at in zip(named, names, strict=True):
            parts.append(_name(mark, at, side=("above", "below")[side], dark=dark))
    for mark in ordered:
        color = BETTER[dark] if mark.is_run else INK_3[dark]
        kind = "run" if mark.is_run else "other"
        parts += [_dot("seed", place(value), color) for value in mark.others]
        parts.append(_dot(kind, place(mark.value), color))
    alt = ", ".join(f"{mark.name} {percent(mark.value)} %" for mark in ordered)
    return (
        f'{_STYLE}<div class="spcl-ruler" role="img" aria-label="Target mIoU: {escape(alt)}">'
        f"{''.join(parts)}</div>"
    )


def spread(places: Sequence[float], apart: float = _APART) -> list[float]:
    """Return ascending places moved just so far that they stand `apart` and stay in 0..100."""
    found: list[float] = []
    for place in places:
        found.append(max(place, found[-1] + apart) if found else place)
    limit = 100 - _EDGE
    for index in range(len(found) - 1, -1, -1):
        found[index] = min(found[index], limit)
        limit = found[index] - apart
    return found


def _name(mark: Mark, at: float, *, side: str, dark: bool) -> str:
    color = BETTER[dark] if mark.is_run else INK_2[dark]
    so_far = "" if mark.step is None else " so far"
    return (
        f'<span class="spcl-name {side}" style="left:{at:.1f}%;color:{color}">'
        f"{escape(mark.name)} <b>{percent(mark.value)}</b>{so_far}</span>"
    )


def _dot(kind: str, at: float, color: str) -> str:
    return f'<i class="{kind}" style="left:{at:.2f}%;--ink:{color}"></i>'


_STYLE = """<style>
.spcl-ruler { position: relative; height: 56px; font-size: 12px; line-height: 16px;
  font-variant-numeric: tabular-nums lining-nums; }
.spcl-rule { position: absolute; left: 0; right: 0; top: 28px; height: 0;
  border-top: 1px solid currentColor; opacity: .25; }
.spcl-name { position: absolute; transform: translateX(-50%); white-space: nowrap; }
.spcl-name.above { top: 0; } .spcl-name.below { top: 40px; } .spcl-name b { font-weight: 600; }
.spcl-ruler i { position: absolute; top: 28px; border-radius: 50%; box-sizing: border-box;
  transform: translate(-50%, -50%); width: 11px; height: 11px; border: 2px solid var(--ink); }
.spcl-ruler i.run { background: var(--ink); }
.spcl-ruler i.seed { width: 5px; height: 5px; border: 0; background: var(--ink); opacity: .6; }
</style>"""
