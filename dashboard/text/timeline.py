"""When a limit was passed and for how long: events joined into spans, and how they are told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.text.alarms import number_text, told
from dashboard.text.common import counted
from spcl.store.schema import RunInfo

_MOST_SPANS = 4


@dataclass(frozen=True)
class Span:
    """A condition that held at every snapshot from `first` to `last`."""

    kind: str
    classes: tuple[str, ...]
    first: int
    last: int
    number: float | None


def spans(events: Iterable[Mapping[str, Any]], steps: Sequence[int]) -> list[Span]:
    """Join the events of following snapshots into spans, in the order they began.

    Args:
        events: one row a snapshot at which a limit was passed.
        steps: every snapshot recorded, ascending.
    """
    place = {step: index for index, step in enumerate(steps)}
    held: dict[tuple[str, tuple[str, ...]], dict[int, float | None]] = {}
    for event in events:
        if event.get("step") in place and event.get("kind"):
            classes = tuple(str(event[key]) for key in ("class", "rival") if event.get(key))
            key = (str(event["kind"]), classes)
            held.setdefault(key, {})[int(event["step"])] = event.get("number")
    found = []
    for (kind, classes), numbers in held.items():
        for run in _runs(sorted(numbers), place):
            found.append(Span(kind, classes, run[0], run[-1], numbers[run[-1]]))
    return sorted(found, key=lambda span: (span.first, span.kind, span.classes))


def _runs(steps: Sequence[int], place: Mapping[int, int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for step in steps:
        if runs and place[step] == place[runs[-1][-1]] + 1:
            runs[-1].append(step)
        else:
            runs.append([step])
    return runs


def most_telling(found: Sequence[Span]) -> tuple[list[Span], int]:
    """Return at most four spans of a kind, those that last longest and latest, and how many less.

    Map refits are marks, not conditions: all of them stay.
    """
    kept: list[Span] = []
    for kind in dict.fromkeys(span.kind for span in found):
        own = sorted(
            (span for span in found if span.kind == kind),
            key=lambda span: (span.last, span.last - span.first),
            reverse=True,
        )
        kept += own if kind == "map_rebuilt" else own[:_MOST_SPANS]
    return kept, len(found) - len(kept)


def span_text(span: Span, displays: Mapping[str, str]) -> str:
    """Return what stands beside a bar: "pedestrian + bicyclist, cosine 0.82"."""
    names = " + ".join(displays.get(name, name).lower() for name in span.classes)
    number = number_text(span.kind, span.number)
    return ", ".join(part for part in (names, number) if part)


def timeline_reading(
    kept: Sequence[Span], left_out: int, displays: Sequence[str], info: RunInfo
) -> str:
    """Return how to read the bars, with the longest one."""
    names = {found.name: display for found, display in zip(info.label_space, displays, strict=True)}
    longest = max(kept, key=lambda span: span.last - span.first)
    text = span_text(longest, names)
    more = f" {counted(left_out, 'shorter bar')} left out." if left_out else ""
    return (
        f"a bar lasts from the first to the last snapshot at which a limit was passed: "
        f"{told(longest.kind).lower()}"
        f"{f', {text}' if text else ''}, from step {longest.first:,} to {longest.last:,}. "
        f"The thin line is the step shown.{more}"
    )
