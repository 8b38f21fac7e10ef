"""What a UMAP layout is made of: exact neighbours, umap-learn's graph and its optimiser.

Its class is not used: it stretches every start to a square of width 10, which would bend a map
that is to be continued, and it knows no neighbours between two runs. The functions called instead
are the public ones that the class itself calls.
"""

import contextlib
import os
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from spcl.store.places.user_cache import can_be_made, home_folder, user_cache

Positions = NDArray[np.float64]
NUM_NEIGHBORS = 15
NUM_COMPONENTS = 50
MIN_DISTANCE = 0.2
START_WIDTH = 10.0
"""Width of the first start, in map units: what umap-learn itself begins with."""


class Neighbors(NamedTuple):
    """The nearest pixels of every pixel, itself first: rows and distances, (N, k) each."""

    indices: NDArray[np.int32]
    distances: NDArray[np.float32]

    @property
    def reach(self) -> float:
        """Return the mean distance to the last of them."""
        return float(self.distances[:, -1].mean())


def nearest(features: NDArray[np.float32]) -> Neighbors:
    """Return the exact nearest neighbours of every row by Euclidean distance; O(N^2 C)."""
    count = min(NUM_NEIGHBORS, len(features) - 1)
    search = NearestNeighbors(n_neighbors=count - 1, algorithm="brute").fit(features)
    distances, indices = search.kneighbors()
    own = np.arange(len(features))[:, None]
    return Neighbors(
        np.hstack([own, indices]).astype(np.int32),
        np.hstack([np.zeros_like(own), distances]).astype(np.float32),
    )


def optimized(
    near: Neighbors, start: NDArray[np.floating], *, epochs: int, rate: float, seed: int
) -> Positions:
    """Return where umap-learn's graph and optimiser bring `start`, (N, 2).

    McInnes, Healy, Melville, arXiv 1802.03426. One thread, so that a seed gives one map.

    Args:
        near: neighbours of every pixel, nearest first.
        start: (N, 2), in map units.
        epochs: how often the strongest pairs are drawn.
        rate: learning rate of the first epoch; it falls linearly to 0.
        seed: of the negative samples.
    """
    umap = _umap_that_keeps_its_compiled_code()
    num_pixels, count = near.indices.shape
    random = np.random.RandomState(seed)
    graph, _, _ = umap.umap_.fuzzy_simplicial_set(
        near.indices,  # only its length is asked for where neighbours are given
        count,
        random,
        "euclidean",
        knn_indices=near.indices,
        knn_dists=near.distances,
    )
    graph = graph.tocoo()
    graph.sum_duplicates()
    graph.data[graph.data < graph.data.max() / epochs] = 0  # would never be drawn
    graph.eliminate_zeros()
    embedding = np.array(start, np.float32, order="C")
    a, b = _curve()
    umap.layouts.optimize_layout_euclidean(
        embedding,
        embedding,
        graph.row,
        graph.col,
        epochs,
        num_pixels,
        umap.umap_.make_epochs_per_sample(graph.data, epochs),
        a,
        b,
        random.randint(-(2**31), 2**31 - 1, 3).astype(np.int64),
        initial_alpha=rate,
        move_other=True,
    )
    return embedding.astype(np.float64)


@cache
def _curve() -> tuple[float, float]:
    """Return a and b of the curve 1 / (1 + a d^2b) by which closeness falls on the map."""
    a, b = _umap_that_keeps_its_compiled_code().umap_.find_ab_params(1.0, MIN_DISTANCE)
    return float(a), float(b)


@cache
def _umap_that_keeps_its_compiled_code() -> Any:
    """Import umap; what numba compiles is kept on disk, which saves later processes some 10 s.

    Imported here because that takes seconds, and a first map must not wait for it.
    """
    _give_numba_a_folder()
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


def _give_numba_a_folder() -> None:
    """Name a folder for what numba compiles where it finds none itself: without one umap fails.

    It looks beside the packages and in the home, which another user's programs, or those of a user
    without a home, cannot write.
    """
    if os.environ.get("NUMBA_CACHE_DIR"):
        return
    package, home = find_spec("umap"), home_folder()
    places = []
    if package is not None and package.origin is not None:
        places.append(Path(package.origin).parent / "__pycache__")
    if os.environ.get("XDG_CACHE_HOME"):
        places.append(Path(os.environ["XDG_CACHE_HOME"]) / "numba")
    elif home is not None:
        places.append(home / ".cache" / "numba")
    if any(map(can_be_made, places)):
        return
    ours = user_cache() / "numba"
    os.environ["NUMBA_CACHE_DIR"] = (
        str(ours) if can_be_made(ours) else tempfile.mkdtemp(prefix="spcl-numba-")
    )


def reduced_features(features: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return at most 50 principal components, (N, D): distances nearly kept, for less work."""
    if features.shape[1] <= NUM_COMPONENTS:
        return features.astype(np.float32)
    return principal_components(features, min(NUM_COMPONENTS, len(features)))


def principal_components(features: NDArray[np.floating], count: int) -> NDArray[np.float32]:
    """Return the first `count` principal components, (N, count); signs are fixed."""
    exact = features.astype(np.float32)
    return np.asarray(PCA(count, svd_solver="covariance_eigh").fit_transform(exact), np.float32)


def first_box(reduced: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the first two components, stretched to a square as umap-learn does it."""
    plane = reduced[:, :2]
    low, high = plane.min(axis=0), plane.max(axis=0)
    box: NDArray[np.float32] = (plane - low) * (START_WIDTH / np.maximum(high - low, 1e-9))
    return box
