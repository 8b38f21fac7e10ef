"""What changed between two masks of an image, and how far the confidence can be believed.

Counts of pixels by true class; pixels without a label (255) are left out.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spcl.store.scores.counts import Counts, Floats, class_counts

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
    was_right, is_right = before[known] == ids, after[known] == ids
    kinds = class_counts(4 * ids.astype(np.int64) + 2 * was_right + is_right, 4 * num_classes)
    still_wrong, fixed, broken, still_right = kinds.reshape(num_classes, 4).T
    return Changes(fixed, broken, still_wrong, still_right)


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
    return curve(*bins(confidence, is_right))


def bins(confidence: NDArray[np.floating], is_right: NDArray[np.bool_]) -> Floats:
    """Return pixels, sum of confidence and right pixels of each bin, (3, BINS), to be added up."""
    values = confidence.astype(np.float64).ravel()
    if values.size and not (np.min(values) >= 0 and np.max(values) <= 1):
        raise ValueError("confidence holds values outside [0, 1] or NaN; give probabilities")
    place = np.minimum((values * BINS).astype(np.intp), BINS - 1)
    weights = (np.ones(values.size), values, is_right.ravel().astype(np.float64))
    return np.stack([np.bincount(place, weights=weight, minlength=BINS) for weight in weights])


def curve(pixels: Floats, confidence_sum: Floats, right: Floats) -> Calibration:
    """Return the curve from `bins` summed over images, (BINS,) each."""
    some, total = pixels > 0, pixels.sum()
    mean, accuracy = (
        np.where(some, summed / np.maximum(pixels, 1), np.nan) for summed in (confidence_sum, right)
    )
    apart = np.abs(accuracy - mean)[some] * pixels[some]
    error = float(apart.sum() / total) if total else float("nan")
    return Calibration(pixels.astype(np.int64), mean, accuracy, error)
