"""What a snapshot observes of a model, gathered image by image into files and scores."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spcl.evaluate import Predict, Prediction, class_ids
from spcl.method.readout import prototype_logits
from spcl.method.resize import upsample
from spcl.recording.probe import ProbeSet, cells_of
from spcl.recording.quality_signs import QualitySigns
from spcl.store import schema
from spcl.store.counts import cross_table, score, score_of_image
from spcl.store.formats.encoding import gray_bytes, mask_bytes
from spcl.store.schema import Domain

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

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the prototypes as they are stored."""
        return {
            "vectors": self.vectors.detach().float().cpu().numpy(),
            "pixel_count": self.pixel_count.detach().cpu().numpy().astype(np.int64),
            "age": self.age.detach().cpu().numpy().astype(np.int64),
            "seen": self.seen.detach().cpu().numpy().astype(bool),
        }


@dataclass(frozen=True)
class SnapshotSource:
    """Where a snapshot comes from: the model, as it predicts in each domain, and its prototypes.

    Attributes:
        source: predicts source images.
        target: predicts target images.
        prototypes: class centres.
        thresholds: confidence from which a pseudo label is kept, (K,) in [0, 1].
        target_source_statistics: the same model on target with the source's batch-norm
            statistics, where that differs.
        student: predicts target images as the learning model does, where a teacher is observed.
    """

    source: Predict
    target: Predict
    prototypes: Prototypes
    thresholds: NDArray[np.float32]
    target_source_statistics: Predict | None = None
    student: Predict | None = None

    def predictor(self, domain: Domain) -> Predict:
        """Return the model that predicts images of `domain`."""
        return self.source if domain == "source" else self.target


class SplitScores:
    """Scores of one split, over all its images and for each probe image."""

    def __init__(self, domain: Domain, num_classes: int) -> None:
        self.domain = domain
        self.confusion = np.zeros((num_classes, num_classes), np.int64)
        self.by_image: dict[str, Any] = {}
        self.num_images = 0

    def add(self, prediction: Prediction, key: str | None) -> None:
        """Count one image, if it has a label; `key` names a probe image."""
        if prediction.label is None:
            return
        counts = cross_table(prediction.label, prediction.class_ids, len(self.confusion))
        self.confusion += counts
        self.num_images += 1
        if key is not None:
            self.by_image[key] = score_of_image(counts)

    def values(self) -> dict[str, Any] | None:
        """Return the scores as in `scores.json`; None for a split without labels."""
        if not self.num_images:
            return None
        return {
            "split": f"{self.domain}/val",
            "num_images": self.num_images,
            **score(self.confusion),
            "images": self.by_image,
        }


class PrototypeReadout:
    """What the prototypes say of the target images, as classifier and as second opinion."""

    def __init__(self, prototypes: Prototypes, num_classes: int) -> None:
        self.prototypes = prototypes
        self.signs = QualitySigns(prototypes.vectors.detach().float(), prototypes.seen)
        self.confusion = np.zeros((num_classes, num_classes), np.int64)

    def add(self, prediction: Prediction) -> None:
        """Take one image; its label counts where there is one."""
        self.signs.add(prediction.logits.float(), prediction.features.float())
        if prediction.label is None or not self.prototypes.seen.any():
            return
        with torch.inference_mode():
            logits = prototype_logits(
                prediction.features[None], self.prototypes.vectors, self.prototypes.seen
            )
            at_label_size = upsample(logits, prediction.label.shape)[0]
        predicted = class_ids(at_label_size)
        self.confusion += cross_table(prediction.label, predicted, len(self.confusion))


class ProbeObservation:
    """Masks of the probe images and one row a probe pixel, filled image by image."""

    def __init__(self, probe: ProbeSet, palette: Sequence[int]) -> None:
        self.probe = probe
        self.palette = palette
        num_pixels = len(probe.pixels["image"])
        self.masks: dict[str, bytes] = {}
        self.features: NDArray[np.float32] | None = None
        self.class_id = np.zeros(num_pixels, np.uint8)
        self.confidence = np.zeros(num_pixels, np.float32)

    def add(self, prediction: Prediction, image: int) -> None:
        """Take the prediction for the probe image at place `image`."""
        confidence = prediction.confidence()
        name = f"{schema.MASKS_FOLDER}/{self.probe.images[image].key}"
        self.masks[f"{name}.png"] = mask_bytes(prediction.class_ids, self.palette)
        self.masks[f"{name}.confidence.png"] = gray_bytes(_coarse(confidence))
        rows = np.flatnonzero(self.probe.pixels["image"] == image)
        row, column = self.probe.pixels["row"][rows], self.probe.pixels["column"][rows]
        self.class_id[rows] = prediction.class_ids[row, column]
        self.confidence[rows] = confidence[row, column]
        features = prediction.features
        if self.features is None:
            self.features = np.zeros((len(self.class_id), features.shape[0]), np.float32)
        grid = (int(features.shape[1]), int(features.shape[2]))
        cell_row, cell_column = cells_of(row, column, size=confidence.shape, grid=grid)
        self.features[rows] = features[:, cell_row, cell_column].T.float().cpu().numpy()

    def unit_features(self) -> NDArray[np.float16]:
        """Return the features at unit length, (N, C)."""
        assert self.features is not None, "a snapshot observes at least one image"
        length = np.linalg.norm(self.features, axis=1, keepdims=True)
        unit: NDArray[np.float16] = (self.features / np.maximum(length, 1e-12)).astype(np.float16)
        return unit

    def predictions(self, thresholds: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
        """Return class_id, confidence and whether it would be kept as a pseudo label, each (N,)."""
        return {
            "class_id": self.class_id,
            "confidence": self.confidence.astype(np.float16),
            "kept": self.confidence >= thresholds[self.class_id],
        }


def _coarse(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a plane (H, W) at a quarter of its size, means of blocks."""
    height, width = (side // CONFIDENCE_STRIDE * CONFIDENCE_STRIDE for side in plane.shape)
    if not height or not width:
        return plane
    blocks = plane[:height, :width].reshape(
        height // CONFIDENCE_STRIDE, CONFIDENCE_STRIDE, width // CONFIDENCE_STRIDE, -1
    )
    coarse: NDArray[np.float32] = blocks.mean(axis=(1, 3))
    return coarse
