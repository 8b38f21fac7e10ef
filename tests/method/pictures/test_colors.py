"""Against Pillow, where it has the same operation."""

import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance, ImageOps

from spcl.method.pictures.colors import CHANGES, strong_colors


def picture(seed=0):
    random = np.random.default_rng(seed)
    pattern = np.linspace(20, 190, 48)[None, :, None] + random.normal(0, 18, (32, 48, 3))
    return np.clip(pattern * (1.0, 0.8, 0.6), 0, 255).astype(np.uint8)


def tensor_of(array):
    return torch.from_numpy(np.asarray(array).copy()).permute(2, 0, 1).float() / 255


def levels(image):
    return (image * 255).round().permute(1, 2, 0).numpy().astype(int)


@pytest.mark.parametrize(("strength", "bits"), [(0.0, 6), (0.3, 5), (0.6, 4), (1.0, 3)])
def test_posterizing_keeps_the_highest_bits(strength, bits):
    expected = np.asarray(ImageOps.posterize(Image.fromarray(picture()), bits), int)
    assert np.array_equal(levels(CHANGES["posterize"](tensor_of(picture()), strength)), expected)


def test_equalizing_is_that_of_pillow():
    for seed in range(3):
        expected = np.asarray(ImageOps.equalize(Image.fromarray(picture(seed))), int)
        assert np.array_equal(levels(CHANGES["equalize"](tensor_of(picture(seed)), 1.0)), expected)


def test_solarizing_is_that_of_pillow():
    expected = np.asarray(ImageOps.solarize(Image.fromarray(picture()), 128), int)
    assert np.array_equal(levels(CHANGES["solarize"](tensor_of(picture()), 1.0)), expected)


def test_autocontrast_and_gray_are_those_of_pillow_but_for_rounding():
    pairs = {
        "autocontrast": ImageOps.autocontrast(Image.fromarray(picture())),
        "grayscale": ImageOps.grayscale(Image.fromarray(picture())).convert("RGB"),
    }
    for name, expected in pairs.items():
        difference = levels(CHANGES[name](tensor_of(picture()), 1.0)) - np.asarray(expected, int)
        assert np.abs(difference).max() <= 1, name


@pytest.mark.parametrize("strength", [0.0, 0.25, 1.0])
def test_sharpness_is_that_of_pillow_away_from_the_edge(strength):
    expected = ImageEnhance.Sharpness(Image.fromarray(picture())).enhance(2 * strength)
    difference = levels(CHANGES["sharpness"](tensor_of(picture()), strength))
    difference = (difference - np.asarray(expected, int))[1:-1, 1:-1]
    assert np.abs(difference).max() <= 2  # Pillow rounds in between


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_keeps_range_and_shape_also_of_a_picture_of_one_color(name):
    for image in (tensor_of(picture()), torch.full((3, 8, 8), 0.4), torch.zeros(3, 8, 8)):
        for strength in (0.0, 0.5, 0.999):
            result = CHANGES[name](image, strength)
            assert result.shape == image.shape and result.dtype == image.dtype
            assert torch.isfinite(result).all() and result.min() >= 0 and result.max() <= 1


def test_the_generator_alone_decides_and_images_go_through_different_changes():
    images = tensor_of(picture()).expand(12, -1, -1, -1)
    first, again, other = (
        strong_colors(images, torch.Generator().manual_seed(seed)) for seed in (0, 0, 1)
    )
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert len({tuple(one.flatten().tolist()) for one in first}) > 8
    assert first.is_contiguous(memory_format=torch.channels_last)
