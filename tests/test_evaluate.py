import numpy as np
import torch
from torchmetrics.functional import jaccard_index

from spcl import evaluate
from spcl.evaluate import confusion_matrix, mean_iou, per_class_iou, pixel_accuracy
from spcl.method.resize import upsample


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


def test_nothing_labeled_scores_nan():
    matrix = np.zeros((3, 3), np.int64)
    assert np.isnan(mean_iou(matrix))
    assert np.isnan(pixel_accuracy(matrix))


def test_pixel_accuracy_is_the_share_on_the_diagonal():
    assert pixel_accuracy(np.array([[3, 1], [0, 4]])) == 0.875


def test_a_prediction_is_brought_to_full_size_only_when_asked_and_once(monkeypatch):
    calls = []

    def counted(planes, size):
        calls.append(size)
        return upsample(planes, size)

    monkeypatch.setattr(evaluate, "upsample", counted)
    logits = torch.randn(3, 2, 4)
    label = np.zeros((20, 40), np.uint8)
    prediction = evaluate.Prediction(
        0, np.zeros((16, 32, 3), np.uint8), label, torch.ones(5, 2, 4), logits
    )
    assert calls == []
    expected = torch.nn.functional.interpolate(logits[None], (20, 40), mode="bilinear")[0]
    assert (prediction.class_ids == expected.argmax(0).numpy()).mean() > 0.99
    np.testing.assert_allclose(
        prediction.confidence(), expected.softmax(0).amax(0).numpy(), atol=1e-5
    )
    assert calls == [(20, 40)]
