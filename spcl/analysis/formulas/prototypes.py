"""Where the prototypes stand to each other and how far they have moved."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def cosine_matrix(vectors: NDArray[np.floating], seen: NDArray[np.bool_]) -> Floats:
    """Return the cosine of every two prototypes, (K, K), in [-1, 1]; low off the diagonal is good.

    NaN where one is unseen. O(K^2 C).
    """
    units = _units(vectors)
    both = seen[:, None] & seen[None, :]
    return np.where(both, np.clip(units @ units.T, -1, 1), np.nan)


def lengths(vectors: NDArray[np.floating], seen: NDArray[np.bool_]) -> Floats:
    """Return the length of each prototype, (K,), at least 0; NaN where unseen.

    1 where prototypes are brought to unit length. The raw mean of unit features is as long as its
    class is tight, and one that absence wears away goes to 0: it no longer attracts anything.
    """
    return np.where(seen, np.linalg.norm(vectors.astype(np.float64), axis=1), np.nan)


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


def angle(vectors: NDArray[np.floating], reference: NDArray[np.floating]) -> Floats:
    """Return the angle of each prototype to itself at a reference, (K,), in degrees, [0, 180].

    Angles add up along a path, which 1 - cosine does not.
    """
    # From the chord, because arccos loses small angles.
    chord = np.linalg.norm(_units(vectors) - _units(reference), axis=1)
    degrees: Floats = np.degrees(2 * np.arcsin(np.minimum(1, chord / 2)))
    return degrees


def effective_rank(vectors: NDArray[np.floating], seen: NDArray[np.bool_]) -> float:
    """Return how many directions the prototypes use, in [1, number seen]; high is good.

    exp of the entropy of the normalised singular values of the unit prototypes: as many as are
    seen when all are at right angles, 1 when all have collapsed onto one line. NaN if none is
    seen. Roy and Vetterli, EUSIPCO 2007. O(K^2 C).
    """
    if not seen.any():
        return float("nan")
    strengths = np.linalg.svd(_units(vectors[seen]), compute_uv=False)
    shares = strengths / strengths.sum()
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def rivals(table: Floats) -> list[tuple[int, float] | None]:
    """Return column and value of the largest entry off the diagonal of each row; None without one.

    That is the nearest rival of each class: by prototype of a `cosine_matrix`, by margin of
    `margins.nearest_prototype_shares`, by confusion of a confusion matrix whose rows sum to 1.
    Entries that are NaN or 0 do not count.
    """
    off = np.where(np.eye(len(table), dtype=bool) | ~np.isfinite(table), -np.inf, table)
    best = off.argmax(axis=1)
    return [
        (int(j), float(off[i, j])) if np.isfinite(off[i, j]) and off[i, j] != 0 else None
        for i, j in enumerate(best)
    ]


def _units(vectors: NDArray[np.floating]) -> Floats:
    exact = vectors.astype(np.float64)
    units: Floats = exact / np.maximum(np.linalg.norm(exact, axis=1, keepdims=True), 1e-12)
    return units
