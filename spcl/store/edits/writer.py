"""Keep what a person changed of a run's story; the one thing that a page ever writes."""

from spcl.store.edits.reader import StoryEdits, story_path
from spcl.store.errors import writing
from spcl.store.formats.encoding import json_bytes
from spcl.store.formats.own_writes import make_own_folder, write_own
from spcl.store.reader import Run


def write_story_edits(run: Run, edits: StoryEdits) -> None:
    """Replace the edits of a run's story (StoreError: its folder cannot be written)."""
    path = story_path(run)
    with writing(run.path):
        make_own_folder(path.parent, within=run.path)
        write_own(path, json_bytes(edits.to_json()), within=run.path)
