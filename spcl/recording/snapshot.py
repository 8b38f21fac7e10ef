"""What a snapshot of this program's training shows: models, prototypes and what they say."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spcl.evaluate import Predict, Prediction, class_ids
from spcl.method.grid.resize import upsample
from spcl.method.readout import prototype_logits
from spcl.recording.quality_signs import QualitySigns
from spcl.store.schema import Domain
from spcl.store.scores.counts import Counts, cross_table


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


class PrototypeReadout:
    """What the prototypes say of the target images, as classifier and as second opinion."""

    def __init__(self, prototypes: Prototypes, num_classes: int) -> None:
        self.prototypes = prototypes
        self.signs = QualitySigns(prototypes.vectors.detach().float().cpu(), prototypes.seen.cpu())
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

    def join(self, confusion: Counts, signs: QualitySigns) -> None:
        """Add what another rank has read of its images."""
        self.confusion += confusion
        self.signs.join(signs)
