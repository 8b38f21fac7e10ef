"""Errors meant for the user: one sentence, never a traceback."""

from collections.abc import Iterable
from difflib import get_close_matches

from spcl.store.errors import UserError

__all__ = ["UserError", "suggestion"]


def suggestion(word: str, allowed: Iterable[str]) -> str:
    """Return `; did you mean "..."?` with the closest allowed word, or an empty string."""
    nearest = get_close_matches(word, list(allowed), n=1, cutoff=0.5)
    return f'; did you mean "{nearest[0]}"?' if nearest else ""
