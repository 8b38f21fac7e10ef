"""How many target pixels of each class would be kept as pseudo labels, and how many are right."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class KeptShares(NamedTuple):
    """Per class: share of pixels kept, and share of the kept that are right; both in [0, 1]."""

    kept: Floats
    accuracy: Floats


def kept_shares(
    predicted: NDArray[np.integer],
    kept: NDArray[np.bool_],
    truth: NDArray[np.integer],
    num_classes: int,
) -> KeptShares:
    """Count by predicted class; accuracy is NaN where no kept pixel has a label.

    Args:
        predicted: class ids, (N,).
        kept: whether the pixel passes its class's threshold, (N,).
        truth: class ids, (N,), 255 unknown.
        num_classes: K.
    """
    total = np.bincount(predicted, minlength=num_classes)
    chosen = np.bincount(predicted[kept], minlength=num_classes)
    judged = kept & (truth < num_classes)
    right = np.bincount(predicted[judged & (predicted == truth)], minlength=num_classes)
    return KeptShares(
        _share(chosen, total), _share(right, np.bincount(predicted[judged], minlength=num_classes))
    )


def _share(part: NDArray[np.integer], whole: NDArray[np.integer]) -> Floats:
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)
