"""How much better one model is than another on the same images, and how sure that is."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spcl.store.compared.counted import Counted
from spcl.store.scores.counts import Counts, Floats, mean_iou_of_present, per_class_iou

RESAMPLES = 2000
_LOW, _HIGH = 2.5, 97.5
LEAST_IMAGES = 10
"""Fewer images than these give no interval."""


@dataclass(frozen=True)
class Difference:
    """A value of the second run minus that of the first, in [-1, 1]; NaN where one lacks it.

    Attributes:
        value: the difference.
        low: lower end of the interval, NaN without one.
        high: its upper end.
    """

    value: float
    low: float = math.nan
    high: float = math.nan

    @property
    def is_sure(self) -> bool:
        """Return whether there is an interval and it leaves out zero."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Paired:
    """Two models on the same images of a split.

    Attributes:
        mean_iou: difference of the mean IoU of the whole split.
        per_class: the same of each class, in id order.
        of: how many there are of what the intervals say the spread over: images, or seeds.
        over: "images", "seeds", or "seeds and images", where `of` counts the seeds.
        better: images of which the second has the higher mean IoU, to a tenth of a point.
        worse: those of which it has the lower.
        num_images: images compared one by one.
    """

    mean_iou: Difference
    per_class: tuple[Difference, ...]
    of: int
    over: str
    better: int
    worse: int
    num_images: int


def over_images(first: Counts, second: Counts, images: Sequence[tuple[Counts, Counts]]) -> Paired:
    """Return the difference of two models, with its 95 % bootstrap interval over images.

    Images are drawn with replacement, the same for both models, and all their pixels counted
    together (Efron 1979, percentile interval). Where only some images of the split were recorded
    one by one, the interval of those is moved to the difference of the whole split.

    Args:
        first: counts of the whole split, (K, K).
        second: the same of the other model.
        images: counts of single images by either model.
    """
    value = _scores(second) - _scores(first)
    low, high = np.full_like(value, np.nan), np.full_like(value, np.nan)
    if len(images) >= LEAST_IMAGES:
        low, high = _ends(_drawn_changes(images))
        centre = _change_of_all(images)
        low, high = low + value - centre, high + value - centre
    found = [Difference(*map(float, three)) for three in zip(value, low, high, strict=True)]
    better, worse = _counted(images)
    return Paired(found[0], tuple(found[1:]), len(images), "images", better, worse, len(images))


def over_seeds(
    pairs: Sequence[tuple[Counts, Counts]], images: Sequence[tuple[Counts, Counts]]
) -> Paired:
    """Return the mean difference over pairs of runs, from the smallest to the largest of them.

    Args:
        pairs: counts of the whole split by a first and a second run, one pair a seed.
        images: counts of single images by one of the pairs, to count better and worse ones.
    """
    values = np.stack([_scores(second) - _scores(first) for first, second in pairs])
    means, low, high = values.mean(axis=0), values.min(axis=0), values.max(axis=0)
    found = [Difference(*map(float, three)) for three in zip(means, low, high, strict=True)]
    better, worse = _counted(images)
    return Paired(found[0], tuple(found[1:]), len(pairs), "seeds", better, worse, len(images))


def over_seeds_and_images(pairs: Sequence[tuple[Counted, Counted]]) -> Paired:
    """Return the mean difference over seeds, with its 95 % bootstrap interval over both.

    Seeds and images are drawn with replacement and independently of each other, the same images
    for all seeds and both models (two crossed factors: Owen 2007, pigeonhole bootstrap). With one
    seed that is `over_images`; where too few images were recorded one by one there is no interval.

    Args:
        pairs: the scores of a split by a first and a second run, one pair a seed.
    """
    tables = [common_images(one.images, other.images) for one, other in pairs]
    keys = [key for key in tables[0] if all(key in table for table in tables)]
    images = [[table[key] for key in keys] for table in tables]
    changes = [_scores(other.confusion) - _scores(one.confusion) for one, other in pairs]
    value = np.mean(changes, axis=0)
    low, high = np.full_like(value, np.nan), np.full_like(value, np.nan)
    if len(keys) >= LEAST_IMAGES:
        drawn = np.stack([_drawn_changes(one) for one in images])
        low, high = _ends(_over_drawn_seeds(drawn))
        centre = np.mean([_change_of_all(one) for one in images], axis=0)
        low, high = low + value - centre, high + value - centre
    found = [Difference(*map(float, three)) for three in zip(value, low, high, strict=True)]
    better, worse = _counted(images[0])
    over = "images" if len(pairs) == 1 else "seeds and images"
    of = len(keys) if len(pairs) == 1 else len(pairs)
    return Paired(found[0], tuple(found[1:]), of, over, better, worse, len(keys))


def _over_drawn_seeds(drawn: Floats) -> Floats:
    """Return the mean over as many seeds as there are, drawn each time, (S, R, V) -> (R, V)."""
    num_seeds, resamples, _ = drawn.shape
    random = np.random.default_rng(1)
    counts = random.multinomial(num_seeds, np.full(num_seeds, 1 / num_seeds), resamples)
    mean: Floats = np.einsum("rs,srv->rv", counts / num_seeds, drawn)
    return mean


def value_over_seeds(changes: Sequence[float]) -> Difference:
    """Return the mean of differences, and their range where there are several; NaN if one is."""
    known = len(changes) > 1 and all(map(math.isfinite, changes))
    ends = (min(changes), max(changes)) if known else (math.nan, math.nan)
    return Difference(sum(changes) / len(changes), *ends)


def common_images(
    first: Mapping[str, Counts], second: Mapping[str, Counts]
) -> dict[str, tuple[Counts, Counts]]:
    """Return the tables of images that both models saw with the same labels, by key."""
    return {
        key: (table, second[key])
        for key, table in first.items()
        if key in second and np.array_equal(table.sum(axis=1), second[key].sum(axis=1))
    }


def image_gain(first: Counts, second: Counts) -> float:
    """Return the change of an image's mean IoU, over the classes in it, in points."""
    return round(100 * (mean_iou_of_present(second) - mean_iou_of_present(first)), 1)


def _counted(images: Sequence[tuple[Counts, Counts]]) -> tuple[int, int]:
    gains = [image_gain(*pair) for pair in images]
    return sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)


def _scores(confusion: Counts) -> Floats:
    """Return the mean IoU, then the IoU of each class, (1 + K,)."""
    return _with_mean(per_class_iou(confusion))


def _with_mean(per_class: Floats) -> Floats:
    """Put the mean over the classes that have a value before them, (..., K) -> (..., 1 + K)."""
    known = np.isfinite(per_class)
    total, count = (
        np.where(known, per_class, 0).sum(-1, keepdims=True),
        known.sum(-1, keepdims=True),
    )
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return np.concatenate([mean, per_class], axis=-1)


def _change_of_all(images: Sequence[tuple[Counts, Counts]]) -> Floats:
    """Return the difference of the scores over all of some images together, (1 + K,)."""
    ones, others = (np.sum([pair[side] for pair in images], axis=0) for side in (0, 1))
    return _scores(others) - _scores(ones)


def _drawn_changes(images: Sequence[tuple[Counts, Counts]]) -> Floats:
    """Return the difference of the scores for each draw of images, (R, 1 + K)."""
    random = np.random.default_rng(0)  # the same runs give the same interval
    count = len(images)
    draws: NDArray[np.int64] = random.multinomial(count, np.full(count, 1 / count), RESAMPLES)
    drawn = []
    for tables in (np.stack([pair[side] for pair in images]) for side in (0, 1)):
        hits = np.diagonal(tables, axis1=1, axis2=2)
        unions = tables.sum(1) + tables.sum(2) - hits
        hit, union = draws @ hits, draws @ unions
        drawn.append(_with_mean(np.where(union > 0, hit / np.maximum(union, 1), np.nan)))
    change: Floats = drawn[1] - drawn[0]
    return change


def _ends(change: Floats) -> tuple[Floats, Floats]:
    """Return both ends of the interval of drawn differences, (R, V) -> (V,) each."""
    known = np.isfinite(change)
    whole = np.where(known.all(axis=0), change, 0)  # a class that some draw lacks has no interval
    low, high = (np.percentile(whole, at, axis=0) for at in (_LOW, _HIGH))
    return np.where(known.all(axis=0), low, np.nan), np.where(known.all(axis=0), high, np.nan)
