"""What is known of runs elsewhere from one round to the next, and what a round has found."""

from dataclasses import dataclass, field

REST_SECONDS = 60.0
"""Between two looks at a run that has ended and is here as a whole."""


@dataclass
class Known:
    """What is known of a run elsewhere from the rounds before.

    Attributes:
        stamps: of the files beside the folders, as they came last.
        not_whole: of snapshots that were no snapshots yet, by their step.
        refused: why a snapshot is not brought, by its step.
        looked_at: when, on a steady clock.
        is_complete: whether it has ended and is here.
    """

    stamps: dict[str, str] = field(default_factory=dict)
    not_whole: dict[int, str] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    looked_at: float = -REST_SECONDS
    is_complete: bool = False


@dataclass(frozen=True)
class Found:
    """What a round found.

    Attributes:
        num_runs: runs elsewhere.
        num_awaited: of these, runs whose first snapshot has yet to come.
        num_left_out: of these, runs for which the cache has no room.
        notes: what pages say of a run that is not here as a whole, by its name.
    """

    num_runs: int = 0
    num_awaited: int = 0
    num_left_out: int = 0
    notes: dict[str, str] = field(default_factory=dict)
