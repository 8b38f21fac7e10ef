import numpy as np
import PIL.Image
import pytest
import torch

from spcl import evaluate
from spcl.config.sections.records import EvaluateConfig
from spcl.data.batches.loaders import Frames
from spcl.data.folders import FolderPair
from spcl.errors import DivergedError, UserError
from spcl.method.grid.resize import upsample
from spcl.store.scores.counts import cross_table
from tests.support.tiny_pair import write_tiny_pair


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


class Predictor:
    """A model at stride 4 that remembers at which sizes it was asked."""

    def __init__(self):
        torch.manual_seed(0)
        self.convolution = torch.nn.Conv2d(3, 3, 5, stride=4, padding=2)
        self.sizes = []

    def __call__(self, images):
        self.sizes.append(tuple(images.shape[2:]))
        logits = self.convolution(images)
        return logits, logits


@pytest.fixture
def frames(tmp_path):
    pair = FolderPair.open(write_tiny_pair(tmp_path, count=3))
    return Frames(pair.split("source/val", with_labels=True), cache_mb=10)


def scored(frames, **settings):
    """Return predictor and predictions of a split scored in some way."""
    predict = Predictor()
    scoring = evaluate.Scoring((16, 32), EvaluateConfig(**settings))
    return predict, list(evaluate.predict_split(predict, frames, scoring=scoring)), scoring


def test_scores_at_another_size_leave_what_is_observed_as_it_was(frames):
    _, plain, _ = scored(frames)
    predict, others, _ = scored(frames, mode="whole")
    assert predict.sizes == [(16, 32), *[(32, 64)] * 3]
    for one, other in zip(plain, others, strict=True):
        assert torch.equal(one.features, other.features)
        assert torch.equal(one.logits, other.logits)
        assert other.class_ids.shape == (32, 64)
        assert not np.allclose(one.confidence(), other.confidence())


@pytest.mark.parametrize(
    ("settings", "sizes"),
    [
        ({"size": (24, 48)}, [(24, 48)]),
        ({"mode": "slide", "window": (32, 32), "stride": (16, 16)}, [(32, 32)] * 3),
        ({"mode": "whole", "scales": (0.5, 1.0)}, [(16, 32), (32, 64)]),
        ({"mode": "whole", "flip": True}, [(32, 64)] * 2),
        ({"scales": (0.75, 1.5), "flip": True}, [(12, 24)] * 2 + [(24, 48)] * 2),
    ],
)
def test_every_look_that_is_asked_for_is_taken(frames, settings, sizes):
    predict, _, _ = scored(frames, **settings)
    assert predict.sizes[1:] == sizes * 3


def test_the_looks_of_an_image_are_averaged_as_probabilities(frames):
    predict, predictions, _ = scored(frames, mode="whole", scales=(0.5, 1.0), flip=True)
    image, _ = frames[1]
    looks = []
    with torch.inference_mode():
        for size in ((16, 32), (32, 64)):
            picture = PIL.Image.fromarray(image).resize(size[::-1], PIL.Image.Resampling.BILINEAR)
            tensor = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255
            for flips in (False, True):
                logits = predict(tensor.flip(3) if flips else tensor)[1]
                logits = logits.flip(3) if flips else logits
                full = torch.nn.functional.interpolate(logits, size=(32, 64), mode="bilinear")
                looks.append(full[0].softmax(0))
        expected = torch.stack(looks).mean(0)
    np.testing.assert_allclose(predictions[1].confidence(), expected.amax(0).numpy(), atol=1e-5)
    assert (predictions[1].class_ids == expected.argmax(0).numpy()).mean() > 0.999


def test_a_window_as_large_as_the_image_is_the_whole(frames):
    _, whole, _ = scored(frames, mode="whole")
    _, slid, _ = scored(frames, mode="slide", window=(32, 64), stride=(8, 8))
    _, larger, _ = scored(frames, mode="slide", window=(512, 512))
    for one, other, third in zip(whole, slid, larger, strict=True):
        np.testing.assert_allclose(one.confidence(), other.confidence(), atol=1e-6)
        assert np.array_equal(one.class_ids, other.class_ids)
        assert np.array_equal(one.class_ids, third.class_ids)


def test_a_confusion_matrix_needs_no_look_that_only_observes(frames):
    predict, predictions, scoring = scored(frames, mode="whole")
    predict.sizes.clear()
    found = evaluate.split_confusion(predict, frames, scoring=scoring, num_classes=4)
    assert predict.sizes == [(32, 64)] * 3
    expected = sum(cross_table(one.label, one.class_ids, 4) for one in predictions)
    assert np.array_equal(found, expected)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "each image scaled to 32x16"),
        ({"size": (512, 1024)}, "each image scaled to 1024x512"),
        ({"mode": "whole"}, "each image at its full size, in one look"),
        (
            {"mode": "slide", "window": (512, 1024), "stride": (256, 768), "flip": True},
            "each image at its full size, by windows of 1024x512 every 768x256 pixels, "
            "and mirrored",
        ),
        (
            {"scales": (0.75, 1.0)},
            "each image scaled to 32x16, at 0.75 and 1 times that size",
        ),
    ],
)
def test_how_images_are_scored_is_said(settings, words):
    assert evaluate.Scoring((16, 32), EvaluateConfig(**settings)).words() == words


def test_scores_that_are_not_finite_are_refused(frames):
    predict = Predictor()
    calls = []

    def broken(images):
        calls.append(images.shape)
        features, logits = predict(images)
        return features, logits * (float("nan") if len(calls) > 1 else 1)

    scoring = evaluate.Scoring((16, 32), EvaluateConfig(mode="whole"))
    with pytest.raises(DivergedError):
        next(evaluate.predict_split(broken, frames, scoring=scoring))


def test_windows_that_leave_pixels_unseen_are_refused():
    with pytest.raises(UserError, match=r"evaluate.stride is 300x100 .* at most that"):
        evaluate.Scoring((16, 32), EvaluateConfig(window=(200, 200), stride=(100, 300)))
