import numpy as np
import torch

from spcl.data.batches.transforms import (
    color_jitter,
    random_blur,
    random_view,
    to_tensor,
    whole_label,
)


def test_image_and_label_are_cut_alike():
    label = np.zeros((40, 80), np.uint8)
    label[10:30, 20:50] = 1
    image = np.repeat(label[:, :, None] * 200, 3, axis=2)
    for seed in range(10):
        view, view_label = random_view(
            image, label, size=(40, 80), scale=(1, 2), draws=np.random.default_rng(seed).random(4)
        )
        agree = (view[:, :, 0] > 100) == (view_label == 1)
        assert agree.mean() > 0.97


def test_labels_gain_no_new_ids():
    label = np.full((41, 83), 255, np.uint8)
    label[5:9] = 7
    assert set(np.unique(whole_label(label, (16, 32)))) <= {7, 255}


def test_to_tensor_is_in_unit_range_and_channels_last():
    images = to_tensor([np.full((4, 6, 3), 255, np.uint8)] * 2)
    assert images.shape == (2, 3, 4, 6)
    assert images.max() == 1
    assert images.is_contiguous(memory_format=torch.channels_last)


def test_jitter_of_strength_zero_changes_nothing():
    images = torch.rand(2, 3, 4, 4)
    assert torch.equal(color_jitter(images, 0.0, torch.Generator()), images)


def test_jitter_keeps_the_range_and_depends_on_its_generator_only():
    images = torch.rand(3, 3, 8, 8)
    first, second = (color_jitter(images, 0.4, torch.Generator().manual_seed(1)) for _ in range(2))
    assert torch.equal(first, second)
    assert not torch.equal(first, images)
    assert first.min() >= 0
    assert first.max() <= 1


def test_blur_keeps_the_mean_and_lowers_the_variance():
    images = torch.rand(4, 3, 32, 32)
    blurred = random_blur(images, 1.0, torch.Generator().manual_seed(0))
    assert torch.allclose(blurred.mean(), images.mean(), atol=5e-3)
    assert (blurred.var((1, 2, 3)) < images.var((1, 2, 3))).all()
    assert torch.equal(random_blur(images, 0.0, torch.Generator()), images)


def test_a_view_smaller_than_its_place_is_ignored_around():
    image = np.full((80, 160, 3), 200, np.uint8)
    image[:, :, 0] = np.arange(160)
    label = np.full((80, 160), 3, np.uint8)
    places = set()
    for seed in range(20):
        view, shown = random_view(
            image,
            label,
            size=(40, 80),
            scale=(0.5, 0.5),
            draws=np.random.default_rng(seed).random(4),
        )
        inside = shown == 3
        assert inside.sum() == 20 * 40 and set(np.unique(shown)) == {3, 255}
        rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
        assert len(rows) == 20 and len(columns) == 40
        assert np.ptp(view[inside][:, 0]) > 140  # all of the image is there
        assert len(np.unique(view[~inside], axis=0)) == 1
        places.add((rows[0], columns[0]))
    assert len(places) > 10
