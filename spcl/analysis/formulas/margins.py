"""Pixels against prototypes, in the full feature space, never on the map.

Pure functions over unit-length features; an absent class is NaN.
"""

import numpy as np
from numpy.typing import NDArray

from spcl.store.scores.counts import Floats, cross_table, row_shares


def similarities(
    features: NDArray[np.floating], vectors: NDArray[np.floating], seen: NDArray[np.bool_]
) -> Floats:
    """Return the cosine of every pixel to every prototype, (N, K), in [-1, 1].

    Args:
        features: unit length, (N, C).
        vectors: prototypes, (K, C).
        seen: which prototypes exist, (K,); the others are -inf.
    """
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = vectors / np.maximum(length, 1e-12)
    cosines = features.astype(np.float32) @ units.astype(np.float32).T
    return np.where(seen, cosines.astype(np.float64), -np.inf)


def margins(similarity: Floats, class_id: NDArray[np.integer]) -> Floats:
    """Return z.P_own - best z.P_other of every pixel, (N,), in [-2, 2] (cosine); high is good.

    NaN where the class is ignored, or its prototype or every other one is missing. The share
    above 0 is nearest-prototype accuracy.

    Args:
        similarity: from `similarities`, (N, K).
        class_id: (N,), 255 ignored.
    """
    known = class_id < similarity.shape[1]
    own_id = np.where(known, class_id, 0)
    rows = np.arange(len(class_id))
    own = similarity[rows, own_id]
    others = similarity.copy()
    others[rows, own_id] = -np.inf
    best = others.max(axis=1)
    usable = known & np.isfinite(own) & np.isfinite(best)
    result = np.full(len(class_id), np.nan)
    result[usable] = own[usable] - best[usable]
    return result


def nearest_prototype_shares(
    similarity: Floats, class_id: NDArray[np.integer], num_classes: int
) -> Floats:
    """Return the share of the pixels of class i (row) nearest to prototype j (column), (K, K).

    Rows sum to 1; the diagonal is nearest-prototype accuracy; NaN for a class without pixels.
    """
    known = (class_id < num_classes) & np.isfinite(similarity).any(axis=1)
    nearest = similarity[known].argmax(axis=1)
    return row_shares(cross_table(class_id[known], nearest, num_classes))


def by_class(values: Floats, class_id: NDArray[np.integer], num_classes: int) -> list[Floats]:
    """Return the finite values of each class."""
    finite = np.isfinite(values)
    return [values[finite & (class_id == k)] for k in range(num_classes)]


def discrimination(similarity: Floats, class_id: NDArray[np.integer], num_classes: int) -> Floats:
    """Return similarity to the own prototype over that to all others, (K,); high is good.

    The mean over a class's pixels of (1 + z.P_own) / sum over k of (1 + z.P_k), k not own; cosines
    are shifted so that the quotient has a sign. At least 0, without unit. After the "pixel-wise
    discrimination distance" (PDD) of semantic distribution-aware contrastive adaptation
    (arXiv 2105.05013), known to us at second hand. NaN for an absent class. O(N K).

    Args:
        similarity: from `similarities`, (N, K); -inf where a prototype is missing.
        class_id: (N,), 255 ignored.
        num_classes: K.
    """
    seen = np.isfinite(similarity).any(axis=0)
    shifted = np.where(seen, 1 + np.where(seen, similarity, 0), 0)
    result = np.full(num_classes, np.nan)
    for k in np.flatnonzero(seen):
        mine = shifted[class_id == k]
        others = mine.sum(axis=1) - mine[:, k]
        if len(mine) and seen.sum() > 1:
            result[k] = (mine[:, k] / np.maximum(others, 1e-12)).mean()
    return result
