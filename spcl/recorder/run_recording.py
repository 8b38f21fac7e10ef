"""A run that is being written, whoever trains: its probe, rows of metrics, snapshots and its end.

Needs numpy and Pillow only; `spcl.recording` adds models and checkpoints.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from spcl.recorder.ending import end_recorded
from spcl.recorder.probe import Images, ProbeOptions, ProbeSet, choose_probe
from spcl.store import schema
from spcl.store.errors import StoreError
from spcl.store.formats.encoding import json_bytes
from spcl.store.reader import Run
from spcl.store.retention import FRESH, Retention
from spcl.store.schema import Domain, RunInfo
from spcl.store.scores.whole import whole_splits
from spcl.store.writer import RunWriter


class RunRecording:
    """Hand what was observed to the run store."""

    def __init__(
        self,
        writer: RunWriter,
        *,
        val: Mapping[Domain, Images],
        probe: ProbeOptions | ProbeSet,
        keep: Retention | None = None,
    ) -> None:
        """Record through `writer`, which holds a run that exists; `begin` makes a new one.

        `probe` is what is observed, or how much of it is to be chosen; `keep` is which snapshots
        stay, all by default.
        """
        self.writer = writer
        self.keep = keep or Retention()
        self._spared: int | None = None
        self.val = val
        self.probe = probe if isinstance(probe, ProbeSet) else choose_probe(val, probe)

    @classmethod
    def begin(
        cls,
        runs_dir: Path,
        info: RunInfo,
        *,
        val: Mapping[Domain, Images],
        probe: ProbeOptions,
        **more: Any,
    ) -> Self:
        """Make the run folder and write the probe; `more` goes to the class."""
        chosen = choose_probe(val, probe)
        recording = cls(RunWriter.create(runs_dir, info), val=val, probe=chosen, **more)
        with end_recorded(recording):
            recording._write_probe()
        return recording

    @property
    def path(self) -> Path:
        """Return the run's folder."""
        return self.writer.path

    def _write_probe(self) -> None:
        pictures, labels = {}, {}
        for image, index in zip(self.probe.images, self.probe.frame_index, strict=True):
            picture, label = self.val[image.domain][index]
            pictures[image.key] = picture
            if label is not None:
                labels[image.key] = label
        self.writer.write_probe(
            self.probe.images, self.probe.pixels, pictures=pictures, labels=labels
        )

    def metrics(self, step: int, values: Mapping[str, Any]) -> None:
        """Append one row; values are plain numbers or short lists."""
        self.writer.append_metrics({"step": step, "time": schema.utc_now(), **values})

    def progress(self, step: int, stage: str) -> None:
        """Record where the run stands."""
        self.writer.update(step=step, stage=stage)

    def has_snapshot(self, step: int) -> bool:
        """Return whether this run has a snapshot of `step`."""
        return step in Run(self.path).folders()

    def publish(self, step: int, files: Mapping[str, bytes], scores: Mapping[str, Any]) -> None:
        """Make the snapshot of `step` appear, whole, and those go that `keep` does not keep."""
        there = {*Run(self.path).folders(), step}
        if step not in self._superseded(there):  # a resumed run had removed it already
            self.writer.publish_snapshot(step, {**files, schema.SCORES_FILE: json_bytes(scores)})
        self.publish_scores(step, scores)
        self.writer.remove_snapshots(self._superseded(Run(self.path).folders()))

    def publish_scores(self, step: int, scores: Mapping[str, Any]) -> None:
        """Append the scores of whole splits to those of earlier steps, if there are any."""
        whole = whole_splits(scores)
        if whole:
            self.writer.append_scores({"step": step, "time": schema.utc_now(), **whole})

    def spare(self, step: int) -> None:
        """Keep the snapshot of `step`, and none that was spared before, whatever `keep` says."""
        self._spared = step

    def _superseded(self, steps: Collection[int], *, fresh: int = FRESH) -> list[int]:
        spared = [s for s in (self.writer.info.before_step, self._spared) if s is not None]
        return self.keep.superseded(steps, spared=spared, fresh=fresh)

    def note(self, sentence: str, *, instead_of: str | None = None) -> None:
        """Have every page say `sentence`, replacing an earlier one."""
        self.writer.note(sentence, instead_of=instead_of)

    def end(self, status: schema.RecordedStatus, *, failure: str | None = None) -> None:
        """Record the final status; of the newest snapshots the last alone is spared then."""
        if status == "finished":
            with suppress(StoreError):  # to have recorded the end counts for more
                self.writer.remove_snapshots(self._superseded(Run(self.path).folders(), fresh=1))
        self.writer.end(status, failure=failure)

    def keep_report(self, report: str) -> Path:
        """Keep the report of a fault in the run's folder and return its file."""
        return self.writer.write_failure(report)
