"""Turn tensors into arrays and hand them to the run store; the only file of training that writes.

Nothing here touches the model's weights, its mode or any random state: recording on and off
give bit-equal training.
"""

import platform
import subprocess
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import torch

from spcl.data.loaders import Frames
from spcl.data.transforms import to_tensor, whole_view
from spcl.evaluate import Predict, confusion_matrix, predict_split, score
from spcl.recording.observation import (
    Observed,
    PixelTable,
    Prototypes,
    Readout,
    coarse,
    prototype_arrays,
)
from spcl.recording.probe import ProbeOptions, ProbeSet, choose_probe
from spcl.recording.quality_signs import QualitySigns
from spcl.store import schema
from spcl.store.schema import DOMAINS, Domain, LabelSpace, RunInfo, Stage
from spcl.store.writer import (
    RunWriter,
    array_bytes,
    arrays_bytes,
    gray_bytes,
    json_bytes,
    mask_bytes,
    palette_of,
)

__all__ = ["Observed", "ProbeOptions", "Prototypes", "Recorder"]

COMPARED_IMAGES = 15
"""Target images on which teacher and student are compared."""


class Recorder:
    """Record a training loop into `runs/<run_id>/`; see `examples/own_loop.py`."""

    def __init__(
        self,
        writer: RunWriter,
        *,
        val: dict[Domain, Frames],
        size: tuple[int, int],
        probe: ProbeOptions,
    ) -> None:
        """Record through `writer`; use `create` or `reopen`."""
        self.writer = writer
        self.val = val
        self.size = size
        self.probe: ProbeSet = choose_probe(val, probe)

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
        notes: Sequence[str] = (),
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
            notes: sentences every page shows.
        """
        now = schema.utc_now()
        info = RunInfo(
            id=run_id,
            status="running",
            started_at=now,
            updated_at=now,
            ended_at=None,
            heartbeat_at=now,
            host=platform.node(),
            pid=0,
            process_started=0.0,
            seed=seed,
            threads=threads,
            stage=stages[0].name,
            step=0,
            stages=tuple(stages),
            before_step=stages[0].last_step,
            observed_model=observed_model,
            label_space=label_space,
            config=config,
            title=title or run_id,
            git_commit=_git_commit(),
            packages=_packages(),
            notes=tuple(notes),
        )
        writer = RunWriter.create(runs_dir, info)
        recorder = cls(writer, val=val, size=size, probe=probe or ProbeOptions(seed=seed))
        recorder._write_probe()
        return recorder

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
        """Put down where the run stands (written with the next heartbeat at the latest)."""
        self.writer.update(step=step, stage=stage)

    def snapshot(self, step: int, observed: Observed) -> dict[str, Any]:
        """Observe the model on both validation splits and publish; return the scores."""
        files: dict[str, bytes] = {}
        pixels = PixelTable(len(self.probe.pixels["image"]))
        scores: dict[str, Any] = {"step": step}
        readout = Readout(observed.prototypes, len(self.writer.info.label_space))
        for domain in DOMAINS:
            predict = observed.source if domain == "source" else observed.target
            beside = readout if domain == "target" else None
            scores[domain] = self._observe(domain, predict, files, pixels, beside)
        if scores["target"] is not None and observed.prototypes.seen.any():
            scores["target"]["prototype_readout"] = score(readout.confusion)
        if observed.student is not None:
            self._compare(observed, readout.signs)
        scores["selection"] = readout.signs.values()
        if observed.target_source_statistics is not None and scores["target"] is not None:
            scores["target_source_statistics"] = self._observe(
                "target", observed.target_source_statistics, None, None
            )
        files[schema.FEATURES_FILE] = array_bytes(pixels.unit_features())
        files[schema.PREDICTIONS_FILE] = arrays_bytes(pixels.predictions(observed.thresholds))
        files[schema.PROTOTYPES_FILE] = arrays_bytes(prototype_arrays(observed.prototypes))
        files[schema.SCORES_FILE] = json_bytes(scores)
        self.writer.publish_snapshot(step, files)
        return scores

    def _observe(
        self,
        domain: Domain,
        predict: Predict,
        files: dict[str, bytes] | None,
        pixels: PixelTable | None,
        readout: Readout | None = None,
    ) -> dict[str, Any] | None:
        """Return the scores of a split; fill masks and pixel rows of its probe images."""
        num_classes = len(self.writer.info.label_space)
        palette = palette_of(self.writer.info.label_space)
        frames = self.val[domain]
        wanted = {
            index: number
            for number, (image, index) in enumerate(
                zip(self.probe.images, self.probe.frame_index, strict=True)
            )
            if image.domain == domain
        }
        total = np.zeros((num_classes, num_classes), np.int64)
        by_image: dict[str, Any] = {}
        num_labeled = 0
        for prediction in predict_split(predict, frames, size=self.size):
            matrix = None
            if readout is not None:
                readout.add(prediction)
            if prediction.label is not None:
                matrix = confusion_matrix(prediction.label, prediction.class_ids, num_classes)
                total += matrix
                num_labeled += 1
            number = wanted.get(prediction.index)
            if number is None:
                continue
            key = self.probe.images[number].key
            if matrix is not None:
                by_image[key] = score(matrix)
            if files is not None and pixels is not None:
                confidence = prediction.confidence()
                files[f"{schema.MASKS_FOLDER}/{key}.png"] = mask_bytes(
                    prediction.class_ids, palette
                )
                files[f"{schema.MASKS_FOLDER}/{key}.confidence.png"] = gray_bytes(
                    coarse(confidence)
                )
                rows = np.flatnonzero(self.probe.pixels["image"] == number)
                pixels.fill(
                    rows,
                    features=prediction.features,
                    class_ids=prediction.class_ids,
                    confidence=confidence,
                    row=self.probe.pixels["row"][rows],
                    column=self.probe.pixels["column"][rows],
                )
        if num_labeled == 0:
            return None
        return {
            "split": f"{domain}/val",
            "num_images": num_labeled,
            **score(total),
            "images": by_image,
        }

    def _compare(self, observed: Observed, signs: QualitySigns) -> None:
        """Let teacher and student say what they see on a few target images."""
        assert observed.student is not None, "there is a student to compare with"
        frames = self.val["target"]
        chosen = range(0, len(frames), max(1, len(frames) // COMPARED_IMAGES))
        images = to_tensor([whole_view(frames[index][0], self.size) for index in chosen])
        with torch.inference_mode():
            for part in images.split(4):
                signs.compare(observed.target(part)[1], observed.student(part)[1])

    def note(self, sentence: str, *, instead_of: str | None = None) -> None:
        """Have every page say `sentence`, in the place of an earlier one."""
        kept = tuple(note for note in self.writer.info.notes if note != instead_of)
        self.writer.update(notes=(*kept, sentence))

    def end(self, status: schema.RecordedStatus, *, failure: str | None = None) -> None:
        """Put down how the run ended."""
        self.writer.end(status, failure=failure)


def _git_commit() -> str | None:
    try:
        done = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _packages() -> dict[str, str]:
    names = ("torch", "numpy", "pillow", "pydantic")
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in names}}
