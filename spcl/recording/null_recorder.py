"""A recorder that writes nothing, for benchmarks and the test that recording changes no weight."""

from typing import Any

from spcl.recording.observation import Observed


class NullRecorder:
    """Record nothing."""

    path = None

    def metrics(self, step: int, values: dict[str, Any]) -> None:
        """Drop a row."""

    def progress(self, step: int, stage: str) -> None:
        """Drop the position."""

    def snapshot(self, step: int, observed: Observed) -> dict[str, Any]:
        """Observe nothing."""
        return {}

    def note(self, sentence: str, *, instead_of: str | None = None) -> None:
        """Say nothing."""

    def end(self, status: str, *, failure: str | None = None) -> None:
        """Drop the ending."""
