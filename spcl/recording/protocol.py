"""What the loop needs of a recorder; `Recorder` writes a run, `NullRecorder` nothing."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from torch import nn

from spcl.recording.snapshot import SnapshotSource
from spcl.store.schema import RecordedStatus
from spcl.training.saved.checkpoint import LAST_FILE


class DomainModels(Protocol):
    """The model observed in each domain, copied when asked for."""

    def source(self) -> nn.Module:
        """Return the model that predicts source images."""
        ...

    def target(self) -> nn.Module:
        """Return the model that predicts target images."""
        ...


class RunRecorder(Protocol):
    """Take what a training loop has to say."""

    @property
    def path(self) -> Path | None:
        """Return the run's folder; None where nothing is written."""
        ...

    @property
    def working_folder(self) -> Path:
        """Return where the loop may keep files that a continued run finds again."""
        ...

    def metrics(self, step: int, values: Mapping[str, Any]) -> None:
        """Record one row of metrics."""
        ...

    def progress(self, step: int, stage: str) -> None:
        """Record where the run stands."""
        ...

    def snapshot(self, step: int, source: SnapshotSource, *, scored: bool = True) -> dict[str, Any]:
        """Observe the model, publish, and return the scores; {} where nothing is observed.

        Without `scored`, where `evaluate.every` is set, they are those of the observed images.
        """
        ...

    def score(self, step: int, source: SnapshotSource) -> dict[str, Any]:
        """Score both validation splits whole, have that published, and return it."""
        ...

    def spare(self, step: int) -> None:
        """Keep the snapshot of `step`, and none that was spared before, whatever `keep` says."""
        ...

    def has_snapshot(self, step: int) -> bool:
        """Return whether this run has a snapshot of `step`."""
        ...

    def keep_weights(self, step: int, models: DomainModels) -> None:
        """Keep the weights of the models observed at `step`."""
        ...

    def checkpoint(self, state: dict[str, Any], *, name: str = LAST_FILE) -> None:
        """Keep the training state, in the place of an earlier one of that name."""
        ...

    def note(self, sentence: str, *, instead_of: str | None = None) -> None:
        """Have every page say `sentence`, replacing an earlier one."""
        ...

    def end(self, status: RecordedStatus, *, failure: str | None = None) -> None:
        """Record the final status."""
        ...

    def keep_report(self, report: str) -> Path | None:
        """Keep the report of a fault; return its file, None where nothing is written."""
        ...
