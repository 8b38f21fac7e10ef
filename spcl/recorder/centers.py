"""The class centres of a snapshot: the training's own prototypes, or class means in their place."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spcl.errors import UserError
from spcl.recorder.given.arrays import as_array

Table = dict[str, NDArray[Any]]
"""vectors (K, C) float32, pixel_count (K,), age (K,), seen (K,) bool, as `prototypes.npz` has."""

CLASS_MEANS = (
    "The training has no prototypes of its own: those shown are the means of the features of each "
    "class, over the labelled source pixels that are observed."
)


def class_means(
    features: NDArray[np.floating[Any]],
    class_id: NDArray[np.integer[Any]],
    domain: NDArray[np.integer[Any]],
    num_classes: int,
) -> Table:
    """Return the mean direction of the source pixels of each class.

    Args:
        features: unit length, (N, C).
        class_id: true classes, (N,), 255 without a label.
        domain: (N,), 0 for the source.
        num_classes: K.
    """
    used = (domain == 0) & (class_id < num_classes)
    sums = np.zeros((num_classes, features.shape[1]))
    np.add.at(sums, class_id[used], features[used].astype(np.float64))
    count = np.bincount(class_id[used], minlength=num_classes)[:num_classes]
    return _table(sums, count)


def given_prototypes(prototypes: Any, *, num_classes: int, channels: int) -> Table:
    """Return the prototypes (K, C) that were handed in; a row of zeros or NaN was never seen."""
    vectors = as_array(prototypes)
    if vectors.shape != (num_classes, channels):
        raise UserError(
            f"the prototypes have the shape {vectors.shape}; give one row a class and as many "
            f"columns as the features have channels, ({num_classes}, {channels})"
        )
    return _table(np.nan_to_num(vectors.astype(np.float64)), np.zeros(num_classes, np.int64))


def _table(vectors: NDArray[np.float64], count: NDArray[np.int64]) -> Table:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return {
        "vectors": (vectors / np.maximum(length, 1e-12)).astype(np.float32),
        "pixel_count": count.astype(np.int64),
        "age": np.zeros(len(vectors), np.int64),
        "seen": length[:, 0] > 1e-12,
    }
