"""When a limit was exceeded and for how long: events joined into spans, and their words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.text.alarms import label, value_text
from dashboard.text.common import counted
from spcl.store.names import EventKind
from spcl.store.schema import RunInfo

_MAX_SPANS = 4


@dataclass(frozen=True)
class Span:
    """A condition that held at every snapshot from `first` to `last`."""

    kind: str
    classes: tuple[str, ...]
    first: int
    last: int
    value: float | None
    """At the last of these snapshots, with the unit of its kind."""


def spans(events: Iterable[Mapping[str, Any]], steps: Sequence[int]) -> list[Span]:
    """Join the events of consecutive snapshots into spans, in the order they began.

    Args:
        events: one row for every snapshot that exceeded a limit.
        steps: every snapshot recorded, ascending.
    """
    index_of = {step: index for index, step in enumerate(steps)}
    by_condition: dict[tuple[str, tuple[str, ...]], dict[int, float | None]] = {}
    for event in events:
        if event.get("step") in index_of and event.get("kind"):
            classes = tuple(str(event[key]) for key in ("class", "rival") if event.get(key))
            key = (str(event["kind"]), classes)
            by_condition.setdefault(key, {})[int(event["step"])] = event.get("number")
    joined = []
    for (kind, classes), values in by_condition.items():
        for run in _runs(sorted(values), index_of):
            joined.append(Span(kind, classes, run[0], run[-1], values[run[-1]]))
    return sorted(joined, key=lambda span: (span.first, span.kind, span.classes))


def _runs(steps: Sequence[int], index_of: Mapping[int, int]) -> list[list[int]]:
    """Return the steps cut where a snapshot in between is missing."""
    runs: list[list[int]] = []
    for step in steps:
        if runs and index_of[step] == index_of[runs[-1][-1]] + 1:
            runs[-1].append(step)
        else:
            runs.append([step])
    return runs


def latest_of_each_kind(all_spans: Sequence[Span]) -> tuple[list[Span], int]:
    """Return at most four spans of each kind, the latest and longest, and how many are left out.

    Map refits are moments, not conditions: all of them stay.
    """
    kept: list[Span] = []
    for kind in dict.fromkeys(span.kind for span in all_spans):
        own = sorted(
            (span for span in all_spans if span.kind == kind),
            key=lambda span: (span.last, span.last - span.first),
            reverse=True,
        )
        kept += own if kind == EventKind.MAP_REBUILT else own[:_MAX_SPANS]
    return kept, len(all_spans) - len(kept)


def span_text(span: Span, displays: Mapping[str, str]) -> str:
    """Return the text beside a bar: "pedestrian + bicyclist, cosine 0.82"."""
    names = " + ".join(displays.get(name, name).lower() for name in span.classes)
    value = value_text(span.kind, span.value)
    return ", ".join(part for part in (names, value) if part)


def timeline_reading(
    kept: Sequence[Span], left_out: int, displays: Sequence[str], info: RunInfo
) -> str:
    """Return how to read the bars, with the longest one as the example."""
    names = {shown.name: display for shown, display in zip(info.label_space, displays, strict=True)}
    longest = max(kept, key=lambda span: span.last - span.first)
    text = span_text(longest, names)
    more = f" {counted(left_out, 'earlier or shorter bar')} left out." if left_out else ""
    what = f"{label(longest.kind).lower()} ({text})" if text else label(longest.kind).lower()
    return (
        "a bar covers the snapshots at which a limit was exceeded: "
        f"{what} from step {longest.first:,} to {longest.last:,}. "
        f"The thin line marks the step shown.{more}"
    )
