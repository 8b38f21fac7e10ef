"""What a person may read when something is wrong, each in one sentence to act on."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
_GONE = (errno.ENOENT, errno.ENOTDIR, errno.ESTALE)


class UserError(Exception):
    """Report a user's mistake: what was given, what is allowed, what to do; exit code 2."""


class StoreError(UserError):
    """Report a run that cannot be read or written; the message is one sentence."""


class DamagedError(StoreError):
    """Report a file of a run that is missing, torn or does not fit the others."""


class NewerSchemaError(StoreError):
    """Report a run written by a newer version of this program than the one reading it."""


class HeldError(StoreError):
    """Report a run that another writer holds; nothing was written."""


class UnwritableError(StoreError):
    """Report a run's folder that takes no more: full, forbidden, gone or another writer's."""


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn an error of the system while `folder` is written into one sentence to act on."""
    try:
        yield
    except OSError as error:
        raise UnwritableError(unwritable(folder, error)) from error


def unwritable(folder: Path, error: OSError) -> str:
    """Return why `folder` could not be written, and what to do."""
    if error.errno in _FULL:
        return f"{folder} cannot be written because the disk is full; free some space on it"
    if error.errno == errno.EFBIG:
        return f"a file of {folder} would pass the limit on file sizes; raise it with ulimit -f"
    if error.errno in _FORBIDDEN:
        return f"{folder} may not be written ({error.strerror}); give this user the right to"
    if error.errno in _GONE and not folder.is_dir():
        return f"{folder} was moved or removed while it was written; put it back where it was"
    return f"{folder} cannot be written ({error.strerror or error}); look after its disk"
