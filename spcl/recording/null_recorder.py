"""A recorder that writes nothing, for benchmarks and the test that recording changes no weight."""

import tempfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from spcl.recording.protocol import DomainModels
from spcl.recording.snapshot import SnapshotSource
from spcl.store.schema import RecordedStatus
from spcl.training.saved.checkpoint import LAST_FILE


class NullRecorder:
    """Record nothing; working files stand in a temporary folder that goes with this object."""

    path = None

    def __init__(self, working_folder: Path | None = None) -> None:
        """Keep working files in `working_folder`, where another process writes the run."""
        self._working_folder = working_folder

    @cached_property
    def _temporary(self) -> "tempfile.TemporaryDirectory[str]":
        return tempfile.TemporaryDirectory()

    @property
    def working_folder(self) -> Path:
        """Return the folder given, or one that nobody finds again."""
        if self._working_folder is not None:
            return self._working_folder
        return Path(self._temporary.name)

    def metrics(self, step: int, values: Mapping[str, Any]) -> None:
        """Drop a row."""

    def progress(self, step: int, stage: str) -> None:
        """Drop the position."""

    def snapshot(self, step: int, source: SnapshotSource, *, scored: bool = True) -> dict[str, Any]:
        """Observe nothing."""
        return {}

    def score(self, step: int, source: SnapshotSource) -> dict[str, Any]:
        """Score nothing."""
        return {}

    def spare(self, step: int) -> None:
        """Keep nothing."""

    def has_snapshot(self, step: int) -> bool:
        """Return that there is none."""
        return False

    def keep_weights(self, step: int, models: DomainModels) -> None:
        """Drop the weights."""

    def checkpoint(self, state: dict[str, Any], *, name: str = LAST_FILE) -> None:
        """Drop the state."""

    def note(self, sentence: str, *, instead_of: str | None = None) -> None:
        """Say nothing."""

    def end(self, status: RecordedStatus, *, failure: str | None = None) -> None:
        """Drop the status."""

    def keep_report(self, report: str) -> None:
        """Drop the report."""
