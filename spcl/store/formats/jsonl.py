"""Read files of one JSON object a line while another process appends to them."""

import os
from pathlib import Path
from typing import Any

from spcl.store.errors import StoreError
from spcl.store.formats.own_files import open_own
from spcl.store.formats.text import parse_json

MOST_FILE_BYTES = 500_000_000
MOST_LINE_BYTES = 1_000_000
MOST_STEPS = 10**12


class MetricsTail:
    """Follow a growing JSONL file: each `read` returns only what is new."""

    def __init__(self, path: Path, *, within: Path) -> None:
        """Stand at the beginning of `path` below `within`, which need not exist yet."""
        self.path = path
        self.within = within
        self.skipped = 0
        self.torn = False
        self._offset = 0
        self._inode: int | None = None

    def read(self) -> list[dict[str, Any]]:
        """Return the rows since the last call; a line counts once its newline is there.

        `torn` is whether bytes without a newline follow, `skipped` counts lines that are no rows:
        no JSON object, without a step (a whole number from 0 on), or longer than a row can be.
        """
        try:
            with open_own(self.path, within=self.within, most_bytes=MOST_FILE_BYTES) as stream:
                found = os.fstat(stream.fileno())
                if found.st_ino != self._inode or found.st_size < self._offset:
                    self._inode, self._offset = found.st_ino, 0
                stream.seek(self._offset)
                content = stream.read()
        except (OSError, StoreError):
            return []
        complete = content.rfind(b"\n") + 1
        self.torn = complete < len(content)
        self._offset += complete
        rows = [self._row(line) for line in content[:complete].splitlines() if line.strip()]
        return [row for row in rows if row is not None]

    def _row(self, line: bytes) -> dict[str, Any] | None:
        try:
            row = parse_json(line) if len(line) <= MOST_LINE_BYTES else None
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict) or not is_step(row.get("step")):
            self.skipped += 1
            return None
        return row


def is_step(value: object) -> bool:
    """Return whether `value` can be a step: a whole number that arrays and addresses can hold."""
    return type(value) is int and 0 <= value <= MOST_STEPS


def last_row_per_step(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows ascending by step, the last one of a step (after a resume it counts)."""
    by_step = {row["step"]: row for row in rows if is_step(row.get("step"))}
    return [by_step[step] for step in sorted(by_step)]
