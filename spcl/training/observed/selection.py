"""Which snapshot's weights are the result of a run."""

import math
from collections.abc import Mapping
from typing import Any

from spcl.store.scores.whole import is_whole

LOW_IS_GOOD = ("entropy",)


class BestSnapshot:
    """The best snapshot so far by one criterion; always the last one by default."""

    def __init__(self, by: str) -> None:
        """Begin without a snapshot; `by` is a value of `select.by`."""
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

    def rescore(self, scores: Mapping[str, Any]) -> None:
        """Measure the chosen snapshot anew, from what a run has kept of it.

        Its recorded score may be by an older rule than that of the snapshots it is compared with.
        """
        value = self._value(scores)
        if value is not None:
            self._best = value

    def _value(self, scores: Mapping[str, Any]) -> float | None:
        if self.by == "target_miou":
            target = scores.get("target") or {}
            score = target.get("mean_iou") if is_whole(target) else None
        else:
            score = (scores.get("selection") or {}).get(self.by)
        if score is None or not math.isfinite(score):
            return None
        return -score if self.by in LOW_IS_GOOD else float(score)

    def note(self) -> str | None:
        """Return the sentence every page must show about the choice; None for the last snapshot."""
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
