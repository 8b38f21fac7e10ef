"""What is observed of a model at one snapshot, and how it is gathered image by image."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spcl.evaluate import Predict, Prediction, class_ids, confusion_matrix
from spcl.method.readout import prototype_logits
from spcl.method.resize import upsample
from spcl.recording.probe import cells_of
from spcl.recording.quality_signs import QualitySigns

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
        student: predicts target images as the learning model does, where a teacher is observed.
        prototypes: class centres.
        thresholds: confidence from which a pseudo label is kept, (K,) in [0, 1].
    """

    source: Predict
    target: Predict
    prototypes: Prototypes
    thresholds: NDArray[np.float32]
    target_source_statistics: Predict | None = None
    student: Predict | None = None


class Readout:
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
            own = upsample(logits, prediction.label.shape)[0]
        self.confusion += confusion_matrix(prediction.label, class_ids(own), len(self.confusion))


class PixelTable:
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


def prototype_arrays(prototypes: Prototypes) -> dict[str, NDArray[Any]]:
    """Return the prototypes as they are stored."""
    return {
        "vectors": prototypes.vectors.detach().float().cpu().numpy(),
        "pixel_count": prototypes.pixel_count.detach().cpu().numpy().astype(np.int64),
        "age": prototypes.age.detach().cpu().numpy().astype(np.int64),
        "seen": prototypes.seen.detach().cpu().numpy().astype(bool),
    }


def coarse(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a plane (H, W) at a quarter of its size, means of blocks."""
    height, width = (side // CONFIDENCE_STRIDE * CONFIDENCE_STRIDE for side in plane.shape)
    if not height or not width:
        return plane
    blocks = plane[:height, :width].reshape(
        height // CONFIDENCE_STRIDE, CONFIDENCE_STRIDE, width // CONFIDENCE_STRIDE, -1
    )
    coarse: NDArray[np.float32] = blocks.mean(axis=(1, 3))
    return coarse
