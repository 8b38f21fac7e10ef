"""What every kind of event is called, and which of them hold: pure functions of `events.jsonl`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_ALARMS = 3


@dataclass(frozen=True)
class Kind:
    """The words for one kind of event; `{}` is what people call its class.

    Attributes:
        title: over its sentence on the live page.
        phrase: second half of a headline.
        told: name of the condition on the timeline.
        number: how its number is written there; empty if it says nothing.
    """

    title: str
    phrase: str
    told: str
    number: str = ""


KINDS = {
    "not_finite": Kind("Not a number", "the loss is not a number", "Not a number"),
    "rank_falls": Kind(
        "Prototypes collapse", "the prototypes are collapsing", "Prototypes collapse",
        "{:.1f} directions",
    ),
    "labels_not_learnt": Kind(
        "Pseudo labels not learnt", "its pseudo labels cannot be learnt",
        "Pseudo labels not learnt", "agreement {:.2f}",
    ),
    "class_starves": Kind(
        "{} starves", "{} is running out of labels", "Too few pseudo labels",
        "{:.0f} pseudo labels",
    ),
    "misplaced_confidence": Kind(
        "Surer, but less right", "it is getting surer without reason", "Misplaced confidence",
        "agreement {:.2f} lower",
    ),
    "class_lost": Kind("{} lost ground", "{} lost ground", "Class lost ground", "{:+.1f} points"),
    "gap_grows": Kind(
        "{}: domains move apart", "the domains of {} are moving apart", "Domain gap grows",
        "{:.2f} spreads",
    ),
    "sudden_drift": Kind(
        "{} jumped", "the prototype of {} jumped", "Sudden drift", "drift {:.3f}"
    ),
    "prototypes_close": Kind(
        "Two prototypes close", "two prototypes came close", "Two prototypes too close",
        "cosine {:.2f}",
    ),
    "prototype_fades": Kind(
        "{} fades", "the prototype of {} has faded", "Prototype faded", "{:.3f} of the longest"
    ),
    "prototype_unseen": Kind(
        "{} is not seen", "{} is not seen any more", "Class not seen", "{:.0f} updates"
    ),
}  # fmt: skip
"""The alarms, most urgent first."""
OTHERS = {"map_rebuilt": "Map refitted", "measure_failed": "A measure failed"}
"""Events that are told but alarm nobody."""


def told(kind: str) -> str:
    """Return what a kind of event is called on the timeline."""
    if kind in KINDS:
        return KINDS[kind].told
    return OTHERS.get(kind, kind.replace("_", " ").capitalize())


def number_text(kind: str, number: float | None) -> str:
    """Return an event's number with its unit; empty where there is none worth saying."""
    template = KINDS[kind].number if kind in KINDS else ""
    return template.format(number) if template and number is not None else ""


def alarm_phrase(event: Mapping[str, Any] | None, shown: str) -> str | None:
    """Return an alarm as the second half of a headline; `shown` is what people call its class."""
    kind = KINDS.get(str(event.get("kind"))) if event is not None else None
    return kind.phrase.format(shown.lower()) if kind else None


def alarm_title(event: Mapping[str, Any], shown: str) -> str:
    """Return the title of an alarm; `shown` is what people call its class."""
    return KINDS[str(event["kind"])].title.format(shown)


def alarms(events: Sequence[dict[str, Any]], steps: Sequence[int]) -> list[dict[str, Any]]:
    """Return the alarms that hold at the last of `steps`, worst first, with when they began.

    An event is a row for every snapshot at which a limit is passed; "since" is the first of the
    unbroken row of snapshots that ends at the last one.

    Args:
        events: rows of `events.jsonl`, in any order.
        steps: the snapshots analysed so far, ascending.
    """
    if not steps:
        return []
    held: dict[tuple[str, str, str], dict[int, dict[str, Any]]] = {}
    for event in events:
        if event.get("kind") in KINDS:
            key = (str(event["kind"]), str(event.get("class")), str(event.get("rival")))
            held.setdefault(key, {})[int(event.get("step", -1))] = event
    found = []
    for rows in held.values():
        if steps[-1] in rows:
            since = next((s for s in _backwards(steps) if s[1] not in rows), (steps[0], None))[0]
            found.append({**rows[steps[-1]], "since": since})
    order = list(KINDS)
    return sorted(found, key=lambda event: (order.index(event["kind"]), -_strength(event)))


def _backwards(steps: Sequence[int]) -> list[tuple[int, int]]:
    """Return (step, the one before it), last first."""
    return list(zip(steps[:0:-1], steps[-2::-1], strict=True))


def _strength(event: Mapping[str, Any]) -> float:
    number, limit = event.get("number"), event.get("limit")
    if isinstance(number, int | float) and isinstance(limit, int | float):
        return abs(number - limit)
    return 0.0
