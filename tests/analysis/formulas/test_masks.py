import numpy as np
import pytest

from spcl.analysis.formulas.masks import (
    BINS,
    calibration,
    changes,
    largest_transfers,
    notable_images,
)
from spcl.store.scores.counts import cross_table


@pytest.fixture
def masks():
    random = np.random.default_rng(0)
    truth = random.integers(0, 4, (20, 30)).astype(np.uint8)
    truth[0] = 255
    before, after = (random.integers(0, 4, (20, 30)).astype(np.uint8) for _ in range(2))
    return before, after, truth


def test_changes_equal_a_slow_loop_and_sum_to_the_labeled_pixels(masks):
    before, after, truth = masks
    got = changes(before, after, truth, 5)
    for k in range(5):
        mine = [(b == k, a == k) for b, a, t in zip(*map(np.ravel, masks), strict=True) if t == k]
        kinds = [(False, True), (True, False), (False, False), (True, True)]
        assert [counts[k] for counts in got] == [mine.count(kind) for kind in kinds]
    assert sum(counts.sum() for counts in got) == 19 * 30


def test_nothing_changes_between_a_mask_and_itself(masks):
    before, _, truth = masks
    got = changes(before, before, truth, 4)
    assert got.fixed.sum() == got.broken.sum() == 0
    assert np.trace(cross_table(before, before, 4)) == before.size


def test_transfer_counts_pixels_and_names_the_largest():
    before = np.array([[0, 0, 0, 1, 2]], np.uint8)
    after = np.array([[1, 1, 0, 1, 0]], np.uint8)
    counts = cross_table(before, after, 3)
    assert counts.sum() == 5
    assert largest_transfers(counts) == [(0, 1, 2), (2, 0, 1)]


def test_typical_is_the_image_nearest_to_the_median_gain():
    gains = {"a": 0.3, "b": -0.2, "c": 0.1, "d": float("nan"), "e": 0.09, "f": 0.05}
    assert notable_images(gains) == {"most_improved": "a", "most_harmed": "b", "typical": "e"}
    assert notable_images({"d": float("nan")}) == {}


def test_calibration_equals_a_slow_loop():
    random = np.random.default_rng(1)
    confidence, right = random.random(500), random.random(500) < 0.6
    got, expected = calibration(confidence, right), 0.0
    for b in range(BINS):
        inside = (confidence >= b / BINS) & (confidence < (b + 1) / BINS)
        if inside.any():
            apart = abs(right[inside].mean() - confidence[inside].mean())
            expected += inside.mean() * apart
    assert got.error == pytest.approx(expected)
    assert got.pixels.sum() == 500


def test_a_confidence_that_is_always_right_about_itself_has_no_error():
    confidence = np.repeat([0.25, 0.75], 400)
    right = np.tile([True, False, False, False], 100).tolist() + [True, True, True, False] * 100
    assert calibration(confidence, np.array(right)).error == pytest.approx(0)
    assert calibration(np.ones(10), np.zeros(10, bool)).error == pytest.approx(1)


def test_confidence_outside_of_its_range_is_refused():
    with pytest.raises(ValueError, match="outside"):
        calibration(np.array([0.5, np.nan]), np.array([True, True]))
    assert np.isnan(calibration(np.zeros(0), np.zeros(0, bool)).error)
