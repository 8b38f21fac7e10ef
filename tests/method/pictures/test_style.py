import cmath
import math

import pytest
import torch

from spcl.method.pictures.style import (
    colors_of,
    lab_of,
    low_frequencies_of,
    rgb_of,
    with_style_of,
)


def pictures(seed, low=0.3, high=0.7, size=(6, 8)):
    generator = torch.Generator().manual_seed(seed)
    return low + (high - low) * torch.rand(1, 3, *size, generator=generator)


def frequency(plane, row, column):
    """The transform of a plane (H, W) at one frequency, term by term."""
    height, width = plane.shape
    return sum(
        float(plane[y, x]) * cmath.exp(-2j * math.pi * (row * y / height + column * x / width))
        for y in range(height)
        for x in range(width)
    )


@pytest.mark.parametrize(("share", "reach"), [(0.0, 0), (0.17, 1), (0.34, 2)])
def test_low_frequencies_are_the_others_and_the_rest_and_all_phases_stay(share, reach):
    own, other = pictures(0, 0.45, 0.55), pictures(1, 0.45, 0.55)
    mixed = low_frequencies_of(own, other, share)
    assert mixed.min() > 0 and mixed.max() < 1, "nothing is clipped"
    for row in range(-3, 3):
        for column in range(-4, 4):
            planes = [frequency(one[0, 0], row, column) for one in (own, other, mixed)]
            is_low = max(abs(row), abs(column)) <= reach
            assert abs(planes[2]) == pytest.approx(abs(planes[int(is_low)]), abs=1e-4)
            turned = planes[2] * planes[0].conjugate()
            assert turned.imag == pytest.approx(0, abs=1e-4) and turned.real > -1e-4


@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        ((1, 1, 1), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((1, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 1, 0), (87.73, -86.18, 83.18)),
        ((0, 0, 1), (32.30, 79.19, -107.86)),
        ((0.5, 0.5, 0.5), (53.39, 0, 0)),
    ],
)
def test_lab_has_the_values_of_the_tables(rgb, lab):
    found = lab_of(torch.tensor(rgb, dtype=torch.float32).view(1, 3, 1, 1)).flatten()
    torch.testing.assert_close(found, torch.tensor(lab, dtype=torch.float32), atol=0.03, rtol=0)


def test_lab_and_back_is_the_same_picture():
    images = pictures(0, 0.0, 1.0, (16, 16))
    torch.testing.assert_close(rgb_of(lab_of(images)), images, atol=1e-4, rtol=0)


def test_colors_have_the_others_mean_and_deviation_and_the_own_pattern():
    own, other = pictures(0, 0.35, 0.5), pictures(1, 0.45, 0.65)
    moved, wanted = lab_of(colors_of(own, other)), lab_of(other)
    torch.testing.assert_close(moved.mean((2, 3)), wanted.mean((2, 3)), atol=1e-2, rtol=0)
    torch.testing.assert_close(moved.std((2, 3)), wanted.std((2, 3)), atol=1e-2, rtol=0)
    light = torch.stack([lab_of(own)[0, 0].flatten(), moved[0, 0].flatten()])
    assert torch.corrcoef(light)[0, 1] > 0.999


@pytest.mark.parametrize("how", ["fourier", "color"])
def test_a_picture_in_its_own_style_stays_and_one_of_one_color_is_finite(how):
    images = pictures(0, 0.0, 1.0)
    same = with_style_of(images, images, how=how, share=0.1)
    torch.testing.assert_close(same, images, atol=2e-4, rtol=0)
    flat = torch.full_like(images, 0.4)
    for result in (
        with_style_of(images, flat, how=how, share=0.1),
        with_style_of(flat, images, how=how, share=0.1),
    ):
        assert torch.isfinite(result).all() and result.min() >= 0 and result.max() <= 1


def test_styles_wrap_around_where_there_are_fewer():
    images, others = pictures(0).expand(3, -1, -1, -1), torch.cat([pictures(1), pictures(2)])
    result = with_style_of(others, images, how="color", share=0.0)
    assert torch.equal(result[0], result[2]) and not torch.equal(result[0], result[1])
