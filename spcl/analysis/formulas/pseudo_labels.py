"""How many target pixels of each class would be kept as pseudo labels, and how many are right."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spcl.store.scores.counts import Counts, Floats, class_counts, cross_table


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
    total, chosen = (class_counts(ids, num_classes) for ids in (predicted, predicted[kept]))
    judged = cross_table(truth[kept], predicted[kept], num_classes)
    return KeptShares(_share(chosen, total), _share(np.diag(judged), judged.sum(axis=0)))


def _share(part: Counts, whole: Counts) -> Floats:
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)
