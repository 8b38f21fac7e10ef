"""What every kind of event is called, and which alarms are active: pure functions of events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.text.common import signed
from spcl.store.names import EventKind

MAX_ALARMS = 3


@dataclass(frozen=True)
class Kind:
    """The words for one kind of alarm; `{}` in title and phrase is the display name of its class.

    Attributes:
        title: heading of the alarm on the live page.
        phrase: second half of a headline.
        label: row of the timeline.
        value_format: how its value is written on the timeline; empty where it says nothing.
    """

    title: str
    phrase: str
    label: str
    value_format: str = ""


KINDS: dict[str, Kind] = {
    EventKind.NOT_FINITE: Kind("Loss is not finite", "the loss is not finite", "Loss not finite"),
    EventKind.RANK_FALLS: Kind(
        "Prototypes are collapsing", "the prototypes are collapsing", "Prototype collapse",
        "{:.1f} directions",
    ),
    EventKind.LABELS_NOT_LEARNT: Kind(
        "Pseudo labels are not learned", "the model does not learn its pseudo labels",
        "Pseudo labels not learned", "agreement {:.2f}",
    ),
    EventKind.CLASS_STARVES: Kind(
        "{}: too few pseudo labels", "{} is running out of pseudo labels",
        "Too few pseudo labels", "{:.0f} pseudo labels",
    ),
    EventKind.MISPLACED_CONFIDENCE: Kind(
        "Confidence rises, agreement falls", "confidence is rising while agreement falls",
        "Misplaced confidence", "agreement {:.2f} lower",
    ),
    EventKind.CLASS_LOST: Kind(
        "{} lost ground", "{} lost ground", "Class lost ground", "{} points"
    ),
    EventKind.GAP_GROWS: Kind(
        "{}: domain gap is growing", "the domain gap of {} is growing", "Growing domain gap",
        "gap {:.2f}",
    ),
    EventKind.SUDDEN_DRIFT: Kind(
        "{}: prototype jumped", "the prototype of {} jumped", "Sudden drift", "drift {:.3f}"
    ),
    EventKind.PROTOTYPES_CLOSE: Kind(
        "Two prototypes moved close", "two prototypes moved close together",
        "Prototypes moved close", "cosine {:.2f}",
    ),
    EventKind.PROTOTYPE_FADES: Kind(
        "{}: prototype faded", "the prototype of {} has faded", "Faded prototype",
        "length {:.3f} of the longest",
    ),
    EventKind.PROTOTYPE_UNSEEN: Kind(
        "{} is no longer seen", "{} is no longer seen", "Class not seen", "for {:.0f} updates"
    ),
}  # fmt: skip
"""The alarms, most urgent first."""
OTHERS: dict[str, str] = {
    EventKind.MAP_REBUILT: "Map refitted",
    EventKind.MEASURE_FAILED: "Measure failed",
}
"""Events that appear on the timeline without raising an alarm."""


def label(kind: str) -> str:
    """Return what a kind of event is called on the timeline."""
    if kind in KINDS:
        return KINDS[kind].label
    return OTHERS.get(kind, kind.replace("_", " ").capitalize())


def value_text(kind: str, value: float | None) -> str:
    """Return an event's value with its unit; empty where there is none worth showing."""
    template = KINDS[kind].value_format if kind in KINDS else ""
    if not template or value is None:
        return ""
    return template.format(signed(value) if kind == EventKind.CLASS_LOST else value)


def alarm_phrase(event: Mapping[str, Any] | None, display: str) -> str | None:
    """Return an alarm as the second half of a headline; `display` names its class."""
    kind = KINDS.get(str(event.get("kind"))) if event is not None else None
    return kind.phrase.format(display.lower()) if kind else None


def alarm_title(event: Mapping[str, Any], display: str) -> str:
    """Return the title of an alarm; `display` names its class."""
    return KINDS[str(event["kind"])].title.format(display)


def active_alarms(events: Sequence[dict[str, Any]], steps: Sequence[int]) -> list[dict[str, Any]]:
    """Return the alarms active at the last of `steps`, most urgent first, each with its "since".

    An alarm is one event at every snapshot that exceeds its limit; "since" is the first step of
    the unbroken series of snapshots that ends at the last one.

    Args:
        events: rows of `events.jsonl`, in any order.
        steps: the snapshots analysed so far, ascending.
    """
    if not steps:
        return []
    by_alarm: dict[tuple[str, str, str], dict[int, dict[str, Any]]] = {}
    for event in events:
        if event.get("kind") in KINDS:
            key = (str(event["kind"]), str(event.get("class")), str(event.get("rival")))
            by_alarm.setdefault(key, {})[int(event.get("step", -1))] = event
    active = [
        {**by_step[steps[-1]], "since": _since(by_step, steps)}
        for by_step in by_alarm.values()
        if steps[-1] in by_step
    ]
    order = list(KINDS)
    return sorted(active, key=lambda event: (order.index(event["kind"]), -_excess(event)))


def _since(by_step: Mapping[int, object], steps: Sequence[int]) -> int:
    """Return the first step of the unbroken series of events that ends at the last step."""
    first = steps[-1]
    for step in reversed(steps):
        if step not in by_step:
            break
        first = step
    return first


def _excess(event: Mapping[str, Any]) -> float:
    """Return how far an event's value lies from its limit."""
    value, limit = event.get("number"), event.get("limit")
    if isinstance(value, int | float) and isinstance(limit, int | float):
        return abs(value - limit)
    return 0.0
