"""Turn tensors into arrays and hand them to the run store; the only file of training that writes.

Nothing here touches the model's weights, its mode or any random state: recording on and off
give bit-equal training.
"""

import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from spcl.data.loaders import Frames
from spcl.evaluate import Predict, confusion_matrix, predict_split, score
from spcl.probe import ProbeOptions, ProbeSet, cells_of, choose_probe
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

CONFIDENCE_STRIDE = 4
"""The confidence plane is stored at a quarter of the mask's size: it is smooth."""


@dataclass(frozen=True)
class Prototypes:
    """The prototypes as they are recorded.

    Attributes:
        vectors: (K, C), unit length where seen.
        pixel_count: pixels (feature cells) of the last update, (K,).
        age: updates since the class was last seen, (K,).
        seen: whether the class has ever been seen, (K,).
    """

    vectors: Tensor
    pixel_count: Tensor
    age: Tensor
    seen: Tensor


@dataclass(frozen=True)
class Observed:
    """The model of one snapshot: how it predicts in each domain.

    Attributes:
        source: predicts source images.
        target: predicts target images.
        target_source_statistics: the same model on target with the source's batch-norm
            statistics, where that differs.
        prototypes: class centres.
        thresholds: confidence from which a pseudo label is kept, (K,) in [0, 1].
    """

    source: Predict
    target: Predict
    prototypes: Prototypes
    thresholds: NDArray[np.float32]
    target_source_statistics: Predict | None = None


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
        pixels = _PixelTable(len(self.probe.pixels["image"]))
        scores: dict[str, Any] = {"step": step}
        for domain in DOMAINS:
            predict = observed.source if domain == "source" else observed.target
            scores[domain] = self._observe(domain, predict, files, pixels)
        if observed.target_source_statistics is not None and scores["target"] is not None:
            scores["target_source_statistics"] = self._observe(
                "target", observed.target_source_statistics, None, None
            )
        files[schema.FEATURES_FILE] = array_bytes(pixels.unit_features())
        files[schema.PREDICTIONS_FILE] = arrays_bytes(pixels.predictions(observed.thresholds))
        files[schema.PROTOTYPES_FILE] = arrays_bytes(_prototype_arrays(observed.prototypes))
        files[schema.SCORES_FILE] = json_bytes(scores)
        self.writer.publish_snapshot(step, files)
        return scores

    def _observe(
        self,
        domain: Domain,
        predict: Predict,
        files: dict[str, bytes] | None,
        pixels: "_PixelTable | None",
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
        num_labelled = 0
        for prediction in predict_split(predict, frames, size=self.size):
            matrix = None
            if prediction.label is not None:
                matrix = confusion_matrix(prediction.label, prediction.class_ids, num_classes)
                total += matrix
                num_labelled += 1
            number = wanted.get(prediction.number)
            if number is None:
                continue
            key = self.probe.images[number].key
            if matrix is not None:
                by_image[key] = score(matrix)
            if files is not None and pixels is not None:
                confidence = prediction.probabilities().max(axis=0)
                files[f"{schema.MASKS_FOLDER}/{key}.png"] = mask_bytes(
                    prediction.class_ids, palette
                )
                files[f"{schema.MASKS_FOLDER}/{key}.confidence.png"] = gray_bytes(
                    _coarse(confidence)
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
        if num_labelled == 0:
            return None
        return {
            "split": f"{domain}/val",
            "num_images": num_labelled,
            **score(total),
            "images": by_image,
        }

    def end(self, status: schema.RecordedStatus, *, failure: str | None = None) -> None:
        """Put down how the run ended."""
        self.writer.end(status, failure=failure)


class _PixelTable:
    """Rows of the probe pixels, filled image by image."""

    def __init__(self, count: int) -> None:
        self.features: NDArray[np.float32] | None = None
        self.class_id = np.zeros(count, np.uint8)
        self.confidence = np.zeros(count, np.float32)

    def fill(
        self,
        rows: NDArray[np.intp],
        *,
        features: Tensor,
        class_ids: NDArray[np.uint8],
        confidence: NDArray[np.float32],
        row: NDArray[np.int32],
        column: NDArray[np.int32],
    ) -> None:
        """Take the rows that lie in one image; `features` is (C, h, w)."""
        if self.features is None:
            self.features = np.zeros((len(self.class_id), features.shape[0]), np.float32)
        height, width = class_ids.shape
        grid = (int(features.shape[1]), int(features.shape[2]))
        cell_row, cell_column = cells_of(row, column, size=(height, width), grid=grid)
        self.features[rows] = features[:, cell_row, cell_column].T.float().cpu().numpy()
        self.class_id[rows] = class_ids[row, column]
        self.confidence[rows] = confidence[row, column]

    def unit_features(self) -> NDArray[np.float16]:
        """Return the features at unit length, (N, C)."""
        assert self.features is not None, "a snapshot observes at least one image"
        length = np.linalg.norm(self.features, axis=1, keepdims=True)
        unit: NDArray[np.float16] = (self.features / np.maximum(length, 1e-12)).astype(np.float16)
        return unit

    def predictions(self, thresholds: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
        """Return class_id, confidence and whether it would be kept as a pseudo label."""
        return {
            "class_id": self.class_id,
            "confidence": self.confidence.astype(np.float16),
            "kept": self.confidence >= thresholds[self.class_id],
        }


def _prototype_arrays(prototypes: Prototypes) -> dict[str, NDArray[Any]]:
    return {
        "vectors": prototypes.vectors.detach().float().cpu().numpy(),
        "pixel_count": prototypes.pixel_count.detach().cpu().numpy().astype(np.int64),
        "age": prototypes.age.detach().cpu().numpy().astype(np.int64),
        "seen": prototypes.seen.detach().cpu().numpy().astype(bool),
    }


def _coarse(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = (side // CONFIDENCE_STRIDE * CONFIDENCE_STRIDE for side in plane.shape)
    if not height or not width:
        return plane
    blocks = plane[:height, :width].reshape(
        height // CONFIDENCE_STRIDE, CONFIDENCE_STRIDE, width // CONFIDENCE_STRIDE, -1
    )
    coarse: NDArray[np.float32] = blocks.mean(axis=(1, 3))
    return coarse


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
