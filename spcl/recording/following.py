"""What a rank does in the place of recording that does not write: look at its share."""

from pathlib import Path
from typing import Any

from spcl.recording.null_recorder import NullRecorder
from spcl.recording.observer import Observer
from spcl.recording.snapshot import SnapshotSource


class FollowingRecorder(NullRecorder):
    """Look at a share of the images wherever rank 0 observes or scores, and write nothing."""

    def __init__(self, working_folder: Path, observer: Observer) -> None:
        """Look as `observer` does; working files are those of the run, in `working_folder`."""
        super().__init__(working_folder)
        self._observer = observer

    def snapshot(self, step: int, source: SnapshotSource, *, scored: bool = True) -> dict[str, Any]:
        """Observe this rank's share for rank 0, which alone knows the scores."""
        self._observer.observe(step, source, scored=scored)
        return {}

    def score(self, step: int, source: SnapshotSource) -> dict[str, Any]:
        """Score this rank's share for rank 0."""
        self._observer.score(step, source)
        return {}
