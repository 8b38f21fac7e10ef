"""What is kept of a file that grows, line by line; parsed once, or taken from columns beside it."""

from pathlib import Path
from threading import Lock
from typing import Any

from spcl.store.formats.jsonl import MetricsTail
from spcl.store.growing.columns import Arrays, packed, prefix_of, unpacked

_BYTES_A_LETTER = 8


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
        """Stand at the beginning, or behind what the columns beside the file hold of it."""
        self._inode, self._size = inode, 0
        self._forget()
        self.in_columns = 0 if inode is None else self._from_columns()
        self._tail = MetricsTail(self._path, within=self._within, begin=self.in_columns)

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

    def _from_columns(self) -> int:
        """Take what columns hold of the file; return how many bytes of it they stand for."""
        return 0


class InColumns(Growing):
    """A growing file whose rows the analysis keeps as columns of numbers, too."""

    in_columns: int
    """Bytes of the file that stand in the columns last read or made."""

    columns: tuple[str, ...]
    """Names of the arrays."""

    @property
    def columns_file(self) -> tuple[Path, Path]:
        """Return where the columns stand, and the folder that is not left on the way."""
        raise NotImplementedError

    def _arrays(self) -> Arrays:
        """Return everything kept as arrays."""
        raise NotImplementedError

    def _restore(self, arrays: Arrays) -> None:
        """Keep what `_arrays` returned (KeyError, TypeError, ValueError: it never did)."""
        raise NotImplementedError

    def _from_columns(self) -> int:
        path, within = self.columns_file
        prefix, arrays = unpacked(path, self.columns, within=within)
        if prefix is None or prefix != prefix_of(self._path, prefix.num_bytes, within=self._within):
            return 0
        try:
            self._restore(arrays)
        except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
            self._forget()
            return 0
        return prefix.num_bytes

    def new_columns(self, *, at_least: int) -> bytes | None:
        """Return the columns of the file as it stands; None where they need not be written anew.

        Args:
            at_least: how many bytes must have come since they were read or made last.
        """
        with self._lock:
            self._read_on()
            prefix = prefix_of(self._path, self._tail.offset, within=self._within)
            if prefix is None or prefix.num_bytes - self.in_columns < max(1, at_least):
                return None
            self.in_columns = prefix.num_bytes
            return packed(prefix, self._arrays())


class GrowingRows(Growing):
    """All rows of a growing file, as they were written."""

    def _forget(self) -> None:
        self._rows: list[dict[str, Any]] = []

    def _take(self, lines: list[bytes]) -> None:
        self._rows += self._tail.rows_of(lines)

    @property
    def kept_bytes(self) -> int:
        """Return about how much memory is kept: a number as an object takes more than its text."""
        return _BYTES_A_LETTER * self._size

    def read(self) -> list[dict[str, Any]]:
        """Return all rows so far (do not change them)."""
        with self._lock:
            self._read_on()
            return self._rows
