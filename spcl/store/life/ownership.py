"""One owner of a run: a lock that the living writer holds and the system releases when it dies.

The lock is on the file, not on a process number, so it is seen from every container and user of
this machine; whether other machines see it is up to their file system.
"""

import contextlib
import importlib
import os
import stat
import time
from pathlib import Path
from typing import Any

from spcl.store.errors import HeldError, UnwritableError, unwritable
from spcl.store.schema import LOCK_FILE

fcntl: Any
try:
    fcntl = importlib.import_module("fcntl")
except ImportError:  # a system without such locks: process and heartbeat decide there
    fcntl = None

RESERVED_BYTES = 64 * 1024
"""Kept in the lock file while a run is written: given back, they take the last words of a run
whose disk is full."""
_TRIES = 50
_PAUSE_SECONDS = 0.01
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class RunLock:
    """The lock of one run, held until `release` or the end of the process."""

    def __init__(self, path: Path, descriptor: int) -> None:
        """Hold the open lock file of the run at `path`; `take` makes one."""
        self.path = path
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, path: Path) -> "RunLock":
        """Become the writer of the run at `path` (HeldError: there is one; UnwritableError)."""
        try:
            descriptor = os.open(path / LOCK_FILE, os.O_RDWR | os.O_CREAT | _NO_LINK, 0o666)
        except OSError as error:
            raise UnwritableError(unwritable(path, error)) from error
        try:
            _require_plain(path, descriptor)
            if not _locked(descriptor):
                raise HeldError(f"{path} is being written by another training; stop that one first")
            _reserve(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        return cls(path, descriptor)

    def give_back_reserve(self) -> None:
        """Give the reserved bytes back to the disk."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, 0)

    def folder_now(self) -> Path | None:
        """Return where the run's folder stands now, e.g. after it was moved; None if gone."""
        with contextlib.suppress(OSError):
            place = Path(f"/proc/self/fd/{self._descriptor}").readlink()
            if self._descriptor is not None and _same_file(place, self._descriptor):
                return place.parent
        return None

    def release(self) -> None:
        """Let another writer in."""
        if self._descriptor is not None:
            self.give_back_reserve()
            os.close(self._descriptor)
            self._descriptor = None


def is_held(path: Path) -> bool | None:
    """Return whether a living writer holds the run at `path`; None where no lock can tell.

    The look is a shared try that lasts microseconds; a writer that comes meanwhile tries again.
    """
    if fcntl is None:
        return None
    try:
        descriptor = os.open(path / LOCK_FILE, os.O_RDONLY | _NO_LINK)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return False


def _require_plain(path: Path, descriptor: int) -> None:
    """Refuse what would let a received run write elsewhere: a device, or another file's name."""
    about = os.fstat(descriptor)
    if not stat.S_ISREG(about.st_mode) or about.st_nlink != 1:
        raise UnwritableError(f"{path / LOCK_FILE} is not a file of this run alone; remove it")


def _locked(descriptor: int) -> bool:
    """Return whether the lock is ours; on a file system without locks it is, too."""
    if fcntl is None:
        return True
    for _ in range(_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE_SECONDS)
        except OSError:
            return True
        else:
            return True
    return False


def _reserve(descriptor: int) -> None:
    with contextlib.suppress(OSError):
        os.pwrite(descriptor, bytes(RESERVED_BYTES), 0)


def _same_file(place: Path, descriptor: int) -> bool:
    return os.path.samestat(place.lstat(), os.fstat(descriptor))
