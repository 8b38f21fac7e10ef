"""Which classes a chart shows where they are very many, and how it says what it leaves out."""

from collections.abc import Iterable, Sequence

MOST_CLASSES = 24
"""Of more classes than these, a chart shows those that tell most; its CSV holds all."""
MOST_CELLS = 16
"""Rows and columns of a table of classes by classes, where the classes are more than that."""


def left_out(known: int, which: str, *, most: int = MOST_CLASSES) -> str:
    """Return " Shown: of 150 classes the 24 lowest on dusk; the CSV holds all."; "" if all are.

    Args:
        known: how many classes there are.
        which: those shown, as "lowest on dusk" or "that moved most".
        most: how many are shown where not all are.
    """
    if known <= MOST_CLASSES:
        return ""
    return f" Shown: of {known} classes the {most} {which}; the CSV holds all."


def of_pairs(pairs: Iterable[tuple[str, str]], names: Sequence[str]) -> list[str]:
    """Return the classes of the first pairs, in the order of `names`; all where they are few.

    Args:
        pairs: of classes, those that tell most first.
        names: of the classes; those that no pair names fill up.
    """
    if len(names) <= MOST_CLASSES:
        return list(names)
    known, found = set(names), dict[str, None]()
    for name in (*(one for pair in pairs for one in pair), *names):
        if name in known and len(found) < MOST_CELLS:
            found[name] = None
    return [name for name in names if name in found]
