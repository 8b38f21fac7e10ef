import numpy as np
import torch
from torchmetrics.functional import jaccard_index

from spcl.store.counts import (
    class_counts,
    cross_table,
    mean_iou,
    per_class_iou,
    pixel_accuracy,
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


def test_iou_agrees_with_torchmetrics():
    random = np.random.default_rng(0)
    truth = random.integers(0, 5, (40, 60)).astype(np.uint8)
    predicted = random.integers(0, 5, (40, 60)).astype(np.uint8)
    truth[:4] = 255
    ours = per_class_iou(cross_table(truth, predicted, 5))
    theirs = jaccard_index(
        torch.from_numpy(predicted.astype(int)),
        torch.from_numpy(truth.astype(int)),
        task="multiclass",
        num_classes=5,
        ignore_index=255,
        average="none",
    )
    np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-6)


def test_absent_class_is_nan_and_left_out_of_the_mean():
    truth = np.array([[0, 0, 1, 1]], np.uint8)
    predicted = np.array([[0, 2, 1, 1]], np.uint8)
    matrix = cross_table(truth, predicted, 3)
    np.testing.assert_array_equal(per_class_iou(matrix), [0.5, 1.0, np.nan])
    assert mean_iou(matrix) == 0.75


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
