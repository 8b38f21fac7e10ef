"""What a person notes about runs: read again only when it was replaced, and kept beside the run."""

from pathlib import Path
from threading import Lock

from dashboard.data import runs_folder
from spcl.store.edits.notes import NOTES_FILE, RunNotes, read_run_notes
from spcl.store.edits.writer import BIN_FOLDER, move_to_bin, restore_from_bin, write_run_notes
from spcl.store.errors import StoreError
from spcl.store.reader import Run

_MOST_RUNS = 1000
_lock = Lock()
_known: dict[Path, tuple[tuple[int, int, int], RunNotes]] = {}


def notes_of(run: Run) -> RunNotes:
    """Return what was noted about a run; a file that cannot be read counts as nothing noted."""
    try:
        found = (run.derived_path / NOTES_FILE).lstat()
    except OSError:
        return RunNotes()
    stamp = found.st_ino, found.st_mtime_ns, found.st_size
    with _lock:
        known = _known.get(run.path)
    if known is not None and known[0] == stamp:
        return known[1]
    try:
        notes = read_run_notes(run)
    except StoreError:
        notes = RunNotes()
    with _lock:
        _known[run.path] = stamp, notes
        while len(_known) > _MOST_RUNS:
            del _known[next(iter(_known))]
    return notes


def keep_notes(run: Run, notes: RunNotes) -> str:
    """Keep notes beside the run; return why that was not possible, "" if it was."""
    try:
        write_run_notes(run, notes)
    except StoreError as error:
        return f"Nothing was noted: {error}."
    return ""


def bin_folder() -> Path:
    """Return where the runs of the folder go when they are moved into the bin."""
    return runs_folder.runs_dir() / BIN_FOLDER


def bin_run(run_id: str) -> tuple[Path | None, str]:
    """Move a run into the bin; return where it is now, or None and why it could not be moved."""
    try:
        return move_to_bin(Run(runs_folder.runs_dir() / run_id)), ""
    except StoreError as error:
        return None, f"Not moved: {error}."


def restore_run(place: Path) -> str:
    """Move a run from the bin back; return why that was not possible, "" if it was."""
    try:
        restore_from_bin(place)
    except StoreError as error:
        return f"Not restored: {error}."
    return ""
