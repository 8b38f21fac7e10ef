"""What a person changed of a run's story: `derived/story.json`, a few words and choices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spcl.store.edits.bounded import read_edits
from spcl.store.formats.text import one_line
from spcl.store.reader import Run

STORY_FILE = "story.json"
VERSION = 1
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


def read_story_edits(run: Run) -> StoryEdits:
    """Return the edits of a run's story; empty ones without the file.

    Raises:
        StoreError: the file is damaged or of another version.
    """
    found = read_edits(
        run,
        STORY_FILE,
        version=VERSION,
        parse=StoryEdits.from_json,
        way_out="edit the story again to replace it, or remove the file",
    )
    return found or StoryEdits()
