"""What the pages know of the folder elsewhere that they show; set while it is fetched."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

_lock = Lock()
_connection: "Connection | None" = None


@dataclass(frozen=True)
class Connection:
    """How it stands with the folder elsewhere.

    Attributes:
        address: of the folder, as pages may show it.
        silent_since: seconds since 1970 from which on nothing came; None while it comes.
        reason: why nothing comes, as a part of a sentence.
        num_runs: runs elsewhere.
        num_awaited: runs that are not here yet.
        num_left_out: runs for which there is no room here.
        notes: what is to be said of a run that is not here as a whole, by its name.
    """

    address: str
    silent_since: float | None = None
    reason: str = ""
    num_runs: int | None = None
    num_awaited: int = 0
    num_left_out: int = 0
    notes: Mapping[str, str] = field(default_factory=dict)


def connection() -> Connection | None:
    """Return how it stands now; None where the runs are of this machine."""
    with _lock:
        return _connection


def set_connection(now: Connection | None) -> None:
    """Say how it stands from now on."""
    global _connection
    with _lock:
        _connection = now
