"""The folder in the user's cache that fetched runs are kept in; nothing is written beside it."""

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from dashboard.remote.address import Address
from spcl.store.errors import StoreError, writing
from spcl.store.formats.digests import changed_files
from spcl.store.formats.files import MOST_JSON_BYTES
from spcl.store.formats.jsonl import MOST_FILE_BYTES
from spcl.store.formats.own_files import (
    is_own_folder,
    open_own,
    own_entries,
    own_stat,
    read_own,
)
from spcl.store.formats.own_writes import append_own, make_own_folder, write_own
from spcl.store.life.status import COPY_MARK
from spcl.store.places.user_cache import user_cache

COUNT_AGAIN_SECONDS = 60.0
_LOCK = ".fetched-by"
_LEFT_FREE = 500_000_000
"""What is always left free on the disk."""
_LONGEST_NAME = 200


class Cache:
    """Fetched runs; paths are relative to the folder, and every name in them was looked at."""

    def __init__(self, folder: Path, *, most_bytes: int) -> None:
        """Keep at most `most_bytes` in `folder`, which exists."""
        self.folder = folder
        self._most_bytes = most_bytes
        self._used = 0
        self._counted_at = -COUNT_AGAIN_SECONDS
        self._lock: int | None = None

    @classmethod
    def of(cls, address: Address, *, most_bytes: int) -> "Cache":
        """Return the cache of an address, made where it is not there yet (UnwritableError)."""
        folder = user_cache() / "remote" / address.key
        with writing(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder = folder.resolve()
            write_own(folder / COPY_MARK, f"{address.shown}\n".encode(), within=folder)
        return cls(folder, most_bytes=most_bytes)

    def is_ours(self) -> bool:
        """Return whether this process fetches; another dashboard of the same address may."""
        if self._lock is None:
            descriptor = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(descriptor)
                return False
            self._lock = descriptor
            self._remove_unfinished()
        return True

    def close(self) -> None:
        """Let another dashboard fetch."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def names(self, path: str = "") -> set[str]:
        """Return the names in a folder but hidden ones."""
        found = own_entries(self.folder / path, within=self.folder)
        return {name for name in found if not name.startswith(".")}

    def size(self, path: str) -> int | None:
        """Return the bytes of a file; None where there is none."""
        found = own_stat(self.folder / path, within=self.folder)
        return found.st_size if found else None

    def content(self, path: str) -> bytes:
        """Return a file of at most 32 MB (OSError, DamagedError)."""
        return read_own(self.folder / path, within=self.folder, most_bytes=MOST_JSON_BYTES)

    def tail(self, path: str, size: int, length: int) -> bytes:
        """Return the last `length` of the `size` bytes of a file."""
        place = self.folder / path
        with open_own(place, within=self.folder, most_bytes=MOST_FILE_BYTES) as stream:
            stream.seek(size - length)
            return stream.read(length)

    def has_room(self, size: int) -> bool:
        """Return whether `size` more bytes may be kept."""
        if time.monotonic() - self._counted_at >= COUNT_AGAIN_SECONDS:
            self._used, self._counted_at = _bytes_below(self.folder), time.monotonic()
        free = shutil.disk_usage(self.folder).free
        return self._used + size <= self._most_bytes and free - size >= _LEFT_FREE

    def put(self, path: str, content: bytes, changed: float | None = None) -> None:
        """Write a whole file, with the time at which it was written elsewhere."""
        place = self.folder / path
        make_own_folder(place.parent, within=self.folder)
        write_own(place, content, within=self.folder)
        if changed is not None:
            with contextlib.suppress(OSError, OverflowError):
                os.utime(place, (changed, changed), follow_symlinks=False)
        self._used += len(content)

    def append(self, path: str, lines: bytes) -> None:
        """Append whole lines."""
        make_own_folder((self.folder / path).parent, within=self.folder)
        append_own(self.folder / path, lines, within=self.folder)
        self._used += len(lines)

    def begin(self, path: str) -> str:
        """Return the hidden folder in which a folder is filled, empty."""
        parent, _, name = path.rpartition("/")
        hidden = f"{parent}/.{name}.{os.getpid()}.tmp"
        self.remove(hidden)
        make_own_folder(self.folder / hidden, within=self.folder)
        return hidden

    def is_as_published(self, path: str) -> bool:
        """Return whether a folder holds what its `digests.json` says, if it has one."""
        try:
            return not changed_files(self.folder / path, within=self.folder)
        except StoreError:
            return False

    def publish(self, hidden: str, path: str) -> None:
        """Give a filled folder its name: it appears whole."""
        (self.folder / hidden).rename(self.folder / path)

    def remove(self, path: str) -> None:
        """Remove a folder: first its name, so that nobody sees half of it."""
        place = self.folder / path
        if not is_own_folder(place, within=self.folder):
            return
        self._used -= _bytes_below(place)
        hidden = place.with_name(f".{place.name.lstrip('.')}.{os.getpid()}.gone.tmp")
        shutil.rmtree(hidden, ignore_errors=True)
        with contextlib.suppress(OSError):
            place.rename(hidden)
        shutil.rmtree(hidden, ignore_errors=True)

    def _remove_unfinished(self) -> None:
        """Remove what a dashboard that was killed was about to fetch."""
        for pattern in (".*.tmp", ".*.coming", "*/.*.tmp", "*/snapshots/.*.tmp"):
            for place in self.folder.glob(pattern):
                if place.is_dir() and not place.is_symlink():
                    shutil.rmtree(place, ignore_errors=True)


def is_plain(name: str) -> bool:
    """Return whether a name from elsewhere can be the name of a file here, and of nothing else."""
    return (
        not name.startswith(".")
        and name.isprintable()
        and not set(name) & set("/\\")
        and 0 < len(name.encode(errors="surrogatepass")) <= _LONGEST_NAME
    )


def total(sizes: Mapping[str, int]) -> int:
    """Return the bytes of some files together."""
    return sum(sizes.values())


def _bytes_below(folder: Path) -> int:
    used = 0
    for at, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                used += os.lstat(os.path.join(at, name)).st_size  # noqa: PTH118 (a hundred thousand)
    return used
