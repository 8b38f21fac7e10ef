"""How well classes come apart, in the full feature space, never on the map.

Pure functions over unit-length features; an absent class is NaN.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
IGNORED = 255


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
    """Return z.P_own - best z.P_other of every pixel, (N,), in [-2, 2]; high is good.

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
    cells = class_id[known].astype(np.int64) * num_classes + similarity[known].argmax(axis=1)
    counts = np.bincount(cells, minlength=num_classes**2).reshape(num_classes, num_classes)
    totals = counts.sum(axis=1, keepdims=True)
    return np.where(totals > 0, counts / np.maximum(totals, 1), np.nan)


def by_class(values: Floats, class_id: NDArray[np.integer], num_classes: int) -> list[Floats]:
    """Return the finite values of each class."""
    finite = np.isfinite(values)
    return [values[finite & (class_id == k)] for k in range(num_classes)]


def class_means(
    features: NDArray[np.floating], class_id: NDArray[np.integer], num_classes: int
) -> Floats:
    """Return the mean feature of each class, (K, C); NaN for a class without pixels."""
    known = class_id < num_classes
    sums = np.zeros((num_classes, features.shape[1]))
    np.add.at(sums, class_id[known], features[known].astype(np.float64))
    counts = np.bincount(class_id[known], minlength=num_classes)[:, None]
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def domain_gap(
    source: NDArray[np.floating],
    source_class: NDArray[np.integer],
    target: NDArray[np.floating],
    target_class: NDArray[np.integer],
    num_classes: int,
) -> Floats:
    """Return how far a class's mean moves between domains, over its own spread, (K,); low is good.

    |mean_s - mean_t| / sqrt((s2_s + s2_t) / 2), s2 the mean squared distance of the pixels of a
    domain to their class mean. In spreads, at least 0; NaN without pixels in both domains.
    """
    means, spreads = [], []
    for features, class_id in ((source, source_class), (target, target_class)):
        mean = class_means(features, class_id, num_classes)
        means.append(mean)
        spreads.append(_squared_spread(features, class_id, mean))
    distance = np.linalg.norm(means[0] - means[1], axis=1)
    spread = np.sqrt((spreads[0] + spreads[1]) / 2)
    return np.where(spread > 0, distance / np.where(spread > 0, spread, 1), np.nan)


def _squared_spread(
    features: NDArray[np.floating], class_id: NDArray[np.integer], means: Floats
) -> Floats:
    num_classes = len(means)
    known = class_id < num_classes
    squared = ((features[known].astype(np.float64) - means[class_id[known]]) ** 2).sum(axis=1)
    counts = np.bincount(class_id[known], minlength=num_classes)
    sums = np.bincount(class_id[known], weights=squared, minlength=num_classes)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
