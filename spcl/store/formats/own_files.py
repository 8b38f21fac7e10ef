"""Open, write and list the files of a run without ever leaving its folder.

A run may come from a stranger: `derived/` may be a link into a home folder, `run.json` a pipe or a
link to an endless device. So every file below a run is opened here, by walking down from the run's
folder one name at a time: no link is followed (not even the last), only regular files are opened,
none larger than its limit, and what is written is never shared with a file elsewhere.

A folder `within` may itself be reached through links: that is the choice of whoever opens it.
"""

import contextlib
import errno
import os
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from spcl.store.errors import DamagedError, StoreError

MOST_BYTES = 200_000_000
"""No single file of a run needs more; larger ones are refused before they fill the memory."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe must not block
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_APPEND = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def read_own(path: Path, *, within: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """Return the content of a regular file (OSError; DamagedError: a link, a device, too large)."""
    with open_own(path, within=within, most_bytes=most_bytes) as stream:
        return stream.read()


def open_own(path: Path, *, within: Path, most_bytes: int | None = MOST_BYTES) -> BinaryIO:
    """Open a regular file for reading.

    Args:
        path: a file below `within`.
        within: the folder that is not left.
        most_bytes: the largest file that is opened; None for any.

    Raises:
        DamagedError: it is a link, no regular file, or too large; links on the way count.
        OSError: it is not there or not readable.
    """
    with _parent(path, within) as folder:
        descriptor = _opened(path, _READ, folder)
    try:
        found = os.fstat(descriptor)
        _require_regular(path, found)
        if most_bytes is not None and found.st_size > most_bytes:
            raise DamagedError(
                f"{path} has {found.st_size:,} bytes, more than the {most_bytes:,} that are read; "
                "it is damaged or none of this program's: copy the run again"
            )
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def write_own(path: Path, write: bytes | Callable[[BinaryIO], object], *, within: Path) -> None:
    """Write so that `path` is absent, old or complete, also after a crash or a full disk.

    Args:
        path: a file below `within`, whose folder exists.
        write: the content, or what writes it to a stream.
        within: the folder that is not left.
    """
    temporary = f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp"
    with _parent(path, within) as folder:
        _remove(temporary, folder)
        try:
            descriptor = os.open(temporary, _NEW, 0o666, dir_fd=folder)
            with os.fdopen(descriptor, "wb") as stream:
                if isinstance(write, bytes):
                    stream.write(write)
                else:
                    write(stream)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, path.name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            _remove(temporary, folder)  # a full disk is not filled further
            raise


def append_own(path: Path, content: bytes, *, within: Path) -> None:
    """Append to a file, which is made when missing; an unfinished last line is ended first.

    A write that fails, as on a full disk, leaves nothing of `content`.
    """
    with _parent(path, within) as folder:
        descriptor = _opened(path, _APPEND, folder)
    try:
        found = os.fstat(descriptor)
        _require_regular(path, found)
        if found.st_nlink > 1:
            raise StoreError(
                f"{path} is one file under {found.st_nlink} names (hard links), and writing would "
                "change them all; copy the run to a new folder first"
            )
        if found.st_size and os.pread(descriptor, 1, found.st_size - 1) != b"\n":
            content = b"\n" + content
        _write_all(descriptor, content, found.st_size)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, content: bytes, size_before: int) -> None:
    left = memoryview(content)
    try:
        while left:
            left = left[os.write(descriptor, left) :]
    except BaseException:
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, size_before)
        raise


def flush_own_folder(path: Path, *, within: Path) -> None:
    """Have the disk keep the names in a folder, as far as the system can."""
    with contextlib.suppress(OSError), _opened_folder(path, within) as folder:
        os.fsync(folder)


def make_own_folder(path: Path, *, within: Path) -> None:
    """Make the folder `path` and those between it and `within` (StoreError: one is a link)."""
    within.mkdir(parents=True, exist_ok=True)
    at = within
    for name in path.relative_to(within).parts:
        with _opened_folder(at, within) as folder, contextlib.suppress(FileExistsError):
            os.mkdir(name, dir_fd=folder)
        at = at / name
    with _opened_folder(path, within):
        pass


def own_entries(path: Path, *, within: Path) -> list[str]:
    """Return the names in a folder; none where it is missing, a link, or may not be read."""
    try:
        with _opened_folder(path, within) as folder:
            return os.listdir(folder)  # noqa: PTH208 (a descriptor, not a path)
    except (OSError, StoreError):
        return []


def own_stat(path: Path, *, within: Path) -> os.stat_result | None:
    """Return what is known of a regular file; None where there is none, or a link on the way."""
    try:
        with _parent(path, within) as folder:
            found = os.stat(path.name, dir_fd=folder, follow_symlinks=False)
    except (OSError, StoreError):
        return None
    return found if stat.S_ISREG(found.st_mode) else None


def is_own_folder(path: Path, *, within: Path) -> bool:
    """Return whether `path` is a folder, with no link between it and `within`."""
    try:
        with _opened_folder(path, within):
            return True
    except (OSError, StoreError):
        return False


@contextmanager
def _parent(path: Path, within: Path) -> Iterator[int]:
    with _opened_folder(path.parent, within) as folder:
        yield folder


@contextmanager
def _opened_folder(path: Path, within: Path) -> Iterator[int]:
    """Yield a descriptor of the folder `path`, reached from `within` without a link."""
    descriptor = os.open(within, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        at = within
        for name in path.relative_to(within).parts:
            at = at / name
            if name == "..":
                raise DamagedError(f"{path} leads out of {within}; name a file below it")
            below = _opened(at, _FOLDER, descriptor)
            os.close(descriptor)
            descriptor = below
        yield descriptor
    finally:
        os.close(descriptor)


def _opened(path: Path, flags: int, folder: int) -> int:
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


def _require_regular(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise DamagedError(f"{path} is no regular file; copy the run again")


def _remove(name: str, folder: int) -> None:
    with contextlib.suppress(OSError):
        os.unlink(name, dir_fd=folder)
