"""Where the prototypes stand to each other and how far they have moved."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def cosine_matrix(vectors: NDArray[np.floating], seen: NDArray[np.bool_]) -> Floats:
    """Return the cosine of every two prototypes, (K, K), in [-1, 1]; NaN where one is unseen."""
    units = _units(vectors)
    both = seen[:, None] & seen[None, :]
    return np.where(both, np.clip(units @ units.T, -1, 1), np.nan)


def drift(
    vectors: NDArray[np.floating],
    reference: NDArray[np.floating],
    seen: NDArray[np.bool_],
    reference_seen: NDArray[np.bool_],
) -> Floats:
    """Return 1 - cosine of each prototype to itself at a reference, (K,), in [0, 2].

    0 is "has not moved"; NaN where it was not seen at both.
    """
    cosine = (_units(vectors) * _units(reference)).sum(axis=1)
    return np.where(seen & reference_seen, np.maximum(0, 1 - cosine), np.nan)


def _units(vectors: NDArray[np.floating]) -> Floats:
    exact = vectors.astype(np.float64)
    units: Floats = exact / np.maximum(np.linalg.norm(exact, axis=1, keepdims=True), 1e-12)
    return units
