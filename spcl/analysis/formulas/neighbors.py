"""What lies around a pixel in the full feature space, and whether it stays there."""

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
NUM_NEIGHBORS = 10


def nearest_pixels(
    features: NDArray[np.floating], pool: Indices, of: Indices, k: int = NUM_NEIGHBORS
) -> Indices:
    """Return the `k` nearest pixels of `pool` to each pixel in `of`, never itself, (len(of), k).

    Exact, by Euclidean distance, which for unit-length features orders as the cosine does.
    O(len(pool) len(of) C); fewer than `k` columns where the pool is smaller.

    Args:
        features: (N, C).
        pool: row numbers that may be neighbours, (M,).
        of: row numbers whose neighbours are asked for, (Q,).
        k: how many.
    """
    shares_rows = bool(np.isin(of, pool).any())
    count = min(k + shares_rows, len(pool))
    if count < 1 or len(of) == 0:
        return np.zeros((len(of), 0), np.intp)
    exact = features.astype(np.float32)
    index = NearestNeighbors(n_neighbors=count, algorithm="brute").fit(exact[pool])
    nearest = pool[index.kneighbors(exact[of], return_distance=False)]
    if not shares_rows:
        return np.asarray(nearest, np.intp)
    # Leave out the pixel itself; a duplicate may stand in its place, then the last one goes.
    itself = nearest == of[:, None]
    itself[~itself.any(axis=1), -1] = True
    return np.asarray(nearest[~itself].reshape(len(of), count - 1), np.intp)


def knn_purity(neighbors: Indices, of: Indices, class_id: NDArray[np.integer]) -> Floats:
    """Return the share of a pixel's neighbours that have its class, (Q,), in [0, 1]; high is good.

    Within a domain it says whether classes lie apart; from target to source, whether they are
    aligned. NaN without neighbours. O(Q k).

    Args:
        neighbours: from `nearest_pixels`, (Q, k).
        of: row numbers of the pixels asked about, (Q,).
        class_id: class of every pixel, (N,).
    """
    if neighbors.shape[1] == 0:
        return np.full(len(of), np.nan)
    return np.asarray((class_id[neighbors] == class_id[of][:, None]).mean(axis=1), np.float64)


def neighbors_kept(
    features: NDArray[np.floating], reference: NDArray[np.floating], k: int = NUM_NEIGHBORS
) -> Floats:
    """Return the share of a pixel's `k` neighbours that are the same at two steps, (N,), in [0, 1].

    High means that little was rearranged around the pixel, which is neither good nor bad. Rows of
    both must be the same pixels (ValueError otherwise). O(N^2 C).
    """
    if len(features) != len(reference):
        raise ValueError(f"{len(features)} and {len(reference)} rows are not the same pixels")
    every = np.arange(len(features))
    now, then = (nearest_pixels(table, every, every, k) for table in (features, reference))
    if now.shape[1] == 0:
        return np.full(len(features), np.nan)
    both = [len(np.intersect1d(a, b)) for a, b in zip(now, then, strict=True)]
    return np.array(both, np.float64) / float(now.shape[1])
