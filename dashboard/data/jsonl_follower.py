"""Rows of files that only grow: each reading goes on where the last one ended."""

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any, cast

import pandas as pd

from dashboard.data.checked import has_step
from spcl.store.reader import MetricsTail

_MOST_FILES = 256
_registry_lock = Lock()
_registry: dict[str, "GrowingRows"] = {}


def follow(tail: MetricsTail) -> "GrowingRows":
    """Return the one follower of a file in this process, so that no line is parsed twice."""
    key = str(tail.path)
    with _registry_lock:
        if key not in _registry and len(_registry) >= _MOST_FILES:
            _registry.pop(next(iter(_registry)))
        return _registry.setdefault(key, GrowingRows(tail.path, within=tail.within))


class GrowingRows:
    """All rows of a growing file, read on from where the last reading ended."""

    def __init__(self, path: Path, *, within: Path) -> None:
        """Stand at the beginning of `path` below `within`, which need not exist yet."""
        self._path = path
        self._within = within
        self._lock = Lock()
        self._begin(None)

    def _begin(self, inode: int | None) -> None:
        self._tail, self._inode, self._size = MetricsTail(self._path, within=self._within), inode, 0
        self.rows: list[dict[str, Any]] = []
        self._made: tuple[int, Any] = (-1, None)

    def read(self) -> list[dict[str, Any]]:
        """Return all rows so far; begins anew when the file was replaced or shortened."""
        with self._lock:
            try:
                stat = self._path.stat()
            except OSError:
                self._begin(None)
                return self.rows
            if stat.st_ino != self._inode or stat.st_size < self._size:
                self._begin(stat.st_ino)
            self._size = stat.st_size
            self.rows += filter(has_step, self._tail.read())
            return self.rows

    def frame(self, make: Callable[[list[dict[str, Any]]], pd.DataFrame]) -> pd.DataFrame:
        """Return `make(rows)`, made again only when rows were added (do not change it)."""
        rows = self.read()
        with self._lock:
            if self._made[0] != len(rows):
                self._made = (len(rows), make(list(rows)))
            return cast(pd.DataFrame, self._made[1])
