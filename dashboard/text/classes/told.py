"""What happened to one class, in plain words: the headline of its page and the line below."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.data.classes.confusion import Fate
from dashboard.text.common import FEW_CASES, counted, first_upper, of_100, percent, points

_WORTH_SAYING_POINTS = 0.5
_WORTH_NAMING = 0.05
"""A class that takes a smaller share of the pixels is not named in the headline."""


@dataclass(frozen=True)
class Story:
    """What is known of a class on the target.

    Attributes:
        name: what people call it.
        names: what they call all classes, in id order.
        target: display name of the domain.
        now: what becomes of it at the step shown; None without labels.
        before: the same before adaptation; None where nothing is compared.
    """

    name: str
    names: Sequence[str]
    target: str
    now: Fate | None
    before: Fate | None


def headline(story: Story) -> str:
    """Return "Rider gained 6.1 points on dusk, to 14 % IoU; 34 % of its pixels are called car"."""
    title, target, now = first_upper(story.name), story.target, story.now
    if now is None:
        return f"{title} on {target}: without labels nobody knows what became of it"
    if not now.occurring:
        return f"{title} never occurs in the labelled {target} images"
    return f"{_claim(title, target, now, story.before)}{_loss(now, story.names)}"


def _claim(title: str, target: str, now: Fate, before: Fate | None) -> str:
    if before is None or not math.isfinite(before.iou):
        return f"{title} is at {percent(now.iou)} % IoU on {target}"
    gain = points(before.iou, now.iou)
    if abs(gain) < _WORTH_SAYING_POINTS:
        return f"{title} is where it was on {target}, at {percent(now.iou)} % IoU"
    verb = "gained" if gain > 0 else "lost"
    return f"{title} {verb} {abs(gain):.1f} points on {target}, to {percent(now.iou)} % IoU"


def _loss(now: Fate, names: Sequence[str]) -> str:
    rival = now.largest_loss()
    if rival is None or now.called[rival] / now.occurring < _WORTH_NAMING:
        return ""
    count = int(now.called[rival])
    if now.occurring < FEW_CASES:
        return f"; {count} of its {now.occurring} pixels are called {names[rival].lower()}"
    return f"; {of_100(count / now.occurring)} % of its pixels are called {names[rival].lower()}"


def caption(story: Story) -> str:
    """Return what was found, what was lost to which class, and what is called so wrongly."""
    names, target, now, before = story.names, story.target, story.now, story.before
    called = story.name.lower()
    if now is None:
        return (
            f"{first_upper(target)} has no labels. What its pseudo labels, its margin and its "
            "prototype say needs none."
        )
    if not now.occurring:
        if not now.predicted:
            return "No pixel is called so either."
        return f"{counted(now.predicted, 'pixel')} of {target} are called {called}, all wrongly."
    then = before if before is not None and before.occurring else None
    parts = [
        _found(called, target, now, then),
        _lost(names, now, then),
        _precise(called, now, then),
    ]
    rest = "" if before is not None else " Changes appear with the first snapshot of adaptation."
    return f"{', '.join(filter(None, parts[:2]))}. {parts[2]}.{rest}"


def _share(count: int, whole: int) -> str:
    return f"{count} of {whole}" if whole < FEW_CASES else f"{of_100(count / whole)} %"


def _before(count: int, whole: int) -> str:
    return f" ({_share(count, whole)} before)" if whole else ""


def _found(called: str, target: str, now: Fate, then: Fate | None) -> str:
    was = "" if then is None else _before(then.right, then.occurring)
    return (
        f"{_share(now.right, now.occurring)} of the true {called} pixels on {target} are found{was}"
    )


def _lost(names: Sequence[str], now: Fate, then: Fate | None) -> str:
    rival = now.largest_loss()
    if rival is None:
        return ""
    was = "" if then is None else _before(int(then.called[rival]), then.occurring)
    return f"{_share(int(now.called[rival]), now.occurring)} are called {names[rival].lower()}{was}"


def _precise(called: str, now: Fate, then: Fate | None) -> str:
    if not now.predicted:
        return f"No pixel is called {called}"
    was = "" if then is None else _before(then.right, then.predicted)
    return f"Of the pixels called {called}, {_share(now.right, now.predicted)} are right{was}"


def without_choice(
    name: str, *, is_asked: str | None, is_compared: bool, is_scored: bool = True
) -> str:
    """Return why this class is shown where none is chosen, or the one asked for is not there."""
    because = "changed most" if is_compared else "is weakest"
    if not is_scored:
        because = "is the first"
    asked = "No class is chosen" if is_asked is None else f'This run has no class "{is_asked}"'
    return f"{asked}; {name.lower()} {because} and is shown. Choose another one in the sidebar."
