"""Unsupervised quality criteria: how good a snapshot looks without any target label.

Measured at stride 8 on the target images that are observed anyway.
"""

import math

import torch
from torch import Tensor

from spcl.method.readout import prototype_logits

EPSILON = 1e-12


class QualitySigns:
    """Sums over images, from which the criteria of one snapshot are computed."""

    def __init__(self, vectors: Tensor, seen: Tensor) -> None:
        """Begin with no image.

        Args:
            vectors: prototypes, (K, C).
            seen: which of them exist, (K,) bool.
        """
        self.vectors = vectors
        self.seen = seen
        self._probability_sum = torch.zeros(len(vectors), dtype=torch.float64)
        self._entropy_sum = 0.0
        self._num_nearest = 0
        self._num_cells = 0
        self._num_agreeing = 0
        self._num_compared = 0

    def add(self, logits: Tensor, features: Tensor) -> None:
        """Add one image: logits (K, h, w), features (C, h, w)."""
        logits, features = logits.cpu(), features.cpu()
        probabilities = logits.softmax(0).double()
        self._probability_sum += probabilities.sum((1, 2))
        self._entropy_sum += float(_entropy(probabilities))
        self._num_cells += probabilities[0].numel()
        if self.seen.any():
            nearest = prototype_logits(features[None], self.vectors, self.seen)[0].max(0).indices
            self._num_nearest += int((nearest == logits.max(0).indices).sum())

    def compare(self, logits: Tensor, student_logits: Tensor) -> None:
        """Add the logits of teacher and student for the same cells, (..., K, h, w) each."""
        agrees = logits.max(-3).indices == student_logits.max(-3).indices
        self._num_agreeing += int(agrees.sum())
        self._num_compared += agrees.numel()

    def join(self, other: "QualitySigns") -> None:
        """Add the images of `other`, measured with the same prototypes."""
        self._probability_sum += other._probability_sum
        self._entropy_sum += other._entropy_sum
        self._num_nearest += other._num_nearest
        self._num_cells += other._num_cells
        self._num_agreeing += other._num_agreeing
        self._num_compared += other._num_compared

    def values(self) -> dict[str, float | None]:
        """Return the criteria, each in [0, 1]; None for one that was not measured."""
        cells, compared = self._num_cells, self._num_compared
        if not cells:
            return {}
        scale = math.log(len(self._probability_sum))
        entropy = self._entropy_sum / cells / scale
        marginal_entropy = float(_entropy(self._probability_sum / cells)) / scale
        return {
            "entropy": entropy,
            "information_maximization": marginal_entropy - entropy,
            "prototype_agreement": self._num_nearest / cells if self.seen.any() else None,
            "teacher_agreement": self._num_agreeing / compared if compared else None,
        }


def _entropy(probabilities: Tensor) -> Tensor:
    """Return the summed entropy in nats."""
    return -(probabilities * (probabilities + EPSILON).log()).sum()
