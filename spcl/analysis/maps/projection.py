"""Two numbers a pixel, for the eye only: PCA at once, UMAP when ready, and no jumps between steps.

Row i is the same pixel in every snapshot, so each new layout starts from the one before and is
turned, mirrored and shifted (never bent) onto it. How far UMAP may move it depends on how far the
features moved.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spcl.analysis.maps.embedding import (
    Positions,
    first_box,
    nearest,
    optimized,
    principal_components,
    reduced_features,
)

FIRST_EPOCHS = 200
WARM_EPOCHS = 60
MOST_EFFORT = 0.3
"""Learning rate once features moved as far as their neighbours lie; a first layout has 1.

Of 0.1, 0.3 and 1 (bench_projection, 19 refits, pixels changing sides) the one that comes within
0.004 of a fresh layout's trustworthiness at half the restlessness of 1; 0.1 lags by 0.01.
"""
PROTOTYPE_NEIGHBORS = 10


class Start(NamedTuple):
    """The layout to continue: its positions, (N, 2), and the features it showed, (N, C)."""

    positions: Positions
    features: NDArray[np.floating]


def pca_layout(features: NDArray[np.floating]) -> Positions:
    """Return the first two principal components, (N, 2)."""
    return np.asarray(principal_components(features, 2), np.float64)


def umap_layout(
    features: NDArray[np.floating], *, seed: int, start: Start | None = None
) -> Positions:
    """Return a UMAP embedding, (N, 2), in map units; continued from `start` where given.

    McInnes, Healy, Melville, arXiv 1802.03426. Exact Euclidean neighbours of unit vectors, which
    order pixels as the cosine does, after PCA to at most 50 dimensions. A continued map moves with
    a learning rate in proportion to the way of the features: unchanged features, unchanged map.

    Args:
        features: (N, C).
        seed: of the negative samples; the same seed gives the same map, bit by bit.
        start: the layout of another snapshot of the same pixels.
    """
    reduced = reduced_features(features)
    near = nearest(reduced)
    if start is None:
        return optimized(near, first_box(reduced), epochs=FIRST_EPOCHS, rate=1.0, seed=seed)
    way = np.linalg.norm(features.astype(np.float32) - start.features.astype(np.float32), axis=1)
    effort = min(float(way.mean()) / max(near.reach, 1e-9), 1.0) * MOST_EFFORT
    if effort == 0:
        return start.positions.copy()
    return optimized(near, start.positions, epochs=WARM_EPOCHS, rate=effort, seed=seed)


def warm_up() -> None:
    """Import umap and compile what a layout needs, so that the first one need not wait for it."""
    random = np.random.default_rng(0)
    umap_layout(random.normal(size=(64, 8)), seed=0)


def registered(
    positions: Positions, reference: Positions, *, keep_units: bool = False
) -> Positions:
    """Return `positions` turned, mirrored, scaled and shifted onto `reference`, (N, 2).

    The turn is that of the best similarity (Procrustes); the scale makes both equally wide. The
    scale of the best similarity itself shrinks a layout the more, the less it has in common with
    its reference, so that a map continued for long would become a dot.

    Args:
        positions: what is moved, (N, 2).
        reference: the same pixels on the map that is continued, (N, 2).
        keep_units: do not scale, because UMAP's units have a meaning.
    """
    center, aim = positions.mean(axis=0), reference.mean(axis=0)
    moved, fixed = positions - center, reference - aim
    left, _, right = np.linalg.svd(moved.T @ fixed)
    turned = moved @ (left @ right)
    wider = np.sqrt((fixed**2).sum() / max(float((moved**2).sum()), 1e-12))
    return np.asarray((turned if keep_units else wider * turned) + aim)


def place_prototypes(
    positions: Positions,
    features: NDArray[np.floating],
    vectors: NDArray[np.floating],
    seen: NDArray[np.bool_],
) -> Positions:
    """Return where prototypes stand on a map, (K, 2): the mean of their nearest pixels' places.

    Weighted by cosine similarity; NaN for a prototype not seen.
    """
    cosine = features.astype(np.float32) @ vectors.astype(np.float32).T
    count = min(PROTOTYPE_NEIGHBORS, len(features))
    placed = np.full((len(vectors), 2), np.nan)
    for k in np.flatnonzero(seen):
        nearest = np.argpartition(-cosine[:, k], count - 1)[:count]
        weights = np.exp((cosine[nearest, k] - cosine[nearest, k].max()) / 0.05)
        placed[k] = (positions[nearest] * (weights / weights.sum())[:, None]).sum(axis=0)
    return placed
