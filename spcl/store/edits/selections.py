"""Selections of probe pixels that a person has named, `derived/selections.json`, and their reading.

Bounded and plain text, whatever the file holds; they travel with the run, as its story's edits do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spcl.store.edits import pixel_set
from spcl.store.edits.bounded import read_edits
from spcl.store.formats.text import one_line
from spcl.store.reader import Run

SELECTIONS_FILE = "selections.json"
VERSION = 1
MOST_SELECTIONS = 50
MOST_NAME_LETTERS = 60
MOST_BYTES = 4_000_000


@dataclass(frozen=True)
class NamedSelection:
    """Some probe pixels under a name.

    Attributes:
        name: one line, unique in its run.
        pixels: what `pixel_set.written` made of their indices.
        step: the snapshot at which they were chosen.
    """

    name: str
    pixels: str
    step: int

    def indices(self, count: int) -> NDArray[np.int64] | None:
        """Return the indices, ascending; None where they are not of a probe of `count` pixels."""
        return pixel_set.read(self.pixels, count)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "NamedSelection":
        """Read one entry (KeyError, TypeError, ValueError if damaged)."""
        name, pixels = raw["name"], raw["pixels"]
        if not isinstance(name, str) or not isinstance(pixels, str):
            raise TypeError("a name or its pixels are no text")
        return cls(called(name), pixels, max(0, int(raw["step"])))


def called(name: str) -> str:
    """Return a name as it is kept: one line, not too long (ValueError: it is empty)."""
    found = one_line(name.strip(), MOST_NAME_LETTERS)
    if not found:
        raise ValueError("a selection has no name")
    return found


def selections_json(selections: Sequence[NamedSelection]) -> dict[str, Any]:
    """Return the content of `selections.json`."""
    return {"version": VERSION, "selections": [vars(one) for one in selections]}


def read_selections(run: Run) -> tuple[NamedSelection, ...]:
    """Return the named selections of a run, the newest last; none without the file.

    Raises:
        StoreError: the file is damaged or of another version.
    """
    found = read_edits(
        run,
        SELECTIONS_FILE,
        version=VERSION,
        parse=_selections,
        way_out="name a selection again to replace it, or remove the file",
        most_bytes=MOST_BYTES,
    )
    return found or ()


def _selections(raw: Mapping[str, Any]) -> tuple[NamedSelection, ...]:
    read = [NamedSelection.from_json(one) for one in raw["selections"][:MOST_SELECTIONS]]
    return tuple({one.name: one for one in read}.values())
