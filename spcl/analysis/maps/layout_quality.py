"""How far a layout can be trusted: four numbers a step, each of which a bad map can lose alone.

A map that jumps loses stability; one that stands still while the features move loses preservation.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.manifold import trustworthiness as sklearn_trustworthiness

from spcl.analysis.formulas.neighbors import nearest_pixels
from spcl.analysis.maps.embedding import Positions
from spcl.analysis.maps.projection import Start

NUM_NEIGHBORS = 15
SAMPLE = 1500
"""Pixels on which trustworthiness and continuity are measured; both cost its square."""
QUERIES = 500
"""Pixels whose neighbours among all pixels are compared."""
STILL_SHARE = 0.2
"""Pixels whose features moved least: the fifth of them that should stay where it is."""
Indices = NDArray[np.intp]


class Quality(NamedTuple):
    """How far a layout can be trusted; all in [0, 1], high is good.

    Attributes:
        trustworthiness: whether neighbours on the map are neighbours in feature space.
        continuity: whether neighbours in feature space are neighbours on the map.
        preservation: share of a pixel's nearest in feature space, at this step, that are among its
            nearest on the map.
        stability: 1 - mean way of the pixels whose features moved least, relative to the map's
            width; None for the first layout.
    """

    trustworthiness: float
    continuity: float
    preservation: float
    stability: float | None


def quality(
    features: NDArray[np.floating],
    positions: Positions,
    *,
    reference: Start | None = None,
    seed: int = 0,
) -> Quality:
    """Measure a layout on a fixed sample of pixels, and its calm against the one before.

    Args:
        features: (N, C).
        positions: (N, 2).
        reference: another step's layout of the same pixels.
        seed: of the sample.
    """
    order = np.random.default_rng(seed).permutation(len(features))
    sample = np.sort(order[:SAMPLE])
    chosen, placed = features[sample].astype(np.float32), positions[sample]
    return Quality(
        trustworthiness=_trust(chosen, placed),
        continuity=_trust(placed, chosen),
        preservation=preservation(features, positions, order[:QUERIES]),
        stability=None if reference is None else stability(features, positions, reference),
    )


def preservation(features: NDArray[np.floating], positions: Positions, of: Indices) -> float:
    """Return the mean share of the neighbours of rows `of` that the map keeps, in [0, 1]."""
    every = np.arange(len(features))
    there, here = (
        nearest_pixels(table, every, of, NUM_NEIGHBORS) for table in (features, positions)
    )
    kept = (there[:, :, None] == here[:, None, :]).any(axis=2)
    return float(kept.mean())


def stability(features: NDArray[np.floating], positions: Positions, reference: Start) -> float:
    """Return 1 - mean way of the stillest pixels over the map's width (1st to 99th percentile)."""
    change = np.linalg.norm(
        features.astype(np.float32) - reference.features.astype(np.float32), axis=1
    )
    still = change <= np.quantile(change, STILL_SHARE)
    way = np.linalg.norm(positions[still] - reference.positions[still], axis=1).mean()
    low, high = np.percentile(reference.positions, [1, 99], axis=0)
    return float(np.clip(1 - way / max(float((high - low).max()), 1e-9), 0, 1))


def _trust(original: NDArray[np.floating], shown: NDArray[np.floating]) -> float:
    """Venna and Kaski; with the spaces exchanged it is continuity."""
    count = min(NUM_NEIGHBORS, max(1, len(original) // 2 - 1))
    return float(sklearn_trustworthiness(original, shown, n_neighbors=count))
