"""Open and list the files of a run without ever leaving its folder.

A run may come from a stranger: `derived/` may be a link into a home folder, `run.json` a pipe or a
link to an endless device. So every file below a run is opened here, by walking down from the run's
folder one name at a time: no link is followed (not even the last), only regular files are opened,
none larger than its limit. `own_writes.py` writes by the same rules.

A folder `within` may itself be reached through links: that is the choice of whoever opens it.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from spcl.store.errors import DamagedError, StoreError

MOST_BYTES = 200_000_000
"""No single file of a run needs more; larger ones are refused before they fill the memory."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe must not block


def read_own(path: Path, *, within: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """Return the content of a regular file (OSError; DamagedError: a link, a device, too large)."""
    with open_own(path, within=within, most_bytes=most_bytes) as stream:
        return stream.read()


def open_own(path: Path, *, within: Path, most_bytes: int = MOST_BYTES) -> BinaryIO:
    """Open a regular file for reading.

    Args:
        path: a file below `within`.
        within: the folder that is not left.
        most_bytes: the largest file that is opened.

    Raises:
        DamagedError: it is a link, no regular file, or too large; links on the way count.
        OSError: it is not there or not readable.
    """
    with parent_of(path, within) as folder:
        descriptor = opened(path, _READ, folder)
    try:
        found = os.fstat(descriptor)
        require_regular(path, found)
        if found.st_size > most_bytes:
            raise DamagedError(
                f"{path} has {found.st_size:,} bytes, more than the {most_bytes:,} that are read; "
                "it is damaged or none of this program's: copy the run again"
            )
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def own_entries(path: Path, *, within: Path) -> list[str]:
    """Return the names in a folder; none where it is missing, a link, or may not be read."""
    try:
        with opened_folder(path, within) as folder:
            return os.listdir(folder)  # noqa: PTH208 (a descriptor, not a path)
    except (OSError, StoreError):
        return []


def own_stat(path: Path, *, within: Path) -> os.stat_result | None:
    """Return what is known of a regular file; None where there is none, or a link on the way."""
    try:
        with parent_of(path, within) as folder:
            found = os.stat(path.name, dir_fd=folder, follow_symlinks=False)
    except (OSError, StoreError):
        return None
    return found if stat.S_ISREG(found.st_mode) else None


def is_own_folder(path: Path, *, within: Path) -> bool:
    """Return whether `path` is a folder, with no link between it and `within`."""
    try:
        with opened_folder(path, within):
            return True
    except (OSError, StoreError):
        return False


@contextmanager
def parent_of(path: Path, within: Path) -> Iterator[int]:
    """Yield a descriptor of the folder that `path` stands in, reached without a link."""
    with opened_folder(path.parent, within) as folder:
        yield folder


@contextmanager
def opened_folder(path: Path, within: Path) -> Iterator[int]:
    """Yield a descriptor of the folder `path`, reached from `within` without a link."""
    descriptor = os.open(within, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        at = within
        for name in path.relative_to(within).parts:
            at = at / name
            if name == "..":
                raise DamagedError(f"{path} leads out of {within}; name a file below it")
            below = opened(at, _FOLDER, descriptor)
            os.close(descriptor)
            descriptor = below
        yield descriptor
    finally:
        os.close(descriptor)


def opened(path: Path, flags: int, folder: int) -> int:
    """Return a descriptor of a name in `folder` (DamagedError: a link; OSError)."""
    try:
        return os.open(path.name, flags, 0o666, dir_fd=folder)
    except OSError as error:
        if error.errno == errno.ELOOP or _is_link(path.name, folder):
            raise DamagedError(
                f"{path} is a link, and links in a run are not followed; copy the run with the "
                "files themselves (cp -rL)"
            ) from None
        if error.errno == errno.ENXIO:
            raise DamagedError(f"{path} is no regular file; copy the run again") from None
        raise


def _is_link(name: str, folder: int) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False


def require_regular(path: Path, found: os.stat_result) -> None:
    """Raise DamagedError for anything but a regular file."""
    if not stat.S_ISREG(found.st_mode):
        raise DamagedError(f"{path} is no regular file; copy the run again")
