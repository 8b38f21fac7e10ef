"""Write the files of a run without ever leaving its folder; only writers may import this file.

What is written is never shared with a file elsewhere, through a link or a second name.
"""

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from spcl.store.errors import StoreError
from spcl.store.formats.own_files import opened, opened_folder, parent_of, require_regular

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_APPEND = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def write_own(path: Path, write: bytes | Callable[[BinaryIO], object], *, within: Path) -> None:
    """Write so that `path` is absent, old or complete, also after a crash or a full disk.

    Args:
        path: a file below `within`, whose folder exists.
        write: the content, or what writes it to a stream.
        within: the folder that is not left.
    """
    temporary = f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp"
    with parent_of(path, within) as folder:
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
    with parent_of(path, within) as folder:
        descriptor = opened(path, _APPEND, folder)
    try:
        found = os.fstat(descriptor)
        require_regular(path, found)
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
    with contextlib.suppress(OSError), opened_folder(path, within) as folder:
        os.fsync(folder)


def make_own_folder(path: Path, *, within: Path) -> None:
    """Make the folder `path` and those between it and `within` (StoreError: one is a link).

    `within` must be there: a run that was moved away is not begun anew where it stood.
    """
    at = within
    for name in path.relative_to(within).parts:
        with opened_folder(at, within) as folder, contextlib.suppress(FileExistsError):
            os.mkdir(name, dir_fd=folder)
        at = at / name
    with opened_folder(path, within):
        pass


def remove_own(path: Path, *, within: Path) -> None:
    """Remove a file, if it is there and may be removed; a link goes, not what it leads to."""
    with contextlib.suppress(OSError, StoreError), parent_of(path, within) as folder:
        os.unlink(path.name, dir_fd=folder)


def _remove(name: str, folder: int) -> None:
    with contextlib.suppress(OSError):
        os.unlink(name, dir_fd=folder)
