"""Tables of commands: whole where nobody looks at a terminal, and as files."""

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from spcl.errors import UserError

_AS_WIDE_AS_NEEDED = 100_000


def table_console() -> Console:
    """Return a console on standard output; into a file or a pipe it writes whole tables.

    Without a terminal rich takes 80 columns and cuts off what does not fit. `COLUMNS` in the
    environment still says another width.
    """
    console = Console()
    if console.is_terminal or os.environ.get("COLUMNS", "").isdigit():
        return console
    return Console(width=_AS_WIDE_AS_NEEDED)


def write_csv(path: Path, rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as CSV, the first of them the names of the columns (UserError: not writable)."""
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    except OSError as error:
        raise _unwritable(path, error) from None


def write_text(path: Path, text: str) -> None:
    """Write a text file (UserError: not writable)."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error) from None


def require_folder_of(path: Path | None) -> None:
    """Refuse a file whose folder is missing, before hours of work (UserError)."""
    if path is not None and not path.resolve().parent.is_dir():
        raise UserError(f"{path} cannot be written: its folder does not exist; make it first")


def _unwritable(path: Path, error: OSError) -> UserError:
    return UserError(f"{path} cannot be written ({error.strerror}); name another file")
