"""Signs of quality that need no target labels, measured at every snapshot.

Measured at stride 8 on the target images that are observed anyway.
"""

import math

import torch
from torch import Tensor

from spcl.method.readout import prototype_logits

EPSILON = 1e-12


class QualitySigns:
    """Sums over images of what the choice is made from."""

    def __init__(self, vectors: Tensor, seen: Tensor) -> None:
        """Args: vectors: prototypes, (K, C); seen: which exist, (K,)."""
        self.vectors = vectors
        self.seen = seen
        self._mean = torch.zeros(len(vectors), dtype=torch.float64)
        self._entropy = 0.0
        self._nearest = 0
        self._cells = 0
        self._agreeing = 0
        self._compared = 0

    def add(self, logits: Tensor, features: Tensor) -> None:
        """Take one image: logits (K, h, w), features (C, h, w)."""
        shares = logits.softmax(0).double()
        self._mean += shares.sum((1, 2))
        self._entropy += float(-(shares * (shares + EPSILON).log()).sum())
        self._cells += shares[0].numel()
        if self.seen.any():
            nearest = prototype_logits(features[None], self.vectors, self.seen)[0].max(0).indices
            self._nearest += int((nearest == logits.max(0).indices).sum())

    def compare(self, logits: Tensor, student_logits: Tensor) -> None:
        """Take what teacher and student say of the same cells, (..., K, h, w) each."""
        agrees = logits.max(-3).indices == student_logits.max(-3).indices
        self._agreeing += int(agrees.sum())
        self._compared += agrees.numel()

    def values(self) -> dict[str, float | None]:
        """Return the signs, each in [0, 1]; None where it was not measured."""
        if not self._cells:
            return {}
        scale = math.log(len(self._mean))
        entropy = self._entropy / self._cells / scale
        mean = self._mean / self._cells
        spread = float(-(mean * (mean + EPSILON).log()).sum()) / scale
        return {
            "entropy": entropy,
            "information_maximization": spread - entropy,
            "prototype_agreement": self._nearest / self._cells if self.seen.any() else None,
            "teacher_agreement": self._agreeing / self._compared if self._compared else None,
        }
