"""Bring one part of a run here: a folder that appears whole, lines at the end of a file, a file."""

from dataclasses import dataclass

from dashboard.remote.cache import Cache, is_plain, total
from dashboard.remote.far import AT_ONCE, Entry, Far
from spcl.store import schema
from spcl.store.formats.digests import DIGESTS_FILE
from spcl.store.formats.jsonl import MOST_FILE_BYTES, MOST_LINE_BYTES
from spcl.store.formats.own_files import MOST_BYTES

MOST_FILES = 5_000
"""In one folder: a probe of 60 images a domain makes 240 masks."""
_CHUNK_BYTES = 8_000_000
_OVERLAP_BYTES = 200
"""Read again before new lines, to notice a file that was begun anew."""
_SUFFIXES = (".npy", ".npz", ".json", ".png")
_WHOLE = {
    schema.PROBE_FOLDER: {schema.PROBE_FILE, schema.PIXELS_FILE},
    schema.SNAPSHOTS_FOLDER: {
        *(schema.FEATURES_FILE, schema.PREDICTIONS_FILE),
        *(schema.PROTOTYPES_FILE, schema.SCORES_FILE),
    },
}
"""What must be there before a folder is brought at all; `digests.json` says the rest."""


class RefusedError(Exception):
    """Say in a sentence what of a run is not brought here, and why."""


@dataclass(frozen=True)
class Listed:
    """The files of a probe or a snapshot elsewhere: bytes of each, by its path in the folder."""

    sizes: dict[str, int]
    stamp: str

    @property
    def bytes(self) -> int:
        """Return the bytes of all together."""
        return total(self.sizes)


def listed(far: Far, path: str) -> Listed | None:
    """Return what a folder holds, None while it is not whole (RefusedError: too much)."""
    found = far.entries(path)
    entries, masks = _own(found), found.get(schema.MASKS_FOLDER)
    if not entries.keys() >= _WHOLE[path.split("/")[1]]:
        return None
    if masks is not None and masks.is_folder:
        below = _own(far.entries(f"{path}/{schema.MASKS_FOLDER}"))
        entries |= {f"{schema.MASKS_FOLDER}/{name}": entry for name, entry in below.items()}
    if len(entries) > MOST_FILES:
        raise RefusedError(f"{path} has {len(entries):,} files, more than the {MOST_FILES:,} read")
    for name, entry in entries.items():
        if entry.size > MOST_BYTES:
            raise RefusedError(
                f"{path}/{name} has {entry.size:,} bytes, more than the {MOST_BYTES:,} read"
            )
    stamp = " ".join(f"{name} {entry.stamp}" for name, entry in sorted(entries.items()))
    return Listed({name: entry.size for name, entry in entries.items()}, stamp)


def _own(entries: dict[str, Entry]) -> dict[str, Entry]:
    return {
        name: entry
        for name, entry in entries.items()
        if is_plain(name) and not entry.is_folder and name.endswith(_SUFFIXES)
    }


def bring_folder(far: Far, cache: Cache, path: str, to: str, what: Listed) -> bool:
    """Fetch a folder as `to`; return whether it came whole, else nothing of it is kept."""
    hidden = cache.begin(to)
    try:
        names = list(what.sizes)
        for first in range(0, len(names), 4 * AT_ONCE):
            wanted = {f"{path}/{name}": what.sizes[name] for name in names[first:][: 4 * AT_ONCE]}
            for name, content in far.read_all(wanted).items():
                if len(content) != wanted[name]:
                    raise FileNotFoundError(name)  # it changed meanwhile
                cache.put(hidden + name.removeprefix(path), content)
        if DIGESTS_FILE in what.sizes and not cache.is_as_published(hidden):
            return False
        cache.publish(hidden, to)
    finally:
        cache.remove(hidden)
    return True


def bring_lines(far: Far, cache: Cache, path: str, to: str, entry: Entry) -> None:
    """Bring the new whole lines of a file that grows; anew where another took its place."""
    if entry.size > MOST_FILE_BYTES:
        raise RefusedError(
            f"{path} has {entry.size:,} bytes, more than the {MOST_FILE_BYTES:,} read"
        )
    have = cache.size(to) or 0
    if have > entry.size or not _goes_on(far, cache, path, to, have):
        cache.put(to, b"")
        have = 0
    while have < entry.size:
        content = far.read(path, start=have, most=min(_CHUNK_BYTES, entry.size - have))
        lines, newline, rest = content.rpartition(b"\n")
        if not newline:
            if len(rest) > MOST_LINE_BYTES:
                raise RefusedError(f"{path} has a line longer than a row can be")
            return
        cache.append(to, lines + newline)
        have += len(lines) + 1


def _goes_on(far: Far, cache: Cache, path: str, to: str, have: int) -> bool:
    length = min(have, _OVERLAP_BYTES)
    if not length:
        return True
    return far.read(path, start=have - length, most=length) == cache.tail(to, have, length)
