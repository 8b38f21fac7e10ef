"""What a person notes about a run in the list of runs: `derived/notes.json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spcl.store.edits.bounded import read_edits
from spcl.store.formats.text import one_line
from spcl.store.reader import Run

NOTES_FILE = "notes.json"
VERSION = 1
MOST_TAGS = 8
LONGEST_TAG = 24
LONGEST_NOTE = 280


@dataclass(frozen=True)
class RunNotes:
    """What a person says of a run.

    Attributes:
        tags: words to find it by, in the order they were given.
        note: one line.
        archived: whether lists leave it out unless asked.
    """

    tags: tuple[str, ...] = ()
    note: str = ""
    archived: bool = False

    @classmethod
    def of(cls, *, tags: list[str], note: str, archived: bool) -> "RunNotes":
        """Return notes within their limits: tags of one line each, none twice."""
        plain = (one_line(tag.strip(), LONGEST_TAG) for tag in tags)
        kept = tuple(dict.fromkeys(tag for tag in plain if tag))[:MOST_TAGS]
        return cls(kept, one_line(note.strip(), LONGEST_NOTE), archived)

    def to_json(self) -> dict[str, Any]:
        """Return the content of `notes.json`."""
        return {
            "version": VERSION,
            "tags": list(self.tags),
            "note": self.note,
            "archived": self.archived,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "RunNotes":
        """Read the file (KeyError, TypeError if damaged)."""
        tags, note, archived = raw["tags"], raw["note"], raw["archived"]
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
            raise TypeError("tags is no list of words")
        if not isinstance(note, str) or not isinstance(archived, bool):
            raise TypeError("note is no text, or archived is neither true nor false")
        return cls.of(tags=tags, note=note, archived=archived)


def read_run_notes(run: Run) -> RunNotes:
    """Return what was noted about a run; nothing without the file.

    Raises:
        StoreError: the file is damaged or of another version.
    """
    found = read_edits(
        run,
        NOTES_FILE,
        version=VERSION,
        parse=RunNotes.from_json,
        way_out="write tags or a note again to replace it, or remove the file",
    )
    return found or RunNotes()
