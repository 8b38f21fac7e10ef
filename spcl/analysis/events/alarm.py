"""What a rule reports when a limit is passed."""

from typing import NamedTuple

from spcl.store.names import EventKind

CALMER = "try a lower learning rate or a smaller optimizer.clip"
"""What helps when numbers overflow."""


class Alarm(NamedTuple):
    """What a rule reports; the judge adds the step. The fields are those of `EventRow`."""

    kind: EventKind
    class_name: str | None
    number: float
    limit: float
    sentence: str
    rival: str | None = None


def first_upper(text: str) -> str:
    """Return `text` with its first letter in upper case, as a sentence begins."""
    return text[:1].upper() + text[1:]
