"""How a run stands now: computed from its heartbeat and its process, never stored."""

from dataclasses import dataclass
from typing import Literal

from spcl.store import schema
from spcl.store.process import is_alive
from spcl.store.schema import RunInfo

StatusKind = Literal["running", "stalled", "crashed", "finished", "stopped", "failed", "damaged"]


@dataclass(frozen=True)
class Status:
    """How a run stands now, computed from heartbeat and process, never guessed."""

    kind: StatusKind
    seconds_since_write: float
    pid: int
    process_alive: bool | None
    failure: str | None = None


def status_of(info: RunInfo) -> Status:
    """Return how the run stands: crashed = its process is gone, stalled = 30 s of silence."""
    silent = max(0.0, schema.seconds_since(info.heartbeat_at))
    if info.status != "running":
        return Status(info.status, silent, info.pid, None, info.failure)
    alive = is_alive(info.pid, started=info.process_started, host=info.host)
    kind: StatusKind = "running"
    if alive is False:
        kind = "crashed"
    elif silent > schema.STALLED_AFTER_SECONDS:
        kind = "stalled"
    return Status(kind, silent, info.pid, alive, info.failure)
