"""Which snapshot is the result: signs of quality that need no target labels, and the choice.

Measured at stride 8 on the target images that are observed anyway.
"""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from spcl.method.readout import prototype_logits

LOW_IS_GOOD = ("entropy",)
EPSILON = 1e-12


class Signs:
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


class Choice:
    """The best snapshot so far by one sign; the last one by default."""

    def __init__(self, by: str) -> None:
        """Args: by: a value of `select.by`."""
        self.by = by
        self.step: int | None = None
        self._best = -math.inf

    def is_better(self, step: int, scores: Mapping[str, Any]) -> bool:
        """Return whether the snapshot at `step` is the best so far, and remember it."""
        if self.by == "last":
            return False
        value = self._value(scores)
        if value is None or value <= self._best:
            return False
        self.step, self._best = step, value
        return True

    def _value(self, scores: Mapping[str, Any]) -> float | None:
        if self.by == "target_miou":
            found = (scores.get("target") or {}).get("mean_iou")
        else:
            found = (scores.get("selection") or {}).get(self.by)
        if found is None or not math.isfinite(found):
            return None
        return -found if self.by in LOW_IS_GOOD else float(found)

    def note(self) -> str | None:
        """Return what every page must say of the choice; None for the last snapshot."""
        if self.step is None:
            return None
        if self.by == "target_miou":
            return f"Selected with target labels: the result is step {self.step}, of best mIoU."
        return f"Selected without target labels, by {self.by}: the result is step {self.step}."

    def state_dict(self) -> dict[str, Any]:
        """Return what `is_better` changes."""
        return {"step": self.step, "best": self._best}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from what `state_dict` returned."""
        self.step, self._best = state["step"], state["best"]
