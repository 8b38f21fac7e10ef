"""Keep what a person says of a run, or put the run into the bin; all that a page ever writes."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from spcl.store.edits.notes import NOTES_FILE, RunNotes
from spcl.store.edits.selections import SELECTIONS_FILE, NamedSelection, selections_json
from spcl.store.edits.story import STORY_FILE, StoryEdits
from spcl.store.errors import StoreError, UnwritableError, unwritable, writing
from spcl.store.formats.encoding import json_bytes
from spcl.store.formats.own_writes import make_own_folder, write_own
from spcl.store.life.ownership import is_held
from spcl.store.reader import Run

BIN_FOLDER = ".bin"
"""Beside the runs; no list looks into a folder whose name begins with a dot."""


def write_story_edits(run: Run, edits: StoryEdits) -> None:
    """Replace the edits of a run's story (StoreError: its folder cannot be written)."""
    _write(run, STORY_FILE, edits.to_json())


def write_run_notes(run: Run, notes: RunNotes) -> None:
    """Replace what was noted about a run (StoreError: its folder cannot be written)."""
    _write(run, NOTES_FILE, notes.to_json())


def write_selections(run: Run, selections: Sequence[NamedSelection]) -> None:
    """Replace the named selections of a run (StoreError: its folder cannot be written)."""
    _write(run, SELECTIONS_FILE, selections_json(selections))


def _write(run: Run, file_name: str, content: dict[str, Any]) -> None:
    with writing(run.path):
        make_own_folder(run.derived_path, within=run.path)
        write_own(run.derived_path / file_name, json_bytes(content), within=run.path)


def move_to_bin(run: Run) -> Path:
    """Move the folder of a run into the bin beside it; return where it is now.

    Nothing is removed: moving the folder back restores the run.

    Raises:
        StoreError: its training is running, or the folder cannot be moved.
    """
    if is_held(run.path) or _is_living(run):
        raise StoreError(f"{run.path.name} is being written by its training; stop that one first")
    runs_dir = run.path.parent
    try:
        make_own_folder(runs_dir / BIN_FOLDER, within=runs_dir)
        place = _free(runs_dir / BIN_FOLDER, run.path.name)
        run.path.rename(place)
    except OSError as error:
        raise UnwritableError(unwritable(run.path, error)) from error
    return place


def restore_from_bin(place: Path) -> Path:
    """Move a run from the bin back among the runs; return where it is now.

    Raises:
        StoreError: a run of that name is there again, or the folder cannot be moved.
    """
    back = place.parent.parent / place.name
    if os.path.lexists(back):
        raise StoreError(f"{back} exists; rename it, and then move {place} to where it was")
    try:
        place.rename(back)
    except OSError as error:
        raise UnwritableError(unwritable(place, error)) from error
    return back


def _is_living(run: Run) -> bool:
    """Return whether a writer may be at work, wherever; a damaged run has none."""
    try:
        return run.status().kind in ("running", "stalled")
    except StoreError:
        return False


def _free(folder: Path, name: str) -> Path:
    """Return a place in `folder` that is free; a run of that name may have gone there before."""
    places = (folder / (name if number == 1 else f"{name}~{number}") for number in range(1, 10_000))
    return next(place for place in places if not os.path.lexists(place))
