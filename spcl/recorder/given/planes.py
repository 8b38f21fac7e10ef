"""Class scores as maps of an image: resized bilinearly, as probabilities; numpy only."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Planes = NDArray[np.float32]


def upsample(planes: NDArray[np.floating[Any]], size: tuple[int, int]) -> Planes:
    """Resize (K, h, w) bilinearly to (K, *size), as `spcl.method.grid.resize.upsample` does.

    Example:
        >>> upsample(np.array([[[0.0, 1.0]]]), (1, 4)).tolist()
        [[[0.0, 0.25, 0.75, 1.0]]]
    """
    exact = np.ascontiguousarray(planes, np.float32)
    if exact.shape[1:] == size:
        return exact
    rows, columns = _weights(exact.shape[1], size[0]), _weights(exact.shape[2], size[1])
    resized: Planes = rows @ (exact @ columns.T)
    return resized


@lru_cache(maxsize=64)
def _weights(num_in: int, num_out: int) -> Planes:
    """Return the weight of each input position in each output position, (num_out, num_in)."""
    place = np.clip((np.arange(num_out) + 0.5) * num_in / num_out - 0.5, 0, num_in - 1)
    below = np.minimum(place.astype(int), max(0, num_in - 2))
    share = place - below
    weights = np.zeros((num_out, num_in))
    weights[np.arange(num_out), below] = 1 - share
    if num_in > 1:
        weights[np.arange(num_out), below + 1] += share
    return weights.astype(np.float32)


def highest_probability(logits: Planes) -> Planes:
    """Return the softmax probability of the highest-scoring class, (K, H, W) -> (H, W)."""
    shifted = logits - logits.max(axis=0)
    probability: Planes = (1 / np.exp(shifted).sum(axis=0)).astype(np.float32)
    return probability
