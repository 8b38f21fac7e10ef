"""What a person changed of a run's story: read like everything else, and kept beside the run."""

from spcl.store.edits.story import StoryEdits, read_story_edits
from spcl.store.edits.writer import write_story_edits
from spcl.store.errors import StoreError
from spcl.store.reader import Run


def kept_edits(run: Run) -> tuple[StoryEdits, str]:
    """Return the edits kept beside a run, and why a file of them is ignored ("" if none is)."""
    try:
        return read_story_edits(run), ""
    except StoreError as error:
        return StoryEdits(), f"{error}."


def keep_edits(run: Run, edits: StoryEdits) -> str:
    """Keep the edits beside the run; return why that was not possible, "" if it was."""
    try:
        write_story_edits(run, edits)
    except StoreError as error:
        return f"Your edits last as long as this page is open: {error}."
    return ""
