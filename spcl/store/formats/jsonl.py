"""Read files of one JSON object a line while another process appends to them."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spcl.store.errors import StoreError
from spcl.store.formats.own_files import open_own
from spcl.store.formats.text import parse_json

MOST_FILE_BYTES = 500_000_000
MOST_LINE_BYTES = 1_000_000
MOST_STEPS = 10**12
_CHUNK_BYTES = 2**18
"""Read at once, so that a large file takes no more memory than its rows."""


class MetricsTail:
    """Follow a growing JSONL file: each `read` returns only what is new."""

    def __init__(self, path: Path, *, within: Path, begin: int = 0) -> None:
        """Stand before byte `begin` of `path` below `within`, which need not exist yet."""
        self.path = path
        self.within = within
        self.skipped = 0
        self.torn = False
        self._offset = begin
        self._inode: int | None = None

    @property
    def offset(self) -> int:
        """Return how many bytes of the file have been read, all of them whole lines."""
        return self._offset

    def read(self) -> list[dict[str, Any]]:
        """Return the rows since the last call; a line counts once its newline is there.

        `torn` is whether bytes without a newline follow, `skipped` counts lines that are no rows:
        no JSON object, without a step (a whole number from 0 on), or longer than a row can be.
        """
        return [row for lines in self.new_lines() for row in self.rows_of(lines)]

    def new_lines(self) -> Iterator[list[bytes]]:
        """Yield the lines since the last call, some thousand at a time, for `rows_of`."""
        try:
            with open_own(self.path, within=self.within, most_bytes=MOST_FILE_BYTES) as stream:
                found = os.fstat(stream.fileno())
                is_another = self._inode not in (None, found.st_ino)
                if is_another or found.st_size < self._offset:
                    self._offset = 0
                self._inode = found.st_ino
                stream.seek(self._offset)
                unfinished: list[bytes] = []
                while content := stream.read(_CHUNK_BYTES):
                    complete, newline, rest = content.rpartition(b"\n")
                    if newline:
                        whole = b"".join([*unfinished, complete, newline])
                        unfinished.clear()
                        self._offset += len(whole)
                        yield [line for line in whole.splitlines() if line.strip()]
                    if rest:
                        unfinished.append(rest)
                self.torn = bool(unfinished)
        except (OSError, StoreError):
            return

    def rows_of(self, lines: list[bytes]) -> list[dict[str, Any]]:
        """Return the rows among `lines`, counting the others in `skipped`."""
        values = _values(lines)
        rows = [row for row in values if isinstance(row, dict) and is_step(row.get("step"))]
        self.skipped += len(values) - len(rows)
        return rows


def _values(lines: list[bytes]) -> list[Any]:
    """Parse lines all at once, which takes half the time, or each where one is no JSON."""
    if max(map(len, lines), default=0) <= MOST_LINE_BYTES:
        with contextlib.suppress(ValueError, RecursionError):
            values = parse_json(b"[" + b",".join(lines) + b"]")
            if len(values) == len(lines):
                return list(values)
    return [_value(line) for line in lines]


def _value(line: bytes) -> Any:
    try:
        return parse_json(line) if len(line) <= MOST_LINE_BYTES else None
    except (ValueError, RecursionError):
        return None


def is_step(value: object) -> bool:
    """Return whether `value` can be a step: a whole number that arrays and addresses can hold."""
    return type(value) is int and 0 <= value <= MOST_STEPS


def last_row_per_step(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows ascending by step, the last one of a step (after a resume it counts)."""
    by_step = {row["step"]: row for row in rows if is_step(row.get("step"))}
    return [by_step[step] for step in sorted(by_step)]
