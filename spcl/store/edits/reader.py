"""The edits of a story and how they are read: bounded, plain text, whatever the file holds.

They stand in the run's own `derived/`, never in the user's cache folder: edits travel with the run.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spcl.store.errors import DamagedError, StoreError
from spcl.store.formats.files import WRONG_CONTENT, plain, read_json
from spcl.store.formats.own_files import own_stat
from spcl.store.formats.text import one_line
from spcl.store.reader import Run

STORY_FILE = "story.json"
VERSION = 1
MOST_BYTES = 16_000
MOST_LETTERS = {"title": 90, "summary": 280, "name": 300}
"""Of a title, of a summary, of the name of a panel or of a picture."""
_MOST_NAMES = 12


@dataclass(frozen=True)
class StoryEdits:
    """What a person changed; empty means as generated.

    Attributes:
        title: of the story, one line.
        summary: the story in one sentence.
        hidden: keys of the panels that are left out.
        pictures: key of a panel -> key of the picture it shows.
        step: the snapshot that was shown when the words were written.
    """

    title: str = ""
    summary: str = ""
    hidden: tuple[str, ...] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)
    step: int = 0

    @property
    def is_empty(self) -> bool:
        """Return whether the story is as generated."""
        return not (self.title or self.summary or self.hidden or self.pictures)

    def to_json(self) -> dict[str, Any]:
        """Return the content of `story.json`."""
        own = {**self.__dict__, "hidden": list(self.hidden), "pictures": dict(self.pictures)}
        return {"version": VERSION, **own}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "StoryEdits":
        """Read what a file or a browser says (KeyError, TypeError, ValueError if damaged)."""
        hidden, pictures = raw["hidden"], raw["pictures"]
        if not isinstance(hidden, list) or not isinstance(pictures, Mapping):
            raise TypeError("hidden is no list, or pictures no object")
        return cls(
            title=_line(raw["title"], "title"),
            summary=_line(raw["summary"], "summary"),
            hidden=tuple(_line(one, "name") for one in hidden[:_MOST_NAMES]),
            pictures={
                _line(panel, "name"): _line(picture, "name")
                for panel, picture in list(pictures.items())[:_MOST_NAMES]
            },
            step=max(0, int(raw["step"])),
        )


def _line(value: Any, kind: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{kind} is no text")
    return one_line(value.strip(), MOST_LETTERS[kind])


def story_path(run: Run) -> Path:
    """Return where the edits of a run's story stand."""
    return run.derived_path / STORY_FILE


def read_story_edits(run: Run) -> StoryEdits:
    """Return the edits of a run's story; empty ones without the file.

    Raises:
        StoreError: the file is damaged or of another version.
    """
    path = story_path(run)
    if not os.path.lexists(path):
        return StoryEdits()
    try:
        found = own_stat(path, within=run.path)
        if found is not None and found.st_size > MOST_BYTES:
            raise StoreError(f"it has more than {MOST_BYTES:,} bytes")
        raw = read_json(path, within=run.path)
        if raw.get("version") != VERSION:
            raise StoreError(f"it is of version {one_line(str(raw.get('version')), 20)}")
        return StoryEdits.from_json(raw)
    except (*WRONG_CONTENT, StoreError) as error:
        why = str(error) if type(error) is StoreError else plain(error)
        raise DamagedError(
            f"{path} is ignored: {why}; edit the story again to replace it, or remove the file"
        ) from None
