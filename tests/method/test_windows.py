"""Sliding windows against a second, straightforward way of doing the same."""

import pytest
import torch
from torch.nn import functional as F

from spcl.method.grid.windows import mirrored, sliding_logits, window_starts


class Model(torch.nn.Module):
    """Scores that depend on the window as a whole, at a quarter of its size."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.convolution = torch.nn.Conv2d(3, 5, 5, stride=4, padding=2)

    @torch.no_grad()
    def forward(self, images):
        return self.convolution(images) + images.mean((2, 3), keepdim=True).sum(1, keepdim=True)


def slid(model, images, window, stride):
    """Average pixel by pixel, over windows enumerated as mmsegmentation describes it."""
    _, _, height, width = images.shape
    tall, wide = min(window[0], height), min(window[1], width)
    scores = torch.zeros(len(images), 5, height, width, dtype=torch.float64)
    count = torch.zeros(height, width, dtype=torch.float64)
    rows = max(height - tall + stride[0] - 1, 0) // stride[0] + 1
    columns = max(width - wide + stride[1] - 1, 0) // stride[1] + 1
    for row in range(rows):
        for column in range(columns):
            bottom, right = (
                min(row * stride[0] + tall, height),
                min(column * stride[1] + wide, width),
            )
            top, left = bottom - tall, right - wide
            crop = images[:, :, top:bottom, left:right]
            found = F.interpolate(model(crop), size=(tall, wide), mode="bilinear")
            scores[:, :, top:bottom, left:right] += found.double()
            count[top:bottom, left:right] += 1
    assert (count > 0).all()
    return scores / count


@pytest.mark.parametrize(
    ("size", "window", "stride"),
    [
        ((40, 60), (16, 24), (16, 24)),
        ((40, 60), (16, 24), (10, 7)),
        ((37, 61), (16, 24), (11, 16)),
        ((37, 61), (64, 24), (11, 16)),
        ((16, 24), (16, 24), (5, 5)),
        ((5, 7), (16, 24), (11, 16)),
    ],
)
def test_windows_agree_with_a_second_implementation(size, window, stride):
    model, images = Model(), torch.rand(2, 3, *size)
    found = sliding_logits(model, images, window=window, stride=stride)
    assert found.shape == (2, 5, *size)
    torch.testing.assert_close(
        found.double(), slid(model, images, window, stride), atol=1e-5, rtol=0
    )


def test_one_window_as_large_as_the_image_is_the_whole():
    model, images = Model(), torch.rand(1, 3, 32, 48)
    found = sliding_logits(model, images, window=(32, 48), stride=(8, 8))
    whole = F.interpolate(model(images), size=(32, 48), mode="bilinear")
    torch.testing.assert_close(found, whole, atol=1e-6, rtol=0)


def test_every_window_lies_inside_and_every_pixel_in_one():
    for length in range(1, 40):
        for window in (1, 7, 16):
            for stride in range(1, window + 1):
                starts = window_starts(length, window, stride)
                seen = {i for start in starts for i in range(start, start + min(window, length))}
                assert seen == set(range(length))
                assert starts == sorted(set(starts))


def test_mirrored_scores_stand_where_the_pixels_do():
    model, images = Model(), torch.rand(1, 3, 16, 16)
    there = mirrored(model)(images.flip(3))
    torch.testing.assert_close(there, model(images).flip(3))
    assert not torch.allclose(mirrored(model)(images), model(images))
