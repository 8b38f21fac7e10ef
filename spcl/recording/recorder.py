"""Turn tensors into arrays and hand them to the run store; the only file of training that writes.

Nothing here touches the model's weights, its mode or any random state: recording on and off
give bit-equal training. Pictures are encoded and files written by a thread, in the order in which
the training went; a checkpoint waits for what came before it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from spcl.data.batches.loaders import Frames
from spcl.errors import sentence
from spcl.evaluate import Scoring
from spcl.recorder.in_order import InOrder
from spcl.recorder.probe import ProbeOptions, ProbeSet
from spcl.recorder.provenance import fresh_run_info
from spcl.recorder.run_recording import RunRecording
from spcl.recording.observer import Observer
from spcl.recording.protocol import DomainModels
from spcl.recording.snapshot import Prototypes, SnapshotSource
from spcl.store import schema
from spcl.store.classes import LabelSpace
from spcl.store.errors import writing
from spcl.store.retention import Retention
from spcl.store.schema import Domain, RecordedStatus, Stage
from spcl.store.writer import RunWriter
from spcl.training.saved.checkpoint import (
    LAST_FILE,
    remove_weights,
    save_checkpoint,
    save_weights,
)

__all__ = ["ProbeOptions", "Prototypes", "Recorder", "SnapshotSource"]

MOST_WAITING = 12
"""Pictures that wait to be encoded; of 1024x2048 pixels each, they take 120 MB."""


class Recorder(RunRecording):
    """Record this program's training into `runs/<run_id>/`; for others there is `spcl.recorder`."""

    def __init__(
        self,
        writer: RunWriter,
        *,
        val: Mapping[Domain, Frames],
        size: tuple[int, int],
        probe: ProbeOptions | ProbeSet,
        scoring: Scoring | None = None,
        keep: Retention | None = None,
    ) -> None:
        """Record through `writer`, which holds a run that exists; `create` makes a new one.

        `probe` is what is observed, or how much of it is to be chosen; images are scored at `size`,
        or as `scoring` says; `keep` is which snapshots stay, all by default.
        """
        super().__init__(writer, val=val, probe=probe, keep=keep)
        self._later = InOrder(most_waiting=MOST_WAITING)
        self.observer = Observer(
            val,
            self.probe,
            writer.info.label_space,
            scoring=scoring or Scoring(size),
            encode=self._later.add,
        )

    @classmethod
    def create(
        cls,
        runs_dir: Path,
        run_id: str,
        *,
        label_space: LabelSpace,
        val: dict[Domain, Frames],
        size: tuple[int, int],
        stages: Sequence[Stage],
        config: Mapping[str, Any],
        not_default: Sequence[str] | None = None,
        seed: int = 0,
        threads: int = 1,
        title: str = "",
        observed_model: str = "student",
        probe: ProbeOptions | None = None,
        scoring: Scoring | None = None,
        keep: Retention | None = None,
        notes: Sequence[str] = (),
        data: Mapping[str, Any] | None = None,
    ) -> "Recorder":
        """Make the run folder and write the probe.

        Args:
            runs_dir: folder of all runs, made when missing.
            run_id: name of the run's folder.
            label_space: the classes.
            val: validation frames of "source" and "target".
            size: model input, height and width.
            stages: the plan; the first stage ends at "before adaptation".
            config: resolved settings, as JSON types.
            not_default: dotted keys of those that are not as they are by default, where known.
            seed: the run's seed.
            threads: torch threads.
            title: what people call the run.
            observed_model: "teacher" or "student".
            probe: how much is observed.
            scoring: how images are scored, at `size` by default.
            keep: which snapshots stay, all by default.
            notes: sentences every page shows.
            data: which files the run is trained on (`spcl.data.files.fingerprint`).
        """
        info = fresh_run_info(
            run_id,
            label_space=label_space,
            stages=stages,
            config=config,
            not_default=not_default,
            seed=seed,
            threads=threads,
            title=title,
            observed_model=observed_model,
            notes=notes,
            data=data,
        )
        return cls.begin(
            runs_dir,
            info,
            val=val,
            probe=probe or ProbeOptions(),
            size=size,
            scoring=scoring,
            keep=keep,
        )

    @property
    def working_folder(self) -> Path:
        """Return the folder of checkpoints, outside the contract of the run."""
        return self.path / schema.CHECKPOINTS_FOLDER

    def metrics(self, step: int, values: Mapping[str, Any]) -> None:
        """Append one row; values are plain numbers or short lists."""
        self._later.check()
        super().metrics(step, values)

    def snapshot(self, step: int, source: SnapshotSource, *, scored: bool = True) -> dict[str, Any]:
        """Observe the model, have that published in its turn, and return the scores.

        Without `scored`, where `evaluate.every` is set, they are those of the observed images.
        """
        observation, scores = self.observer.observe(step, source, scored=scored)
        prototypes = {name: values.copy() for name, values in source.prototypes.arrays().items()}
        thresholds = source.thresholds.copy()  # the training goes on, and so do its numbers
        self._later.add(
            lambda: self.publish(step, observation.files(prototypes, thresholds), scores)
        )
        return scores

    def score(self, step: int, source: SnapshotSource) -> dict[str, Any]:
        """Score both validation splits whole, have that published, and return it."""
        scores = self.observer.score(step, source)
        self._later.add(lambda: self.publish_scores(step, scores))
        return scores

    def keep_weights(self, step: int, models: DomainModels) -> None:
        """Keep the weights of the models observed at `step`, for `evaluate`."""
        observed = {"source": models.source(), "target": models.target()}
        with self._keeping():
            save_weights(self.path, step, observed)

    def has_snapshot(self, step: int) -> bool:
        """Return whether this run has a snapshot of `step`."""
        self._later.finish()
        return super().has_snapshot(step)

    def spare(self, step: int) -> None:
        """Keep the snapshot of `step`, and none that was spared before, whatever `keep` says.

        The weights of the one before go: what is kept is the best and the last.
        """
        before, settled = self._spared, self.writer.info.before_step
        super().spare(step)
        if before is not None and before not in (step, settled):
            remove_weights(self.path, before)

    def checkpoint(self, state: dict[str, Any], *, name: str = LAST_FILE) -> None:
        """Keep the training state; a process killed meanwhile leaves the previous one.

        What was observed before stands on the disk first, so that a resumed run lacks nothing.
        """
        self._later.finish()
        with self._keeping():
            run = {"run": self.writer.info.started_at}  # so that one of another run is noticed
            save_checkpoint(self.path, {**state, **run}, name=name)

    def end(self, status: RecordedStatus, *, failure: str | None = None) -> None:
        """Record the final status, after all that was observed.

        Raises:
            UnwritableError: a run that had finished could not be written to its end; it failed.
        """
        error = self._later.close()
        if error is not None and status == "finished":
            super().end("failed", failure=sentence(error))
            raise error
        super().end(status, failure=failure)

    @contextmanager
    def _keeping(self) -> Iterator[None]:
        """Write into `checkpoints/`; what is refused is said in one sentence."""
        self.writer.require_own()
        with writing(self.path):
            yield
