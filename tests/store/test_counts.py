import numpy as np
import pytest
import torch

from spcl.store.scores.counts import (
    class_counts,
    cross_table,
    mean_iou,
    mean_iou_of_present,
    per_class_iou,
    per_class_iou_of_present,
    pixel_accuracy,
    predicted_only,
    rescored,
    row_shares,
)


def test_the_table_equals_a_slow_loop_and_leaves_out_what_is_no_class():
    random = np.random.default_rng(0)
    rows, columns = (random.integers(0, 6, (13, 17)).astype(np.uint8) for _ in range(2))
    rows[0], columns[-1] = 255, 255
    expected = np.zeros((4, 4), np.int64)
    for i, j in zip(rows.ravel(), columns.ravel(), strict=True):
        if i < 4 and j < 4:
            expected[i, j] += 1
    np.testing.assert_array_equal(cross_table(rows, columns, 4), expected)
    assert class_counts(rows, 4).tolist() == [int((rows == k).sum()) for k in range(4)]


def test_shares_of_a_row_sum_to_one_and_an_empty_row_has_none():
    shares = row_shares(np.array([[3, 1], [0, 0]]))
    assert shares[0].tolist() == [0.75, 0.25]
    assert np.isnan(shares[1]).all()


def reference(truth, predicted, average):
    maps = (torch.from_numpy(np.asarray(ids).astype(int)) for ids in (predicted, truth))
    options = {"task": "multiclass", "num_classes": 5, "ignore_index": 255}
    from torchmetrics.functional import jaccard_index  # seconds, for the process that needs it

    return jaccard_index(*maps, average=average, **options).numpy()


@pytest.mark.parametrize("seed", range(20))
def test_iou_agrees_with_torchmetrics(seed):
    random = np.random.default_rng(seed)
    truth = random.choice(random.integers(0, 5, 3), (40, 60)).astype(np.uint8)
    predicted = random.choice(random.integers(0, 5, 3), (40, 60)).astype(np.uint8)
    truth[:4], predicted[:2] = 255, 4  # what is predicted on ignored pixels does not count
    matrix = cross_table(truth, predicted, 5)
    # torchmetrics gives 0, not NaN, to a class in neither, and leaves it out of the macro mean
    by_class = np.nan_to_num(per_class_iou(matrix))
    np.testing.assert_allclose(by_class, reference(truth, predicted, "none"), atol=1e-6)
    np.testing.assert_allclose(mean_iou(matrix), reference(truth, predicted, "macro"), atol=1e-6)


@pytest.mark.parametrize(
    ("truth", "predicted", "mean"),
    [
        ([0, 0], [0, 0], 1.0),
        ([0, 0], [1, 1], 0.0),
        ([0, 1], [0, 2], 1 / 3),
        ([0, 255], [0, 3], 1.0),
    ],
)
def test_degenerate_means_agree_with_torchmetrics(truth, predicted, mean):
    matrix = cross_table(np.array(truth), np.array(predicted), 5)
    assert mean_iou(matrix) == pytest.approx(mean)
    assert reference(truth, predicted, "macro") == pytest.approx(mean)


TRUTH, PREDICTED = np.array([[0, 0, 1, 1]], np.uint8), np.array([[0, 2, 1, 1]], np.uint8)


def test_a_class_predicted_that_never_occurs_counts_0_and_one_in_neither_is_left_out():
    matrix = cross_table(TRUTH, PREDICTED, 4)
    np.testing.assert_array_equal(per_class_iou(matrix), [0.5, 1.0, 0.0, np.nan])
    assert mean_iou(matrix) == 0.5
    assert predicted_only(matrix).tolist() == [False, False, True, False]


def test_of_an_image_only_the_classes_in_it_count():
    matrix = cross_table(TRUTH, PREDICTED, 4)
    np.testing.assert_array_equal(per_class_iou_of_present(matrix), [0.5, 1.0, np.nan, np.nan])
    assert mean_iou_of_present(matrix) == 0.75


def test_scores_of_an_older_rule_are_made_anew_from_their_confusion():
    matrix = cross_table(TRUTH, PREDICTED, 4).tolist()
    old = {"confusion": matrix, "per_class_iou": [0.5, 1.0, None, None], "mean_iou": 0.75}
    scores = {"step": 1, "source": None, "target": {**old, "images": {"a": old}}}
    new = rescored({**scores, "selection": {"entropy": 1.0}})
    assert new["target"]["per_class_iou"] == [0.5, 1.0, 0.0, None]
    assert new["target"]["mean_iou"] == 0.5
    assert new["target"]["mean_iou_of_occurring"] == 0.75
    assert new["target"]["images"] == {"a": old}
    assert (new["source"], new["selection"]) == (None, {"entropy": 1.0})


def test_ignored_pixels_do_not_count():
    truth = np.array([[255, 255, 1]], np.uint8)
    predicted = np.array([[0, 1, 1]], np.uint8)
    assert cross_table(truth, predicted, 2).sum() == 1


def test_nothing_labeled_scores_nan():
    matrix = np.zeros((3, 3), np.int64)
    assert np.isnan(mean_iou(matrix))
    assert np.isnan(pixel_accuracy(matrix))


def test_pixel_accuracy_is_the_share_on_the_diagonal():
    assert pixel_accuracy(np.array([[3, 1], [0, 4]])) == 0.875
