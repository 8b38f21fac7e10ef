import math

import numpy as np
import pandas as pd
import pytest

from dashboard.data.masks.changes import count_change, cross_table
from dashboard.text.masks import caption, detail, headline, image_entry, orders

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
    assert change.num_labeled == 4
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


def said(frame, mean_iou=0.4):
    return headline(frame, "dusk", step=30, mean_iou=mean_iou)


def test_headline_counts_images(frame):
    assert said(frame) == "2 of 4 dusk images improved, 1 got worse"
    assert said(frame.assign(gain=-frame["gain"])) == "2 of 4 dusk images got worse, 1 improved"


def test_headline_claims_no_change_where_nothing_is_compared(frame):
    nothing = frame.assign(gain=math.nan)
    assert said(nothing) == "40.0 % mIoU on dusk at step 30"
    assert said(nothing, mean_iou=None) == "5 dusk images at step 30, without labels"


def test_caption_says_what_is_compared():
    counts = {"dusk": 60, "day": 60}
    compared = caption(counts, 30, 20, is_scored=True)
    assert "60 dusk and 60 day images" in compared
    assert (
        "step 30 is compared with step 20. "
        "The tabs sort by change of mIoU, over the classes in each image." in compared
    )
    assert "sort" not in caption(counts, 30, 20, is_scored=False)
    assert "after the warm-up" in caption(counts, 10, None, is_scored=True)


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


def test_scores_of_other_classes_are_not_taken_for_those_of_an_image():
    for values in ([], [0.5, 0.25, None, 0.1]):
        scores = {"per_class_iou": values}
        shown = detail("a", names=NAMES, change=None, transfer=None, before=None, after=scores)
        assert [row["note"] for row in shown["rows"]] == ["not recorded"] * len(NAMES)


def test_detail_names_the_top_confusions(change):
    scores = {"per_class_iou": [0.5, 0.25, None]}
    shown = detail(
        "a", names=NAMES, change=change, transfer=change.transfer, before=scores, after=scores
    )
    assert shown["change"]["fixed"] == 50.0
    assert shown["rows"][2] == {"id": 2, "note": "not in this image"}
    assert shown["top_confusions"][0]["text"] == "Car taken for road"
    assert "2 of 3, went from road to car; 1 of 2 is right." in shown["transfer"]


def test_without_truth_only_the_transfer_is_named():
    moved = cross_table(np.array([0, 0, 0, 2]), np.array([1, 1, 2, 2]), num_classes=3)
    shown = detail("a", names=NAMES, change=None, transfer=moved, before=None, after=None)
    assert "no label" in shown["note"]
    assert (shown["rows"], shown["top_confusions"]) == ([], [])
    assert shown["transfer"] == (
        "The largest group of changed pixels, 2 of 3, went from road to car."
    )


def test_ids_outside_the_class_set_are_left_out():
    assert cross_table(np.array([0, 255]), np.array([1, 1]), num_classes=2).sum() == 1
