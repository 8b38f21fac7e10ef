"""Which class, and which pair of classes, an address asks for: by its name in the run, or its id.

A pair is two of them with a comma between; names may hold commas, so every comma is tried.
"""

from dashboard.data.opened_run import OpenedRun
from spcl.store.classes import ClassInfo

Pair = tuple[ClassInfo, ClassInfo]
"""The class that pixels have, and the one that they go to."""


def class_named(opened: OpenedRun, asked: str | None) -> ClassInfo | None:
    """Return the class that a word means: its name, else its id; None for no such class."""
    by_name = {info.name: info for info in opened.classes}
    by_id = {str(info.id): info for info in opened.classes}
    return by_name.get(asked or "") or by_id.get(asked or "")


def chosen_class(opened: OpenedRun) -> ClassInfo | None:
    """Return the class in question; None where none is chosen, or this run does not have it."""
    return class_named(opened, opened.selection.name)


def chosen_pair(opened: OpenedRun) -> Pair | None:
    """Return the pair of classes whose pixels are asked for; None for none that the run has."""
    asked = opened.selection.pair or ""
    for at in (i for i, letter in enumerate(asked) if letter == ","):
        first, second = class_named(opened, asked[:at]), class_named(opened, asked[at + 1 :])
        if first is not None and second is not None:
            return first, second
    return None


def pair_word(first: str, second: str) -> str:
    """Return a pair of class names as an address holds it."""
    return f"{first},{second}"
