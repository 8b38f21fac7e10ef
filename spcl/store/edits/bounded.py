"""How a file of edits is read: bounded, of a known version, whatever it holds."""

import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from spcl.store.errors import DamagedError, StoreError
from spcl.store.formats.files import WRONG_CONTENT, plain, read_json
from spcl.store.formats.own_files import own_stat
from spcl.store.formats.text import one_line
from spcl.store.reader import Run

MOST_BYTES = 16_000

Edits = TypeVar("Edits")


def read_edits(
    run: Run,
    file_name: str,
    *,
    version: int,
    parse: Callable[[Mapping[str, Any]], Edits],
    way_out: str,
    most_bytes: int = MOST_BYTES,
) -> Edits | None:
    """Return the edits in a file of `derived/`; None without the file.

    Args:
        run: the run.
        file_name: of the file.
        version: the version that `parse` reads.
        parse: reads the object (KeyError, TypeError, ValueError if damaged).
        way_out: what to do about a damaged file, as part of a sentence.
        most_bytes: of the file; a larger one is not read.

    Raises:
        StoreError: the file is damaged or of another version.
    """
    path = run.derived_path / file_name
    if not os.path.lexists(path):
        return None
    try:
        found = own_stat(path, within=run.path)
        if found is not None and found.st_size > most_bytes:
            raise StoreError(f"it has more than {most_bytes:,} bytes")
        raw = read_json(path, within=run.path)
        if raw.get("version") != version:
            raise StoreError(f"it is of version {one_line(str(raw.get('version')), 20)}")
        return parse(raw)
    except (*WRONG_CONTENT, StoreError) as error:
        why = str(error) if type(error) is StoreError else plain(error)
        raise DamagedError(f"{path} is ignored: {why}; {way_out}") from None
