"""How tight a class is, how far it lies from the others, and how far apart its two domains are.

Pure functions over unit-length features; class ids of 255 or at least K are left out; a class
without pixels is NaN.
"""

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import silhouette_samples

Floats = NDArray[np.float64]
SILHOUETTE_SAMPLE = 3000


def class_means(
    features: NDArray[np.floating], class_id: NDArray[np.integer], num_classes: int
) -> Floats:
    """Return the mean feature of each class, (K, C); NaN for a class without pixels.

    Args:
        features: (N, C).
        class_id: (N,), ids of at least `num_classes` are left out.
        num_classes: K.
    """
    means = np.full((num_classes, features.shape[1]), np.nan)
    for k in range(num_classes):
        mine = features[class_id == k]
        if len(mine):
            means[k] = mine.mean(axis=0, dtype=np.float64)
    return means


def compactness(
    features: NDArray[np.floating], class_id: NDArray[np.integer], num_classes: int
) -> Floats:
    """Return the mean squared distance of the pixels of a class to their mean, (K,); low is good.

    In [0, 1] for unit-length features; no unit. One pass, O(N C). The within-class scatter of
    Fisher's discriminant, a class at a time.
    """
    means = class_means(features, class_id, num_classes)
    result = np.full(num_classes, np.nan)
    for k in np.flatnonzero(np.isfinite(means[:, 0])):
        mine = features[class_id == k].astype(np.float64)
        result[k] = ((mine - means[k]) ** 2).sum(axis=1).mean()
    return result


def interclass_distance(means: Floats) -> Floats:
    """Return the distance of a class mean to the nearest other one, (K,); high is good.

    In [0, 2] for unit-length features; NaN where there is no other class. O(K^2 C).
    """
    apart = np.sqrt(((means[:, None] - means[None]) ** 2).sum(axis=2))
    np.fill_diagonal(apart, np.nan)
    alone = ~np.isfinite(apart).any(axis=1)
    nearest: Floats = np.where(alone, np.nan, np.where(np.isnan(apart), np.inf, apart).min(axis=1))
    return nearest


def fisher_ratio(means: Floats, within: Floats) -> tuple[Floats, float]:
    """Return scatter between classes over scatter within, (K,) and for all; high is good.

    Per class the squared distance of its mean to the mean of all class means, over its
    compactness; for all the sum of the first over the sum of the second, every class counting
    alike. At least 0, without unit; NaN with fewer than two classes, or a class without spread.
    Fisher, 1936, as a ratio of traces. O(K C) after `class_means` and `compactness`.

    Args:
        means: from `class_means`, (K, C).
        within: from `compactness`, (K,).
    """
    known = np.isfinite(within)
    if known.sum() < 2:
        return np.full(len(within), np.nan), float("nan")
    between = ((means - means[known].mean(axis=0)) ** 2).sum(axis=1)
    ratio = np.divide(between, within, out=np.full(len(within), np.nan), where=within > 0)
    total = float(within[known].sum())
    return ratio, float(between[known].sum() / total) if total > 0 else float("nan")


def domain_gap(
    features: NDArray[np.floating],
    source_class: NDArray[np.integer],
    target_class: NDArray[np.integer],
    num_classes: int,
) -> Floats:
    """Return how far a class's mean moves between domains, over its own spread, (K,); low is good.

    |mean_s - mean_t| / sqrt((s2_s + s2_t) / 2), s2 the compactness within a domain. In spreads,
    at least 0; NaN without pixels in both domains or without spread. O(N C).

    Args:
        features: (N, C), of both domains.
        source_class: class ids of the pixels of the source, 255 elsewhere, (N,).
        target_class: the same of the target, (N,).
        num_classes: K.
    """
    ids = (source_class, target_class)
    means = [class_means(features, class_id, num_classes) for class_id in ids]
    spreads = [compactness(features, class_id, num_classes) for class_id in ids]
    distance = np.linalg.norm(means[0] - means[1], axis=1)
    spread = np.sqrt((spreads[0] + spreads[1]) / 2)
    return np.where(spread > 0, distance / np.where(spread > 0, spread, 1), np.nan)


def silhouette(
    features: NDArray[np.floating],
    class_id: NDArray[np.integer],
    num_classes: int,
    *,
    seed: int = 0,
) -> Floats:
    """Return the mean silhouette of the pixels of each class, (K,), in [-1, 1]; high is good.

    Rousseeuw, 1987, by scikit-learn with Euclidean distances, on at most 3,000 pixels drawn with
    `seed`. NaN with fewer than two classes. Some 0.5 s.
    """
    known = np.flatnonzero(class_id < num_classes)
    if len(known) > SILHOUETTE_SAMPLE:
        known = np.random.default_rng(seed).choice(known, SILHOUETTE_SAMPLE, replace=False)
    ids = class_id[known]
    number = len(np.unique(ids))
    if number < 2 or number >= len(ids):
        return np.full(num_classes, np.nan)
    values = silhouette_samples(features[known].astype(np.float32), ids)
    sums = np.bincount(ids, weights=values, minlength=num_classes)
    counts = np.bincount(ids, minlength=num_classes)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
