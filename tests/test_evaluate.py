import numpy as np
import torch
from torchmetrics.functional import jaccard_index

from spcl.evaluate import confusion_matrix, mean_iou, per_class_iou, pixel_accuracy


def test_iou_agrees_with_torchmetrics():
    random = np.random.default_rng(0)
    truth = random.integers(0, 5, (40, 60)).astype(np.uint8)
    predicted = random.integers(0, 5, (40, 60)).astype(np.uint8)
    truth[:4] = 255
    ours = per_class_iou(confusion_matrix(truth, predicted, 5))
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
    matrix = confusion_matrix(truth, predicted, 3)
    np.testing.assert_array_equal(per_class_iou(matrix), [0.5, 1.0, np.nan])
    assert mean_iou(matrix) == 0.75


def test_ignored_pixels_do_not_count():
    truth = np.array([[255, 255, 1]], np.uint8)
    predicted = np.array([[0, 1, 1]], np.uint8)
    assert confusion_matrix(truth, predicted, 2).sum() == 1


def test_nothing_labelled_scores_nan():
    matrix = np.zeros((3, 3), np.int64)
    assert np.isnan(mean_iou(matrix))
    assert np.isnan(pixel_accuracy(matrix))


def test_pixel_accuracy_is_the_share_on_the_diagonal():
    assert pixel_accuracy(np.array([[3, 1], [0, 4]])) == 0.875
