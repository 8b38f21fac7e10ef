"""What the rows of `events.jsonl` and `measures.jsonl` hold, for whoever writes or reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """Every kind of event that the analysis records; the value is what stands on disk."""

    NOT_FINITE = "not_finite"
    RANK_FALLS = "rank_falls"
    LABELS_NOT_LEARNT = "labels_not_learnt"
    CLASS_STARVES = "class_starves"
    MISPLACED_CONFIDENCE = "misplaced_confidence"
    CLASS_LOST = "class_lost"
    GAP_GROWS = "gap_grows"
    SUDDEN_DRIFT = "sudden_drift"
    PROTOTYPES_CLOSE = "prototypes_close"
    PROTOTYPE_FADES = "prototype_fades"
    PROTOTYPE_UNSEEN = "prototype_unseen"
    MAP_REBUILT = "map_rebuilt"
    MEASURE_FAILED = "measure_failed"
    ANALYSIS_FAILED = "analysis_failed"

    @property
    def is_alarm(self) -> bool:
        """Return whether it says that a limit is passed, and not how the analysis went."""
        return self not in _ABOUT_THE_ANALYSIS


_ABOUT_THE_ANALYSIS = (
    EventKind.MAP_REBUILT,
    EventKind.MEASURE_FAILED,
    EventKind.ANALYSIS_FAILED,
)


@dataclass(frozen=True)
class EventRow:
    """A line of `events.jsonl`: something that happened at a snapshot.

    Attributes:
        step: of the snapshot.
        class_name: the class it is about; None for all of them. The key on disk is `class`.
        kind: an `EventKind`; a newer program may have written another.
        number: the value that passed the limit; None where there is none.
        limit: `events.*` of the configuration, or derived from it.
        sentence: what happened and what to do, for a person.
        rival: the other class of a pair.
    """

    step: int
    class_name: str | None
    kind: str
    number: float | None
    limit: float | None
    sentence: str
    rival: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the line as it stands on disk; `rival` only where there is one."""
        return _to_json(self, optional=("rival",))

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "EventRow":
        """Read a line, ignoring unknown keys (TypeError if one is missing)."""
        renamed = {**raw, "class_name": raw.get("class")}
        return cls(**{name: renamed[name] for name in cls.__dataclass_fields__ if name in renamed})


@dataclass(frozen=True)
class MeasureRow:
    """A line of `measures.jsonl`: one value, and what it is the value of.

    Attributes:
        step: of the snapshot.
        class_name: the class it is about; None for all of them. The key on disk is `class`.
        domain: `source`, `target`, `mixed` (pixels of both), `both` (one against the other), None.
        labels: whether pixels are assigned to classes by `truth` or by `pseudo` label.
        measure: a section of docs/measures.md, or `FAILED`.
        value: the number; NaN where the measure failed, null on disk.
        unit: of the value.
        rival: the other class of a pair.
        sentence: why the measure failed.
    """

    step: int
    class_name: str | None
    domain: str | None
    labels: str | None
    measure: str
    value: float
    unit: str
    rival: str | None = None
    sentence: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the line as it stands on disk; `rival` and `sentence` only if there are any."""
        return _to_json(self, optional=("rival", "sentence"))


FAILED = "failed"
"""The measure of a row that says why a group of measures could not be computed."""
MEASURE_COLUMNS = ("step", "class", "domain", "labels", "measure", "value", "unit", "rival")
"""The keys of `measures.jsonl`, in order."""


def _to_json(row: EventRow | MeasureRow, *, optional: tuple[str, ...]) -> dict[str, Any]:
    return {
        "class" if name == "class_name" else name: value
        for name, value in vars(row).items()
        if value is not None or name not in optional
    }
