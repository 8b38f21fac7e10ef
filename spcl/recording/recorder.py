"""Turn tensors into arrays and hand them to the run store; the only file of training that writes.

Nothing here touches the model's weights, its mode or any random state: recording on and off
give bit-equal training.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from spcl.data.loaders import Frames
from spcl.data.transforms import to_tensor, whole_view
from spcl.evaluate import Predict, Scoring, predict_split
from spcl.recorder.observation import ProbeObservation, SplitScores
from spcl.recorder.probe import ProbeOptions, ProbeSet
from spcl.recorder.provenance import fresh_run_info
from spcl.recorder.run_recording import RunRecording
from spcl.recording.protocol import DomainModels
from spcl.recording.quality_signs import QualitySigns
from spcl.recording.snapshot import PrototypeReadout, Prototypes, SnapshotSource
from spcl.store import schema
from spcl.store.counts import score
from spcl.store.errors import writing
from spcl.store.formats.encoding import palette_of
from spcl.store.schema import DOMAINS, Domain, LabelSpace, Stage
from spcl.store.writer import RunWriter
from spcl.training.checkpoint import LAST_FILE, save_checkpoint, save_weights

__all__ = ["ProbeOptions", "Prototypes", "Recorder", "SnapshotSource"]

COMPARED_IMAGES = 15
"""Target images on which teacher and student are compared."""


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
    ) -> None:
        """Record through `writer`, which holds a run that exists; `create` makes a new one.

        `probe` is what is observed, or how much of it is to be chosen; images are scored at `size`,
        or as `scoring` says.
        """
        super().__init__(writer, val=val, probe=probe)
        self.frames = val
        self.size = size
        self.scoring = scoring or Scoring(size)

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
            runs_dir, info, val=val, probe=probe or ProbeOptions(), size=size, scoring=scoring
        )

    @property
    def working_folder(self) -> Path:
        """Return the folder of checkpoints, outside the contract of the run."""
        return self.path / schema.CHECKPOINTS_FOLDER

    def snapshot(self, step: int, source: SnapshotSource) -> dict[str, Any]:
        """Observe the model on both validation splits and publish; return the scores."""
        num_classes = len(self.writer.info.label_space)
        observation = ProbeObservation(self.probe, palette_of(self.writer.info.label_space))
        readout = PrototypeReadout(source.prototypes, num_classes)
        scores: dict[str, Any] = {"step": step, "scored": self.scoring.words()}
        for domain in DOMAINS:
            split = SplitScores(domain, num_classes)
            for prediction in predict_split(
                source.predictor(domain), self.frames[domain], scoring=self.scoring
            ):
                image = self.probe.place_of(domain, prediction.index)
                split.add(prediction, None if image is None else self.probe.images[image].key)
                if image is not None:
                    observation.add(prediction, image)
                if domain == "target":
                    readout.add(prediction)
            scores[domain] = split.values()
        if scores["target"] is not None and source.prototypes.seen.any():
            scores["target"]["prototype_readout"] = score(readout.confusion)
        if source.student is not None:
            self._compare(source.target, source.student, readout.signs)
        scores["selection"] = readout.signs.values()
        if source.target_source_statistics is not None and scores["target"] is not None:
            scores["target_source_statistics"] = self._target_scores(
                source.target_source_statistics
            )
        files = observation.files(source.prototypes.arrays(), source.thresholds)
        self.publish(step, files, scores)
        return scores

    def _target_scores(self, predict: Predict) -> dict[str, Any] | None:
        """Return the scores on target/val alone, without masks and pixels."""
        split = SplitScores("target", len(self.writer.info.label_space))
        for prediction in predict_split(predict, self.frames["target"], scoring=self.scoring):
            image = self.probe.place_of("target", prediction.index)
            split.add(prediction, None if image is None else self.probe.images[image].key)
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

    def checkpoint(self, state: dict[str, Any], *, name: str = LAST_FILE) -> None:
        """Keep the training state; a process killed meanwhile leaves the previous one."""
        with self._keeping():
            run = {"run": self.writer.info.started_at}  # so that one of another run is noticed
            save_checkpoint(self.path, {**state, **run}, name=name)

    @contextmanager
    def _keeping(self) -> Iterator[None]:
        """Write into `checkpoints/`; what is refused is said in one sentence."""
        self.writer.require_own()
        with writing(self.path):
            yield
