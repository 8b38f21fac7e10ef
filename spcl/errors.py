"""Errors meant for the user: one sentence, never a traceback."""

import errno
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from spcl.store.errors import UserError, unwritable

__all__ = ["DivergedError", "UserError", "is_mendable", "sentence", "suggestion"]

_OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "out of memory")


class DivergedError(UserError):
    """Report numbers of a model that have left the range of a float; `what` names them."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not finite; lower the learning rates or clip the gradients")
        self.what = what


def suggestion(word: str, allowed: Iterable[str]) -> str:
    """Return `; did you mean "..."?` with the closest allowed word, or an empty string."""
    nearest = get_close_matches(word, list(allowed), n=1, cutoff=0.5)
    return f'; did you mean "{nearest[0]}"?' if nearest else ""


def is_mendable(error: BaseException) -> bool:
    """Return whether the user can do something about `error`; else it is a fault of the program."""
    return isinstance(error, UserError | OSError) or _is_memory(error)


def sentence(error: BaseException) -> str:
    """Return any error as one line: what went wrong and, where it is known, what to do."""
    if isinstance(error, UserError):
        return str(error)
    if _is_memory(error):
        return (
            "memory ran out; use smaller batches (warmup.batch, adapt.source_batch, "
            "adapt.target_batch), a smaller data.size, or end other programs"
        )
    if isinstance(error, OSError):
        return _of_the_system(error)
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:300]}" if lines else type(error).__name__


def _is_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(words in text for words in _OUT_OF_MEMORY)


def _of_the_system(error: OSError) -> str:
    if error.filename is None:
        return f"the system refused ({error.strerror or error}); look after disk and rights"
    path = Path(str(error.filename))
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return unwritable(path.parent, error)
    return f"{path} cannot be used ({error.strerror}); check that it is there, and its rights"
