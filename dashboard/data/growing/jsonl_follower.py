"""Rows of files that only grow: each reading goes on where the last one ended."""

import math
from array import array
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from dashboard.data.checked import has_step
from spcl.store.reader import MetricsTail

MOST_BYTES = 128_000_000
"""What all followed files together may keep in memory; the one asked for is kept in any case."""
_BYTES_A_LETTER = 8
_BYTES_A_LETTER_OF_UPDATES = 4
_registry_lock = Lock()
_registry: dict[tuple[type, Path], "Growing"] = {}
Kind = TypeVar("Kind", bound="Growing")


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


class Growing:
    """What is kept of a growing file, read on from where the last reading ended."""

    def __init__(self, path: Path, *, within: Path) -> None:
        """Stand at the beginning of `path` below `within`, which need not exist yet."""
        self._path = path
        self._within = within
        self._lock = Lock()
        self._begin(None)

    @property
    def kept_bytes(self) -> int:
        """Return about how much memory is kept."""
        raise NotImplementedError

    def _begin(self, inode: int | None) -> None:
        self._tail, self._inode, self._size = MetricsTail(self._path, within=self._within), inode, 0
        self._forget()

    def _forget(self) -> None:
        """Stand as before the first line."""
        raise NotImplementedError

    def _take(self, lines: list[bytes]) -> None:
        """Keep what is wanted of new lines."""
        raise NotImplementedError

    def _read_on(self) -> None:
        """Take what is new, with the lock held; anew when the file was replaced or shortened."""
        try:
            stat = self._path.stat()
        except OSError:
            self._begin(None)
            return
        if stat.st_ino != self._inode or stat.st_size < self._size:
            self._begin(stat.st_ino)
        self._size = stat.st_size
        for lines in self._tail.new_lines():
            self._take(lines)


class GrowingRows(Growing):
    """All rows of a growing file, as they were written."""

    def _forget(self) -> None:
        self._rows: list[dict[str, Any]] = []

    def _take(self, lines: list[bytes]) -> None:
        self._rows += filter(has_step, self._tail.rows_of(lines))

    @property
    def kept_bytes(self) -> int:
        """Return about how much memory is kept: a number as an object takes more than its text."""
        return _BYTES_A_LETTER * self._size

    def read(self) -> list[dict[str, Any]]:
        """Return all rows so far (do not change them)."""
        with self._lock:
            self._read_on()
            return self._rows


class UpdateRows(GrowingRows):
    """The rows of `metrics.jsonl`, their lists of numbers (a value a class) as float32 arrays.

    As lists they take most of the memory of a long run, which was then read anew at every look.
    """

    def _take(self, lines: list[bytes]) -> None:
        for row in filter(has_step, self._tail.rows_of(lines)):
            lists = {key: _compact(value) for key, value in row.items() if isinstance(value, list)}
            self._rows.append(row | lists)

    @property
    def kept_bytes(self) -> int:
        """Return about how much memory is kept."""
        return _BYTES_A_LETTER_OF_UPDATES * self._size


def _compact(values: list[Any]) -> "array[float] | list[Any]":
    """Return a list of numbers as an array, NaN for null; any other list as it is."""
    try:
        return array("f", [math.nan if value is None else value for value in values])
    except (TypeError, OverflowError):
        return values
