"""Which snapshots of a copied run are still on their way: a copy in progress is no damage.

A writer publishes a snapshot whole, by a rename; `rsync` and its like fill its folder file by file.
`digests.json` names every file that belongs there, so that what has not arrived yet is known.
"""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from spcl.store import schema
from spcl.store.errors import StoreError
from spcl.store.formats.digests import DIGESTS_FILE
from spcl.store.formats.files import read_json
from spcl.store.formats.own_files import is_own_folder, own_entries

QUIET_SECONDS = 300.0
"""A folder in which nothing has changed for so long is no longer filled: what lacks is missing."""
LONGEST_FILE_SECONDS = 600.0
"""So long one file of a snapshot may take: before and after it, names in its folder change."""
_ALWAYS_THERE = frozenset(
    {schema.FEATURES_FILE, schema.PREDICTIONS_FILE, schema.PROTOTYPES_FILE, schema.SCORES_FILE}
)
_MOST_KNOWN = 20_000
_known_whole: set[tuple[Path, int]] = set()
"""Folders that were whole once, with their inode: what is published never changes."""
_all_whole: dict[Path, int] = {}
"""When the folder of all snapshots had changed last, when all were whole: one look for all."""
_SETTLED_SECONDS = 2.0
"""So long after a change another one is sure to have another time."""


def still_arriving(snapshots: Path, names: Sequence[str], *, within: Path) -> frozenset[str]:
    """Return the names of snapshots that lack files, while anything in them changes.

    One that is filled at the moment speaks for all: a copy makes folders long before it fills them.
    Of one whose files were removed nothing changes; it is damaged and not named here.

    Args:
        snapshots: the folder of all snapshots of a run.
        names: of their folders.
        within: the run.
    """
    changed = _changed(snapshots)
    if _all_whole.get(snapshots) == changed:
        return frozenset()
    if _is_long_ago(snapshots, names):
        return frozenset()
    lacking = [name for name in names if not _is_whole(snapshots / name, within)]
    if not lacking and time.time() - changed / 1e9 > _SETTLED_SECONDS:
        if len(_all_whole) >= _MOST_KNOWN:
            _all_whole.clear()
        _all_whole[snapshots] = changed
    quiet = min((_seconds_quiet(snapshots / name, within) for name in lacking), default=0.0)
    return frozenset(lacking if quiet < QUIET_SECONDS else ())


def _is_long_ago(snapshots: Path, names: Sequence[str]) -> bool:
    """Return whether nothing came for so long that no file can be under way; two looks a folder."""
    folders = [snapshots / name for name in names]
    latest = max(
        (_changed(at) for one in folders for at in (one, one / schema.MASKS_FOLDER)), default=0
    )
    return time.time() - latest / 1e9 > QUIET_SECONDS + LONGEST_FILE_SECONDS


def is_arriving(run_path: Path) -> bool:
    """Return whether a folder that has no `run.json` yet is filled by a copy, which brings it last.

    A writer makes a run with its `run.json`; one that has lost it is damaged, and nothing changes.
    """
    if os.path.lexists(run_path / schema.RUN_FILE):
        return False
    snapshots = run_path / schema.SNAPSHOTS_FOLDER
    names = own_entries(snapshots, within=run_path)
    folders = [run_path, run_path / schema.PROBE_FOLDER, snapshots, *map(snapshots.joinpath, names)]
    return min(_seconds_quiet(folder, run_path) for folder in folders) < QUIET_SECONDS


def _is_whole(folder: Path, within: Path) -> bool:
    """Return whether every file of a snapshot is there; looked at until it is."""
    try:
        key = (folder, folder.lstat().st_ino)
    except OSError:
        return True  # gone: whoever opens it says so
    if key in _known_whole:
        return True
    if not is_own_folder(folder, within=within):
        return True  # a link, whose sentence comes with its reading
    present = set(own_entries(folder, within=within))
    if DIGESTS_FILE in present:
        masks = own_entries(folder / schema.MASKS_FOLDER, within=within)
        present |= {f"{schema.MASKS_FOLDER}/{name}" for name in masks}
    if not _wanted(folder, within, has_digests=DIGESTS_FILE in present) <= present:
        return False
    if len(_known_whole) >= _MOST_KNOWN:
        _known_whole.clear()
    _known_whole.add(key)
    return True


def _wanted(folder: Path, within: Path, *, has_digests: bool) -> frozenset[str]:
    """Return the files that a snapshot must have; older ones do not name them."""
    if not has_digests:
        return _ALWAYS_THERE
    try:
        recorded = read_json(folder / DIGESTS_FILE, within=within).get("sha256")
    except StoreError:
        return frozenset()  # damaged, and not by being copied: files arrive whole
    return frozenset(recorded) if isinstance(recorded, dict) else frozenset()


def _seconds_quiet(folder: Path, within: Path) -> float:
    """Return the seconds since anything in a folder changed; no copy can set that time."""
    hidden = (name for name in own_entries(folder, within=within) if name.startswith("."))
    places = [folder, folder / schema.MASKS_FOLDER, *(folder / name for name in hidden)]
    places += [
        folder / schema.MASKS_FOLDER / name
        for name in own_entries(folder / schema.MASKS_FOLDER, within=within)
        if name.startswith(".")
    ]
    return time.time() - max(map(_changed, places)) / 1e9


def _changed(path: Path) -> int:
    """Return when a file or folder changed last, in nanoseconds since 1970; 0 where it is gone."""
    try:
        return os.lstat(path).st_ctime_ns
    except OSError:
        return 0
