"""Columns of what grows beside a run, so that pages open a long run without parsing its text."""

from spcl.store.derived.reader import MEASURES_COLUMNS_FILE, UPDATES_COLUMNS_FILE, DerivedReader
from spcl.store.derived.writer import DerivedWriter
from spcl.store.growing.follower import InColumns
from spcl.store.growing.measures import GrowingMeasures
from spcl.store.growing.updates import GrowingUpdates
from spcl.store.reader import MetricsTail, Run

MOST_TEXT_BYTES = 1_000_000
_MOST_SHARE = 16


class KeptColumns:
    """The columns of a run's measures and metrics, written anew as the files grow.

    While a run grows at most a megabyte, or a sixteenth, of a file is in no column: so a page has
    little to parse, and all writing together is a small multiple of the last file.
    """

    def __init__(self, run: Run, writer: DerivedWriter) -> None:
        """Begin with the columns that there are, where they stand for the files of `run`."""
        self._writer = writer
        self._files: dict[str, InColumns] = {
            MEASURES_COLUMNS_FILE: _followed(GrowingMeasures, DerivedReader(run).measures()),
            UPDATES_COLUMNS_FILE: _followed(GrowingUpdates, run.metrics()),
        }

    def keep(self, *, everything: bool = False) -> None:
        """Write the columns of what has grown enough, or of everything."""
        for name, one in self._files.items():
            waited_for = 1 if everything else max(MOST_TEXT_BYTES, one.in_columns // _MOST_SHARE)
            content = one.new_columns(at_least=waited_for)
            if content is not None:
                self._writer.write_columns(name, content)


def _followed(kind: type[InColumns], tail: MetricsTail) -> InColumns:
    return kind(tail.path, within=tail.within)
