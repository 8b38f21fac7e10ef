"""Keep what a person changed of a run's story, and selections they named; pages write no more."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spcl.store.edits.reader import StoryEdits, story_path
from spcl.store.edits.selections import NamedSelection, selections_json, selections_path
from spcl.store.errors import writing
from spcl.store.formats.encoding import json_bytes
from spcl.store.formats.own_writes import make_own_folder, write_own
from spcl.store.reader import Run


def write_story_edits(run: Run, edits: StoryEdits) -> None:
    """Replace the edits of a run's story (StoreError: its folder cannot be written)."""
    _write(run, story_path(run), edits.to_json())


def write_selections(run: Run, selections: Sequence[NamedSelection]) -> None:
    """Replace the named selections of a run (StoreError: its folder cannot be written)."""
    _write(run, selections_path(run), selections_json(selections))


def _write(run: Run, path: Path, content: Mapping[str, Any]) -> None:
    with writing(run.path):
        make_own_folder(path.parent, within=run.path)
        write_own(path, json_bytes(content), within=run.path)
