"""Selections under names, kept beside the run; where that cannot be written, a sentence says so."""

from dataclasses import dataclass

from spcl.store.edits.selections import (
    MOST_SELECTIONS,
    NamedSelection,
    called,
    read_selections,
)
from spcl.store.edits.writer import write_selections
from spcl.store.errors import StoreError
from spcl.store.reader import Run


@dataclass(frozen=True)
class Kept:
    """The named selections of a run, the newest last, and what is to be said of their file."""

    selections: tuple[NamedSelection, ...]
    trouble: str

    def named(self, name: str | None) -> NamedSelection | None:
        """Return the selection of a name."""
        return next((one for one in self.selections if one.name == name), None)


def kept_selections(run: Run) -> Kept:
    """Return what is kept beside a run, and why its file is ignored ("" if it is not)."""
    try:
        return Kept(read_selections(run), "")
    except StoreError as error:
        return Kept((), f"{error}.")


def keep(run: Run, name: str, pixels: str, step: int) -> str:
    """Keep a selection under a name, in place of one of that name; return what went wrong or ""."""
    try:
        own = NamedSelection(called(name), pixels, step)
    except ValueError:
        return "Give the selection a name first."
    others = [one for one in kept_selections(run).selections if one.name != own.name]
    if len(others) >= MOST_SELECTIONS:
        return f"A run keeps at most {MOST_SELECTIONS} selections. Remove one first."
    return _write(run, [*others, own])


def forget(run: Run, name: str) -> str:
    """Remove a named selection; return what went wrong or ""."""
    return _write(run, [one for one in kept_selections(run).selections if one.name != name])


def _write(run: Run, selections: list[NamedSelection]) -> str:
    try:
        write_selections(run, selections)
    except StoreError as error:
        return f"The selections could not be kept: {error}."
    return ""
