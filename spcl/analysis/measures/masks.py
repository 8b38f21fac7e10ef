"""What changed between two masks of an image, and how far the confidence can be believed.

Counts of pixels by true class; pixels without a label (255) are left out.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spcl.store.counts import Counts, Floats, class_counts

Ids = NDArray[np.uint8]
BINS = 15


class Changes(NamedTuple):
    """Pixels of each true class, (K,) each: what a mask got right and wrong, before and after."""

    fixed: Counts
    broken: Counts
    still_wrong: Counts
    still_right: Counts


class Calibration(NamedTuple):
    """The reliability curve, (BINS,) each, and its distance from the diagonal.

    Attributes:
        pixels: how many have a confidence in the bin.
        confidence: their mean confidence, in [0, 1]; NaN for an empty bin.
        accuracy: share of them that is right, in [0, 1]; NaN for an empty bin.
        error: expected calibration error, in [0, 1]; low is good, NaN without pixels.
    """

    pixels: Counts
    confidence: Floats
    accuracy: Floats
    error: float


def changes(before: Ids, after: Ids, truth: Ids, num_classes: int) -> Changes:
    """Return what was fixed, broken, still wrong and still right by true class.

    Fixed minus broken is the gain in right pixels. Four counts sum to the class's pixels. O(H W).

    Args:
        before: class ids, (H, W).
        after: class ids, (H, W).
        truth: class ids, (H, W), 255 unknown.
        num_classes: K.
    """
    known = truth < num_classes
    ids = truth[known]
    was, is_now = before[known] == ids, after[known] == ids
    kinds = (~was & is_now, was & ~is_now, ~was & ~is_now, was & is_now)
    return Changes(*(class_counts(ids[kind], num_classes) for kind in kinds))


def largest_transfers(counts: Counts, most: int = 5) -> list[tuple[int, int, int]]:
    """Return (class before, class after, pixels) of the largest changes, largest first."""
    off = counts.copy()
    np.fill_diagonal(off, 0)
    order = np.argsort(-off, axis=None, kind="stable")[:most]
    places = [divmod(int(place), len(counts)) for place in order]
    return [(i, j, int(off[i, j])) for i, j in places if off[i, j] > 0]


def notable_images(gains: Mapping[str, float]) -> dict[str, str]:
    """Return the most improved, the most harmed and the typical image.

    Typical is the one whose gain is nearest to the median of all; ties go to the first by name.
    Images whose gain is NaN are left out; empty without any.

    Args:
        gains: mean IoU after minus before of each image.
    """
    known = {key: gain for key, gain in sorted(gains.items()) if np.isfinite(gain)}
    if not known:
        return {}
    middle = float(np.median(list(known.values())))
    return {
        "most_improved": max(known, key=lambda key: known[key]),
        "most_harmed": min(known, key=lambda key: known[key]),
        "typical": min(known, key=lambda key: abs(known[key] - middle)),
    }


def calibration(confidence: NDArray[np.floating], is_right: NDArray[np.bool_]) -> Calibration:
    """Return the reliability curve over 15 equal bins and the expected calibration error.

    The error is the mean of |accuracy - confidence| over bins, weighted by their pixels. Guo et
    al., ICML 2017. O(N).

    Args:
        confidence: probability of the predicted class, (N,), in [0, 1]; ValueError outside.
        is_right: whether the prediction is right, (N,).
    """
    values = confidence.astype(np.float64).ravel()
    if values.size and not (np.min(values) >= 0 and np.max(values) <= 1):
        raise ValueError("confidence holds values outside [0, 1] or NaN; give probabilities")
    place = np.minimum((values * BINS).astype(np.intp), BINS - 1)
    return summed_calibration(
        np.bincount(place, minlength=BINS),
        np.bincount(place, weights=values, minlength=BINS),
        np.bincount(place, weights=is_right.ravel().astype(np.float64), minlength=BINS),
    )


def summed_calibration(
    count: Counts, confidence_sum: NDArray[Any], right_sum: NDArray[Any]
) -> Calibration:
    """Return the curve from sums over bins, (BINS,) each, so that images can be added up."""
    some = count > 0
    mean, accuracy = (
        np.where(some, total / np.maximum(count, 1), np.nan)
        for total in (confidence_sum, right_sum)
    )
    total = count.sum()
    apart = np.abs(accuracy - mean)[some] * count[some]
    return Calibration(count, mean, accuracy, float(apart.sum() / total) if total else float("nan"))
