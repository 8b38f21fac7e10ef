"""The followers of growing files in this process: each line is parsed once, whoever asks."""

from pathlib import Path
from threading import Lock
from typing import TypeVar

from spcl.store.growing.follower import Growing
from spcl.store.reader import MetricsTail

MOST_BYTES = 128_000_000
"""What all followed files together may keep in memory; the one asked for is kept in any case."""
_registry_lock = Lock()
_registry: dict[tuple[type, Path], Growing] = {}
Kind = TypeVar("Kind", bound=Growing)


def follow(tail: MetricsTail, kind: type[Kind]) -> Kind:
    """Return the one follower of a file in this process, so that no line is parsed twice."""
    key = (kind, tail.path)
    with _registry_lock:
        follower = _registry.pop(key, None) or kind(tail.path, within=tail.within)
        _registry[key] = follower  # the one used last stands last
        kept = sum(one.kept_bytes for one in _registry.values())
        while kept > MOST_BYTES and len(_registry) > 1:
            kept -= _registry.pop(next(iter(_registry))).kept_bytes
    assert isinstance(follower, kind), "the key says so"
    return follower
