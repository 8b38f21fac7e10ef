"""The bootstrap over seeds and images, against a slow one written down again."""

import numpy as np
import pytest

from spcl.store.compared.counted import Counted
from spcl.store.compared.paired import over_images, over_seeds_and_images
from spcl.store.scores.counts import mean_iou

K, IMAGES = 3, 12


def counted(random, *, right, keys=IMAGES):
    """Return a model's counts on images whose truth does not depend on the model."""
    truth = np.random.default_rng(7).integers(50, 90, (IMAGES, K))
    images = {}
    for number in range(keys):
        table = np.zeros((K, K), np.int64)
        for k in range(K):
            hits = random.binomial(truth[number, k], right)
            table[k, k], table[k, (k + 1) % K] = hits, truth[number, k] - hits
        images[f"image_{number}"] = table
    total = sum(images.values())
    return Counted(total, mean_iou(total), len(images), images)


def pairs_of(num_seeds, *, better=0.05, **more):
    random = np.random.default_rng(3)
    return [
        (counted(random, right=0.7, **more), counted(random, right=0.7 + better, **more))
        for _ in range(num_seeds)
    ]


def test_one_seed_is_the_bootstrap_over_images():
    ((one, other),) = pairs_of(1)
    images = [(one.images[key], other.images[key]) for key in one.images]
    expected = over_images(one.confusion, other.confusion, images)
    assert over_seeds_and_images([(one, other)]) == expected


@pytest.mark.slow
def test_the_interval_is_that_of_a_slow_bootstrap_over_both():
    pairs = pairs_of(3)
    found = over_seeds_and_images(pairs)
    changes = [b.mean_iou - a.mean_iou for a, b in pairs]
    assert found.mean_iou.value == pytest.approx(np.mean(changes))
    random, drawn = np.random.default_rng(11), []
    for _ in range(3000):
        images = random.integers(0, IMAGES, IMAGES)
        seeds = random.integers(0, 3, 3)
        each = []
        for seed in seeds:
            tables = [
                sum(side.images[f"image_{image}"] for image in images) for side in pairs[seed]
            ]
            each.append(mean_iou(tables[1]) - mean_iou(tables[0]))
        drawn.append(np.mean(each))
    low, high = np.percentile(drawn, [2.5, 97.5])
    assert found.mean_iou.low == pytest.approx(low, abs=0.004)
    assert found.mean_iou.high == pytest.approx(high, abs=0.004)
    assert (found.over, found.of, found.num_images) == ("seeds and images", 3, IMAGES)


def test_seeds_that_disagree_widen_it():
    alike = over_seeds_and_images(pairs_of(2)).mean_iou
    random = np.random.default_rng(3)
    apart = [(counted(random, right=0.7), counted(random, right=right)) for right in (0.6, 0.9)]
    found = over_seeds_and_images(apart).mean_iou
    assert found.high - found.low > 2 * (alike.high - alike.low)
    assert not found.is_sure


def test_few_images_give_the_difference_and_no_interval():
    found = over_seeds_and_images(pairs_of(2, keys=5)).mean_iou
    assert np.isfinite(found.value)
    assert np.isnan([found.low, found.high]).all()
