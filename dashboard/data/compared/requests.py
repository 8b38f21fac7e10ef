"""Which maps of two runs somebody asked for, and how far each is; the server has them made."""

from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Literal

_lock = Lock()


@dataclass(frozen=True)
class JointRequest:
    """A map of two runs, each at one of its snapshots."""

    first: Path
    first_step: int
    second: Path
    second_step: int


@dataclass(frozen=True)
class Asked:
    """How far a request is: `said` is what is being done, or why it failed."""

    kind: Literal["waiting", "working", "failed"]
    said: str = ""


_asked: dict[JointRequest, Asked] = {}


def ask(request: JointRequest) -> None:
    """Ask for a map; one that failed is tried again."""
    with _lock:
        found = _asked.get(request)
        if found is None or found.kind == "failed":
            _asked[request] = Asked("waiting")


def asked(request: JointRequest) -> Asked | None:
    """Return how far a request is; None where nobody asked, or where it is done."""
    with _lock:
        return _asked.get(request)


def take_waiting() -> JointRequest | None:
    """Return the request that waits longest, which counts as being worked on from now on."""
    with _lock:
        found = next((one for one, how in _asked.items() if how.kind == "waiting"), None)
        if found is not None:
            _asked[found] = Asked("working")
        return found


def tell(request: JointRequest, said: str) -> None:
    """Say what is being done for a request."""
    with _lock:
        if request in _asked:
            _asked[request] = replace(_asked[request], said=said)


def end(request: JointRequest, failure: str | None) -> None:
    """Say that a request is done (`failure` None), or in a sentence why it is not."""
    with _lock:
        if failure is None:
            _asked.pop(request, None)
        else:
            _asked[request] = Asked("failed", failure)
