import math

import numpy as np
import pandas as pd
import pytest

from dashboard.mask_data import count_change
from dashboard.words_masks import detail, headline, image_entry, orders

NAMES = ["Road", "Car", "Sky"]


@pytest.fixture
def frame():
    rows = [("a", 0.2), ("b", -0.1), ("c", 0.05), ("d", 0.0), ("e", math.nan)]
    return pd.DataFrame(
        [(key, key, "target", 0.5, 0.5 + gain, gain) for key, gain in rows],
        columns=["key", "name", "domain", "before", "after", "gain"],
    )


@pytest.fixture
def change():
    truth = np.array([[0, 0, 1, 1, 255]], np.uint8)
    before = np.array([[0, 1, 0, 0, 2]], np.uint8)
    after = np.array([[1, 0, 1, 0, 2]], np.uint8)
    return count_change(truth, before, after, num_classes=3)


def test_fixed_broken_and_still_wrong_by_hand(change):
    assert change.num_labelled == 4
    assert (change.fixed, change.broken, change.still_wrong) == (0.5, 0.25, 0.25)
    assert change.transfer[0, 1] == 2
    assert change.transfer_right[0, 1] == 1
    assert change.confusion_before.sum() == 4


def test_shares_add_up_with_what_was_right_both_times():
    random = np.random.default_rng(0)
    truth, before, after = random.integers(0, 3, (3, 20, 20)).astype(np.uint8)
    change = count_change(truth, before, after, num_classes=3)
    right_twice = ((truth == before) & (truth == after)).mean()
    assert change.fixed + change.broken + change.still_wrong + right_twice == pytest.approx(1)


def test_headline_counts_images(frame):
    assert headline(frame, "dusk", num_snapshots=3) == "2 of 4 dusk images improved, 1 got worse"
    harmed = frame.assign(gain=-frame["gain"])
    assert headline(harmed, "dusk", num_snapshots=3) == "2 of 4 dusk images got worse, 1 improved"
    nothing = frame.assign(gain=math.nan)
    assert headline(nothing, "dusk", num_snapshots=3).startswith("Nothing stands out yet")


def test_orders_put_best_worst_and_median_first(frame):
    tabs = orders(frame)
    assert tabs["improved"] == ["a", "c"]
    assert tabs["harmed"] == ["b"]
    assert tabs["typical"][0] in ("c", "d")
    assert tabs["all"] == ["a", "b", "c", "d", "e"]
    assert list(orders(frame.assign(gain=math.nan))) == ["all"]


def test_the_gain_is_the_difference_of_the_rounded_numbers():
    row = {"key": "a", "name": "a", "domain": "target", "before": 0.33349, "after": 0.44351}
    entry = image_entry(row, width=4, height=2, has_label=True)
    assert entry["gain"] == round(entry["after"] - entry["before"], 1)


def test_detail_says_what_changed_hands(change):
    scores = {"per_class_iou": [0.5, 0.25, None]}
    found = detail("a", names=NAMES, change=change, before=scores, after=scores)
    assert found["change"]["fixed"] == 50.0
    assert found["rows"][2] == {"id": 2, "note": "not in this image"}
    assert found["hands"][0]["text"] == "Car called road"
    assert "road to car; 50 % of those are right" in found["transfer"]


def test_detail_without_truth_says_so():
    found = detail("a", names=NAMES, change=None, before=None, after=None)
    assert "no label" in found["note"]
    assert found["rows"] == []
