"""Whole distributions compared: source against target, one step against another.

Slower and noisier than the domain gap of class means, hence asked for only before, at the end
and on request.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import euclidean_distances, rbf_kernel
from sklearn.model_selection import StratifiedKFold, cross_val_predict

Floats = NDArray[np.float64]
SAMPLE = 1000
LEAST = 20
"""Fewer pixels in a domain than this say nothing about its distribution."""
COMPONENTS = 32


class Separation(NamedTuple):
    """How well a classifier tells the domains apart.

    Attributes:
        distance: proxy A-distance, 2 (1 - 2 error), in [0, 2]; low is good, 2 is saturated.
        error: balanced error of the classifier, in [0, 1]; 0.5 is "cannot tell".
    """

    distance: float
    error: float


def squared_mmd(
    source: NDArray[np.floating], target: NDArray[np.floating], *, seed: int = 0
) -> float:
    """Return the unbiased squared maximum mean discrepancy; 0 for equal distributions, low is good.

    At most 2, slightly below 0 by chance; without unit. k(x, y) = exp(-|x - y|^2 / m) with m the
    median of |x - y|^2 over all pairs of both samples, at most 1,000 pixels a domain drawn with
    `seed`; NaN with fewer than 20 in one. Gretton et al., JMLR 13, 2012. Some 0.1 s.

    Args:
        source: (N, C).
        target: (M, C).
        seed: of the sample.
    """
    x, y = (_sample(part, seed) for part in (source, target))
    if min(len(x), len(y)) < LEAST:
        return float("nan")
    joint = np.vstack([x, y])
    squared = euclidean_distances(joint, squared=True)
    width = float(np.median(squared[np.triu_indices(len(joint), 1)]))
    if width <= 0:
        return 0.0
    kernel = rbf_kernel(joint, gamma=1 / width)
    n, m = len(x), len(y)
    inner = [kernel[:n, :n], kernel[n:, n:]]
    means = [(k.sum() - np.trace(k)) / (len(k) * (len(k) - 1)) for k in inner]
    return float(sum(means) - 2 * kernel[:n, n:].sum() / (n * m))


def proxy_a_distance(
    source: NDArray[np.floating], target: NDArray[np.floating], *, seed: int = 0
) -> Separation:
    """Return how well a linear classifier tells the domains apart on pixels it has not seen.

    Logistic regression on 32 principal components, five folds, both domains weighing alike; NaN
    with fewer than 20 pixels in one. Ben-David et al., NeurIPS 2006. Some 0.1 s.

    Args:
        source: (N, C).
        target: (M, C).
        seed: of the sample and the folds.
    """
    x, y = (_sample(part, seed) for part in (source, target))
    if min(len(x), len(y)) < LEAST:
        return Separation(float("nan"), float("nan"))
    joint = np.vstack([x, y])
    domain = np.repeat([0, 1], [len(x), len(y)])
    number = min(COMPONENTS, joint.shape[1], len(joint) - 1)
    reduced = PCA(number, svd_solver="full").fit_transform(joint)
    reduced /= max(float(reduced[:, 0].std()), 1e-12)  # one scale for all: directions keep theirs
    model = LogisticRegression(max_iter=500, class_weight="balanced")
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    predicted = cross_val_predict(model, reduced, domain, cv=folds)
    error = float(np.mean([(predicted[domain == side] != side).mean() for side in (0, 1)]))
    return Separation(max(0.0, 2 * (1 - 2 * error)), error)


def linear_cka(features: NDArray[np.floating], reference: NDArray[np.floating]) -> float:
    """Return how alike two representations of the same pixels are, in [0, 1].

    Linear centred kernel alignment; 1 where one is a rotation of the other. It speaks of drift
    between steps, not of the domains, and is neither good nor bad. NaN without spread.
    Kornblith et al., ICML 2019. O(N C^2).

    Args:
        features: (N, C).
        reference: the same pixels at another step, (N, D); ValueError for another N.
    """
    if len(features) != len(reference):
        raise ValueError(f"{len(features)} and {len(reference)} rows are not the same pixels")
    x, y = (part.astype(np.float64) - part.mean(axis=0, dtype=np.float64)
            for part in (features, reference))  # fmt: skip
    scale = np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y)
    return float(np.linalg.norm(x.T @ y) ** 2 / scale) if scale > 0 else float("nan")


def _sample(features: NDArray[np.floating], seed: int) -> Floats:
    if len(features) > SAMPLE:
        chosen = np.random.default_rng(seed).choice(len(features), SAMPLE, replace=False)
        features = features[np.sort(chosen)]
    return features.astype(np.float64)
