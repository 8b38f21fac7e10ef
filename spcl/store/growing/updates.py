"""The rows of a growing `metrics.jsonl`."""

from pathlib import Path

from spcl.store.derived.reader import UPDATES_COLUMNS_FILE, DerivedReader
from spcl.store.growing.columns import Arrays
from spcl.store.growing.follower import InColumns
from spcl.store.growing.update_table import Updates, UpdateTable
from spcl.store.reader import Run


class GrowingUpdates(InColumns):
    """All rows of a growing `metrics.jsonl`."""

    columns = UpdateTable.columns
    _table: UpdateTable
    _made: Updates | None

    @property
    def columns_file(self) -> tuple[Path, Path]:
        """Return where the columns stand, and the folder that is not left on the way."""
        derived = DerivedReader(Run(self._within))
        return derived.path / UPDATES_COLUMNS_FILE, derived.within

    @property
    def kept_bytes(self) -> int:
        """Return about how much memory is kept, once to grow and once to be read."""
        return 2 * self._table.num_bytes

    def read(self) -> Updates:
        """Return all rows so far."""
        with self._lock:
            self._read_on()
            if self._made is None:
                self._made = self._table.updates()
            return self._made

    def _forget(self) -> None:
        self._table = UpdateTable()
        self._made = None

    def _take(self, lines: list[bytes]) -> None:
        for row in self._tail.rows_of(lines):
            self._table.add(row)
        self._made = None

    def _arrays(self) -> Arrays:
        return self._table.arrays()

    def _restore(self, arrays: Arrays) -> None:
        self._table.restore(arrays)
