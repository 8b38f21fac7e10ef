"""Turn tensors into arrays and hand them to the run store; the only file of training that writes.

Nothing here touches the model's weights, its mode or any random state: recording on and off
give bit-equal training. Pictures are encoded and files written by a thread, in the order in which
the training went; a checkpoint waits for what came before it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from spcl.data.loaders import Frames
from spcl.data.transforms import to_tensor, whole_view
from spcl.errors import sentence
from spcl.evaluate import Predict, Scoring, predict_split, scored_split
from spcl.recorder.in_order import InOrder
from spcl.recorder.observation import ProbeObservation, SplitScores
from spcl.recorder.probe import ProbeOptions, ProbeSet
from spcl.recorder.provenance import fresh_run_info
from spcl.recorder.run_recording import RunRecording
from spcl.recording.protocol import DomainModels
from spcl.recording.quality_signs import QualitySigns
from spcl.recording.snapshot import PrototypeReadout, Prototypes, SnapshotSource
from spcl.store import schema
from spcl.store.classes import LabelSpace
from spcl.store.counts import score
from spcl.store.errors import writing
from spcl.store.formats.encoding import palette_of
from spcl.store.retention import Retention
from spcl.store.schema import DOMAINS, Domain, RecordedStatus, Stage
from spcl.store.whole_scores import PART_OF
from spcl.store.writer import RunWriter
from spcl.training.saved.checkpoint import (
    LAST_FILE,
    remove_weights,
    save_checkpoint,
    save_weights,
)

__all__ = ["ProbeOptions", "Prototypes", "Recorder", "SnapshotSource"]

COMPARED_IMAGES = 15
"""Target images on which teacher and student are compared."""
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
        self.frames = val
        self.size = size
        self.scoring = scoring or Scoring(size)
        self._later = InOrder(most_waiting=MOST_WAITING)

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
        observation = ProbeObservation(
            self.probe, palette_of(self.writer.info.label_space), encode=self._later.add
        )
        readout = PrototypeReadout(source.prototypes, len(self.writer.info.label_space))
        is_whole = scored or not self._looks_apart
        looked = self.scoring if is_whole else self._observing
        scores: dict[str, Any] = {"step": step, "scored": looked.words()}
        if not is_whole:
            scores["scored"] += ", the observed images alone"
        for domain in DOMAINS:
            predict = source.predictor(domain)
            seen = self._observed(predict, domain, observation, readout, is_whole=is_whole)
            if seen is not None and PART_OF in seen and is_whole:
                whole = self._whole_scores(predict, domain)
                seen = None if whole is None else {**whole, "images": seen["images"]}
            scores[domain] = seen
        if scores["target"] is not None and source.prototypes.seen.any():
            scores["target"]["prototype_readout"] = score(readout.confusion)
        if source.student is not None:
            self._compare(source.target, source.student, readout.signs)
        scores["selection"] = readout.signs.values()
        if source.target_source_statistics is not None and scores["target"] is not None:
            scores["target_source_statistics"] = self._whole_scores(
                source.target_source_statistics, "target"
            )
        prototypes = {name: values.copy() for name, values in source.prototypes.arrays().items()}
        thresholds = source.thresholds.copy()  # the training goes on, and so do its numbers
        self._later.add(
            lambda: self.publish(step, observation.files(prototypes, thresholds), scores)
        )
        return scores

    def score(self, step: int, source: SnapshotSource) -> dict[str, Any]:
        """Score both validation splits whole, have that published, and return it."""
        scores: dict[str, Any] = {"step": step, "scored": self.scoring.words()}
        for domain in DOMAINS:
            is_labeled = self.probe.has_labels(domain)
            predict = source.predictor(domain)
            scores[domain] = self._whole_scores(predict, domain) if is_labeled else None
        self._later.add(lambda: self.publish_scores(step, scores))
        return scores

    @property
    def _looks_apart(self) -> bool:
        """Return whether what is observed and what is scored are looked at apart."""
        return self.scoring.settings.every > 0

    @property
    def _observing(self) -> Scoring:
        return Scoring(self.size) if self._looks_apart else self.scoring

    def _observed(
        self,
        predict: Predict,
        domain: Domain,
        observation: ProbeObservation,
        readout: PrototypeReadout,
        *,
        is_whole: bool,
    ) -> dict[str, Any] | None:
        """Look at the images of a domain, all or the chosen ones, and return their scores.

        All where `is_whole` and one look serves both, what is observed and what is scored.
        """
        frames, only = self.frames[domain], self.probe.frames_of(domain)
        wants_all = is_whole or len(only) == len(frames)
        is_all = not self._looks_apart or (wants_all and self.scoring.is_observed)
        split = SplitScores(domain, len(self.writer.info.label_space))
        for prediction in predict_split(
            predict, frames, scoring=self._observing, only=None if is_all else only
        ):
            image = self.probe.place_of(domain, prediction.index)
            split.add(prediction, None if image is None else self.probe.images[image].key)
            if image is not None:
                observation.add(prediction, image)
            if domain == "target" and (image is not None or not self._looks_apart):
                readout.add(prediction)
        return split.values(part_of=None if is_all else len(frames))

    def _whole_scores(self, predict: Predict, domain: Domain) -> dict[str, Any] | None:
        """Return the scores on a whole split alone, without masks and pixels."""
        split = SplitScores(domain, len(self.writer.info.label_space))
        for scored in scored_split(predict, self.frames[domain], scoring=self.scoring):
            image = self.probe.place_of(domain, scored.index)
            split.add(scored, None if image is None else self.probe.images[image].key)
        return split.values()

    def _compare(self, teacher: Predict, student: Predict, signs: QualitySigns) -> None:
        """Count where teacher and student agree on a few target images."""
        frames = self.frames["target"]
        chosen = range(0, len(frames), max(1, len(frames) // COMPARED_IMAGES))
        images = to_tensor([whole_view(frames[index][0], self.size) for index in chosen])
        with torch.inference_mode():
            for batch in images.split(4):  # type: ignore[no-untyped-call]
                signs.compare(teacher(batch)[1], student(batch)[1])

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
