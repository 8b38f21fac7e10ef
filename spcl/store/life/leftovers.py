"""What a writer that is gone has left: half-written files, or a folder without a step."""

import contextlib
import os
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from spcl.store import schema
from spcl.store.formats.own_files import parent_of
from spcl.store.life.ownership import is_held

_FILE = re.compile(r"\..+\.\d+(\.\d+)?\.tmp")
_SNAPSHOT = re.compile(r"\.step_\d{7,}\.\d+\.tmp")
_LABELS = re.compile(r"\.step_\d+-\w{8}")
LABELS_FOLDER = "pseudo_labels"
FOLDERS = (schema.PROBE_FOLDER, schema.SNAPSHOTS_FOLDER, schema.CHECKPOINTS_FOLDER)
"""The folders that a new run is made with."""


def remove_leftovers(run_path: Path) -> None:
    """Remove temporary files and folders of a writer that is gone; no link is followed.

    Only for who holds the run: a living writer has such files for a moment.
    """
    checkpoints = run_path / schema.CHECKPOINTS_FOLDER
    for folder in (run_path, run_path / schema.PROBE_FOLDER, checkpoints):
        remove_files(folder)
    _remove_folders(run_path / schema.SNAPSHOTS_FOLDER, _SNAPSHOT)
    if _is_folder(checkpoints):
        _remove_folders(checkpoints / LABELS_FOLDER, _LABELS)


def remove_snapshot(run_path: Path, step: int) -> None:
    """Remove the snapshot of `step`: out of sight in one move, so that no half of it is ever read.

    A process killed in between leaves a hidden folder, which the next writer removes. What a reader
    has open stays readable to it.

    Raises:
        OSError: its folder may not be changed.
    """
    folder = run_path / schema.SNAPSHOTS_FOLDER / schema.step_folder(step)
    hidden = hidden_snapshot(folder)
    shutil.rmtree(hidden, ignore_errors=True)
    with parent_of(folder, run_path) as snapshots:
        os.rename(folder.name, hidden.name, src_dir_fd=snapshots, dst_dir_fd=snapshots)
    shutil.rmtree(hidden, ignore_errors=True)


def hidden_snapshot(folder: Path) -> Path:
    """Return the name of the folder of a snapshot that is not whole yet, or is being removed."""
    return folder.with_name(f".{folder.name}.{os.getpid()}.tmp")


def remove_files(folder: Path) -> None:
    """Remove the temporary files directly in `folder`."""
    for path in _named(folder, _FILE):
        with contextlib.suppress(OSError):
            if stat.S_ISREG(path.lstat().st_mode):
                path.unlink()


def remove_empty(path: Path) -> None:
    """Remove the folder of a run that could not be made, so that its id is free again."""
    if not (path / schema.RUN_FILE).exists():
        with contextlib.suppress(OSError):
            (path / schema.LOCK_FILE).unlink(missing_ok=True)
            for folder in FOLDERS:
                if (path / folder).exists():
                    (path / folder).rmdir()
            path.rmdir()


def why_taken(path: Path) -> str:
    """Return why the folder of a new run cannot be made, and what to do."""
    if is_held(path):
        return f"{path} is being written by another training; choose another --id"
    if not os.path.lexists(path / schema.RUN_FILE):
        return f"{path} exists and holds no run; choose another --id, or remove it if it is yours"
    begun = (path / schema.METRICS_FILE, path / schema.CHECKPOINTS_FOLDER / schema.CHECKPOINT_FILE)
    if (path / schema.RUN_FILE).is_file() and not any(file.exists() for file in begun):
        return (
            f"{path} exists; choose another --id, or remove that folder to use this one again: "
            "its training ended before the first step"
        )
    return f"{path} exists; choose another --id, or continue it with --resume {path}"


def _remove_folders(folder: Path, names: re.Pattern[str]) -> None:
    for path in _named(folder, names):
        if _is_folder(path):
            shutil.rmtree(path, ignore_errors=True)


def _named(folder: Path, names: re.Pattern[str]) -> Iterator[Path]:
    if not _is_folder(folder):
        return
    with contextlib.suppress(OSError):
        yield from [path for path in folder.iterdir() if names.fullmatch(path.name)]


def _is_folder(path: Path) -> bool:
    """Return whether `path` is a folder itself, not a link to one."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False
