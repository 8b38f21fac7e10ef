"""What the student sees of the target, and how much each pixel counts."""

import numpy as np
import pytest
import torch

from spcl.config import make_config
from spcl.data.batches.batch import Batch
from spcl.method.pseudo_labels import PseudoLabels
from spcl.models.segmenter import Output
from spcl.training.losses import Losses
from spcl.training.target.masked import MaskedConsistency
from spcl.training.target.views import MixedViews, target_views

COUNTS = np.array([900_000, 90_000, 9_000, 1_000])


def pseudo(confidence):
    values = torch.tensor(confidence).view(2, 1, -1)
    return PseudoLabels(torch.zeros_like(values).long(), values, values >= 0.7)


SURE = pseudo([[0.5, 0.7, 0.99, 0.98], [0.9, 0.6, 0.6, 0.6]])


@pytest.mark.parametrize(
    ("how", "weights"),
    [
        ("confidence", [[0, 0.7, 0.99, 0.98], [0.9, 0, 0, 0]]),
        ("none", [[0, 1, 1, 1], [1, 0, 0, 0]]),
        ("share", [[0.5, 0.5, 0.5, 0.5], [0, 0, 0, 0]]),
    ],
)
def test_target_pixels_count_as_asked_and_pasted_ones_fully(how, weights):
    config = make_config({"pseudo_labels": {"weight": how}})
    expected = torch.tensor(weights, dtype=torch.float32).view(2, 1, 4)
    target = Batch(torch.zeros(2, 3, 1, 4), None)
    unlabelled = Batch(torch.ones(2, 3, 1, 4), torch.full((2, 1, 4), 255))
    for mode in ("mixing", "stage"):
        settings = make_config({"pseudo_labels": {"weight": how}, "selftrain": {"mode": mode}})
        views = target_views(settings, COUNTS)
        view = views.compose(unlabelled, target, SURE, torch.Generator())
        torch.testing.assert_close(view.weights, expected)
        assert torch.equal(view.kept, SURE.kept)
    whole = Batch(torch.ones(2, 3, 1, 4), torch.zeros(2, 1, 4).long())
    view = MixedViews(config, COUNTS).compose(whole, target, SURE, torch.Generator())
    assert torch.equal(view.weights, torch.ones(2, 1, 4))


def test_rare_classes_are_pasted_more_often():
    labels = torch.arange(4).repeat(2000, 1, 2)
    source = Batch(torch.zeros(2000, 3, 1, 8), labels)
    target = Batch(torch.ones(2000, 3, 1, 8), None)
    kept = torch.ones(2000, 1, 8)
    unsure = PseudoLabels(torch.full((2000, 1, 8), 9), kept, kept.bool())
    often = {}
    for mix in ("half", "rare"):
        views = MixedViews(make_config({"adapt": {"mix": mix}}), COUNTS)
        pasted = views.compose(source, target, unsure, torch.Generator().manual_seed(0)).labels
        often[mix] = [float((pasted == k).float().mean() * 4) for k in range(4)]
    assert often["half"] == pytest.approx([0.5] * 4, abs=0.05)
    assert often["rare"][0] < 0.02 < 0.6 < min(often["rare"][2:])


class _Student:
    """Remembers what it is shown, and says the same of every pixel."""

    def __call__(self, images):
        self.images = images
        logits = torch.tensor([2.0, 0.0, 0.0, 0.0]).view(1, 4, 1, 1)
        logits = logits.expand(len(images), 4, *images.shape[2:])
        return Output(logits, logits, logits)


@pytest.mark.parametrize("how", ["confidence", "none", "share"])
def test_hidden_squares_are_held_to_the_labels_of_the_whole_image(how):
    words = ["adapt.mask_weight=0.5", "adapt.mask_block=2", f"pseudo_labels.weight={how}"]
    config = make_config({"segmentation": {"class_weights": 0.0}}, words)
    losses = Losses(config, num_classes=4, pixel_counts=COUNTS)
    target, student = Batch(torch.rand(2, 3, 1, 4), None), _Student()
    found = MaskedConsistency(config).losses(
        student, target, SURE, losses, lambda images, _: images, torch.Generator().manual_seed(0)
    )
    of_class_0 = -torch.tensor([2.0, 0, 0, 0]).log_softmax(0)[0]
    weights = {"confidence": 0.7 + 0.99 + 0.98 + 0.9, "none": 4.0, "share": 2.0}[how]
    torch.testing.assert_close(found["masked"], 0.5 * of_class_0 * weights / 8)
    changed = (student.images != target.images).any(1)
    assert changed.any() and not changed.all()


def test_without_weight_no_random_number_is_drawn_for_it():
    generator = torch.Generator().manual_seed(0)
    before = generator.get_state()
    masked = MaskedConsistency(make_config({}))
    assert masked.losses(None, None, None, None, None, generator) == {}
    assert torch.equal(generator.get_state(), before)


def test_strong_colors_come_after_the_jitter_and_blur_of_today():
    images = torch.rand(4, 3, 16, 16)
    generators = [torch.Generator().manual_seed(0) for _ in range(2)]
    usual, strong = (
        MixedViews(make_config({"adapt": {"augment": augment}}), COUNTS).augment(images, one)
        for augment, one in zip(("jitter", "strong"), generators, strict=True)
    )
    assert not torch.equal(usual, strong)
    torch.rand((2, 4, 2), generator=generators[0])
    assert torch.equal(generators[0].get_state(), generators[1].get_state())
