"""Where the pixels of a class go: its row and column of the confusion, now and before."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun
from spcl.store.scores.counts import Counts

_MOST_PIXELS = 10**15


def confusion(opened: OpenedRun, step: int | None, domain: str = "target") -> Counts | None:
    """Return pixels by truth (row) and prediction (column), (K, K), of the images that count.

    Those are the ones scored at the step shown, so that another step can be held against it. None
    without labels, at no step, and where the file holds no such table.
    """
    if step is None:
        return None
    shown = recorded.scores(opened.path, step if opened.step is None else opened.step)
    scored = recorded.scores_like(opened.path, step, shown).get(domain)
    return _table(scored.get("confusion") if isinstance(scored, dict) else None, opened)


def image_tables(opened: OpenedRun, step: int | None, domain: str = "target") -> dict[str, Counts]:
    """Return key -> pixels by truth (row) and prediction (column), (K, K), of each image scored."""
    if step is None:
        return {}
    scored = recorded.scores(opened.path, step).get(domain)
    images = scored["images"] if isinstance(scored, dict) else {}
    tables = {key: _table(image.get("confusion"), opened) for key, image in images.items()}
    return {key: table for key, table in tables.items() if table is not None}


def _table(raw: Any, opened: OpenedRun) -> Counts | None:
    size = len(opened.classes)
    try:
        table = np.asarray(raw, np.float64)
    except (TypeError, ValueError):
        return None
    if table.shape != (size, size) or not ((table >= 0) & (table < _MOST_PIXELS)).all():
        return None
    return table.astype(np.int64)


@dataclass(frozen=True)
class Fate:
    """What becomes of the pixels of one class at a step.

    Attributes:
        called: its true pixels by the class they are called, (K,).
        from_: the pixels called so, by their true class, (K,).
        class_id: the class.
    """

    called: NDArray[np.int64]
    from_: NDArray[np.int64]
    class_id: int

    @property
    def occurring(self) -> int:
        """Return how many pixels truly have the class."""
        return int(self.called.sum())

    @property
    def predicted(self) -> int:
        """Return how many pixels are called so."""
        return int(self.from_.sum())

    @property
    def right(self) -> int:
        """Return how many of its pixels are found."""
        return int(self.called[self.class_id])

    @property
    def iou(self) -> float:
        """Return the IoU in [0, 1]; NaN where the class is in neither truth nor prediction."""
        union = self.occurring + self.predicted - self.right
        return self.right / union if union else float("nan")

    def largest_loss(self) -> int | None:
        """Return the other class that takes most of its pixels; None where none is lost."""
        return _largest_other(self.called, self.class_id)

    def largest_intruder(self) -> int | None:
        """Return the other class most of whose pixels are called so; None for none."""
        return _largest_other(self.from_, self.class_id)


def _largest_other(counts: NDArray[np.int64], class_id: int) -> int | None:
    others = counts.copy()
    others[class_id] = 0
    return int(others.argmax()) if others.any() else None


def fate(opened: OpenedRun, class_id: int, step: int | None) -> Fate | None:
    """Return what becomes of a class of the target at a step; None without labels there."""
    table = confusion(opened, step)
    if table is None:
        return None
    return Fate(table[class_id].copy(), table[:, class_id].copy(), class_id)


def most_changed(opened: OpenedRun) -> int:
    """Return the class to begin with: whose IoU on the target changed most, else the weakest.

    Only classes that occur there count; without labels it is the first one.
    """
    now = [fate(opened, info.id, opened.step) for info in opened.classes]
    known = [one for one in now if one is not None and one.occurring]
    if not known:
        return 0
    before = {
        one.class_id: then.iou
        for one in known
        if (then := fate(opened, one.class_id, opened.compared_step)) is not None
    }
    if not before:
        return min(known, key=lambda one: one.iou).class_id
    return max(known, key=lambda one: abs(one.iou - before[one.class_id])).class_id
