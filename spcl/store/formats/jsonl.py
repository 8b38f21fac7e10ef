"""Read files of one JSON object a line while another process appends to them."""

import json
import os
from pathlib import Path
from typing import Any


class MetricsTail:
    """Follow a growing JSONL file: each `read` returns only what is new."""

    def __init__(self, path: Path) -> None:
        """Stand at the beginning of `path`, which need not exist yet."""
        self.path = path
        self.skipped = 0
        self.torn = False
        self._offset = 0
        self._inode: int | None = None

    def read(self) -> list[dict[str, Any]]:
        """Return the rows since the last call; a line counts once its newline is there.

        `torn` is whether bytes without a newline follow, `skipped` counts unreadable lines.
        """
        try:
            with self.path.open("rb") as stream:
                stat = os.fstat(stream.fileno())
                if stat.st_ino != self._inode or stat.st_size < self._offset:
                    self._inode, self._offset = stat.st_ino, 0
                stream.seek(self._offset)
                content = stream.read()
        except OSError:
            return []
        complete = content.rfind(b"\n") + 1
        self.torn = complete < len(content)
        self._offset += complete
        rows = [self._row(line) for line in content[:complete].splitlines() if line.strip()]
        return [row for row in rows if row is not None]

    def _row(self, line: bytes) -> dict[str, Any] | None:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            self.skipped += 1
            return None
        return row


def last_row_per_step(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows ascending by step, the last one of a step (after a resume it counts)."""
    by_step = {row["step"]: row for row in rows if isinstance(row.get("step"), int)}
    return [by_step[step] for step in sorted(by_step)]
