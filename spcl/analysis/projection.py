"""Two numbers a pixel, for the eye only: PCA at once, UMAP when ready, and no jumps between steps.

Row i is the same pixel in every snapshot, so each new layout is turned, mirrored, scaled and
shifted (never bent) onto the one before.
"""

import contextlib
import warnings
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness as sklearn_trustworthiness
from sklearn.neighbors import NearestNeighbors

Positions = NDArray[np.float64]
NUM_NEIGHBOURS = 15
NUM_COMPONENTS = 50
FIRST_EPOCHS = 200
WARM_EPOCHS = 60
QUALITY_SAMPLE = 1500
STILL_SHARE = 0.2
PROTOTYPE_NEIGHBOURS = 10


class Quality(NamedTuple):
    """How far a layout can be trusted.

    Attributes:
        trustworthiness: whether neighbours on the map are neighbours in feature space, [0, 1].
        stability: 1 - mean way of the pixels whose features moved least, relative to the map's
            width, in [0, 1]; None for the first layout.
    """

    trustworthiness: float
    stability: float | None


def pca_layout(features: NDArray[np.floating]) -> Positions:
    """Return the first two principal components, (N, 2)."""
    exact = features.astype(np.float32)
    return np.asarray(PCA(n_components=2, svd_solver="full").fit_transform(exact), np.float64)


def umap_layout(
    features: NDArray[np.floating], *, seed: int, start: Positions | None = None
) -> Positions:
    """Return a UMAP embedding, (N, 2); continued from `start` where given.

    McInnes, Healy, Melville, arXiv 1802.03426. Exact Euclidean neighbours of unit vectors, which
    order pixels as the cosine does, after PCA to at most 50 dimensions.
    """
    umap = _umap_that_keeps_its_compiled_code()
    reduced = _reduced(features)
    neighbours = min(NUM_NEIGHBOURS, len(reduced) - 1)
    distances, indices = (
        NearestNeighbors(n_neighbors=neighbours, algorithm="brute").fit(reduced).kneighbors()
    )
    own = np.arange(len(reduced))[:, None]
    indices = np.hstack([own, indices[:, : neighbours - 1]])
    distances = np.hstack([np.zeros((len(reduced), 1)), distances[:, : neighbours - 1]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = umap.UMAP(
            n_neighbors=neighbours,
            n_epochs=FIRST_EPOCHS if start is None else WARM_EPOCHS,
            init="pca" if start is None else _unit_box(start),
            random_state=seed,
            n_jobs=1,
            min_dist=0.2,
            precomputed_knn=(indices, distances.astype(np.float32), None),
        )
        return np.asarray(model.fit_transform(reduced), np.float64)


@cache
def _umap_that_keeps_its_compiled_code() -> Any:
    """Import umap; what numba compiles is kept on disk, which saves later processes some 10 s.

    Imported here because that takes seconds, and a first map must not wait for it.
    """
    import umap
    from umap import layouts, umap_

    compiled = (
        (umap_, "smooth_knn_dist"),
        (umap_, "compute_membership_strengths"),
        (layouts, "_nb_optimize_layout_euclidean_single_epoch"),
    )
    for module, name in compiled:
        function: Any = getattr(module, name, None)
        if hasattr(function, "enable_caching"):
            # RuntimeError: nowhere to keep it; it is then compiled by every process.
            with contextlib.suppress(RuntimeError):
                function.enable_caching()
    return umap


def _reduced(features: NDArray[np.floating]) -> NDArray[np.float32]:
    exact = features.astype(np.float32)
    if exact.shape[1] <= NUM_COMPONENTS:
        return exact
    return np.asarray(PCA(NUM_COMPONENTS, svd_solver="covariance_eigh").fit_transform(exact))


def _unit_box(positions: Positions) -> NDArray[np.float32]:
    """Bring positions to a width of 10, as the optimiser expects."""
    low, high = positions.min(axis=0), positions.max(axis=0)
    box: NDArray[np.float32] = (
        (positions - low) * (10 / max(float((high - low).max()), 1e-9))
    ).astype(np.float32)
    return box


def registered(positions: Positions, reference: Positions) -> Positions:
    """Return `positions` moved onto `reference` by the best similarity (Procrustes), (N, 2)."""
    centre, aim = positions.mean(axis=0), reference.mean(axis=0)
    moved, fixed = positions - centre, reference - aim
    left, strengths, right = np.linalg.svd(moved.T @ fixed)
    scale = strengths.sum() / max(float((moved**2).sum()), 1e-12)
    # A layout that has little in common with its reference must not shrink to a dot.
    width = np.sqrt((fixed**2).sum() / max(float((moved**2).sum()), 1e-12))
    result: Positions = moved @ (left @ right) * max(scale, 0.5 * width) + aim
    return result


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
    count = min(PROTOTYPE_NEIGHBOURS, len(features))
    placed = np.full((len(vectors), 2), np.nan)
    for k in np.flatnonzero(seen):
        nearest = np.argpartition(-cosine[:, k], count - 1)[:count]
        weights = np.exp((cosine[nearest, k] - cosine[nearest, k].max()) / 0.05)
        placed[k] = (positions[nearest] * (weights / weights.sum())[:, None]).sum(axis=0)
    return placed


def quality(
    features: NDArray[np.floating],
    positions: Positions,
    *,
    reference_features: NDArray[np.floating] | None = None,
    reference: Positions | None = None,
    seed: int = 0,
) -> Quality:
    """Measure a layout on a fixed sample of pixels, and its calm against the one before."""
    random = np.random.default_rng(seed)
    count = min(QUALITY_SAMPLE, len(features))
    sample = np.sort(random.choice(len(features), count, replace=False))
    neighbours = min(NUM_NEIGHBOURS, max(1, count // 2 - 1))
    trust = sklearn_trustworthiness(
        features[sample].astype(np.float32), positions[sample], n_neighbors=neighbours
    )
    return Quality(float(trust), _stability(features, positions, reference_features, reference))


def _stability(
    features: NDArray[np.floating],
    positions: Positions,
    reference_features: NDArray[np.floating] | None,
    reference: Positions | None,
) -> float | None:
    if reference_features is None or reference is None:
        return None
    change = np.linalg.norm(
        features.astype(np.float32) - reference_features.astype(np.float32), axis=1
    )
    still = change <= np.quantile(change, STILL_SHARE)
    way = np.linalg.norm(positions[still] - reference[still], axis=1).mean()
    low, high = np.percentile(reference, [1, 99], axis=0)
    return float(np.clip(1 - way / max(float((high - low).max()), 1e-9), 0, 1))
