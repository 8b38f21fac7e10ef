"""What is known of each probe pixel and of a group of them, in the full feature space."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.data import recorded
from dashboard.data.map.shown import nearest_prototypes, point_classes, similarities
from dashboard.data.opened_run import OpenedRun
from spcl.store.classes import IGNORE_INDEX

CHANGES = ("right both times", "fixed", "broken", "wrong both times", "no label")
_TYPICAL = 3


def pixel_margins(opened: OpenedRun, step: int) -> NDArray[np.float32]:
    """Return each pixel's cosine to its own prototype minus that to the next best, (N,).

    In [-2, 2], below 0 another prototype is nearer; NaN where its own or every other is unseen.
    The class is the true one where there is a label, else the predicted one.
    """
    cosine = similarities(opened.path, step)
    rows, own_id = np.arange(len(cosine)), point_classes(opened, step)
    others = cosine.copy()
    others[rows, own_id] = -np.inf
    own, best = cosine[rows, own_id], others.max(axis=1)
    usable = np.isfinite(own) & np.isfinite(best)
    result = np.full(len(cosine), np.nan, np.float32)
    result[usable] = own[usable] - best[usable]
    return result


def margin_limit(margins: NDArray[np.floating[Any]]) -> float:
    """Return the end of a scale, a round cosine, that 19 of 20 margins stay within."""
    known = np.abs(margins[np.isfinite(margins)])
    most = float(np.quantile(known, 0.95)) if len(known) else 0.0
    return next((end for end in (0.05, 0.1, 0.2, 0.5, 1.0) if most <= end), 2.0)


def pixel_changes(opened: OpenedRun, before: int, step: int) -> NDArray[np.int64]:
    """Return what became of each pixel between two steps: an index into `CHANGES`, (N,)."""
    truth = recorded.pixels(opened.path)["class_id"]
    was = recorded.predictions(opened.path, before)["class_id"] == truth
    now = recorded.predictions(opened.path, step)["class_id"] == truth
    kind = np.where(now, np.where(was, 0, 1), np.where(was, 2, 3))
    return np.where(truth == IGNORE_INDEX, 4, kind).astype(np.int64)


@dataclass(frozen=True)
class Group:
    """Some pixels, described; shares in [0, 1], None where nothing can be said.

    Attributes:
        count: of the pixels.
        target: how many of them are of the target domain.
        labeled: how many have a label.
        right: share of these that are predicted right.
        margin: mean of `pixel_margins`.
        astray: share whose own prototype is not the nearest.
        classes: (class id, count), most frequent first.
        rivals: (class id, count) of the nearest prototypes that are not their own, likewise.
        typical: indices of the pixels nearest to the mean feature of all.
    """

    count: int
    target: int
    labeled: int
    right: float | None
    margin: float | None
    astray: float | None
    classes: tuple[tuple[int, int], ...]
    rivals: tuple[tuple[int, int], ...]
    typical: tuple[int, ...]


def group_of(opened: OpenedRun, step: int, indices: NDArray[np.int64]) -> Group:
    """Describe some pixels at a step (at least one)."""
    pixels = recorded.pixels(opened.path)
    truth = pixels["class_id"][indices]
    predicted = recorded.predictions(opened.path, step)["class_id"][indices]
    labeled = truth != IGNORE_INDEX
    margins = pixel_margins(opened, step)[indices]
    margins = margins[np.isfinite(margins)]
    of_class = point_classes(opened, step)[indices]
    nearest = nearest_prototypes(opened.path, step)[indices]
    return Group(
        count=len(indices),
        target=int((pixels["domain"][indices] == 1).sum()),
        labeled=int(labeled.sum()),
        right=_mean(predicted[labeled] == truth[labeled]),
        margin=_mean(margins),
        astray=_mean(margins < 0),
        classes=_counts(of_class),
        rivals=_counts(nearest[nearest != of_class]),
        typical=_typical(opened, step, indices),
    )


def _mean(values: NDArray[np.floating[Any] | np.bool_]) -> float | None:
    return float(np.mean(values)) if len(values) else None


def _counts(ids: NDArray[np.int64]) -> tuple[tuple[int, int], ...]:
    found, counts = np.unique(ids, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return tuple((int(found[i]), int(counts[i])) for i in order)


def _typical(opened: OpenedRun, step: int, indices: NDArray[np.int64]) -> tuple[int, ...]:
    features = opened.run.snapshot(step).features[indices].astype(np.float32)
    nearness = features @ features.mean(axis=0)
    return tuple(int(i) for i in indices[np.argsort(-nearness, kind="stable")[:_TYPICAL]])
