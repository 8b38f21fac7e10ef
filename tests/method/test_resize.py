"""The two matrix products against torch's own bilinear resizing."""

import pytest
import torch
from torch.nn import functional as F

from spcl.method.grid.resize import upsample

SIZES = [((16, 32), (128, 256)), ((30, 40), (240, 320)), ((8, 13), (57, 100)), ((16, 32), (9, 7))]


@pytest.mark.parametrize(("old", "new"), SIZES)
@pytest.mark.parametrize("layout", [torch.channels_last, torch.contiguous_format])
def test_equals_interpolate_in_value_and_gradient(old, new, layout) -> None:
    planes = torch.randn(2, 5, *old).contiguous(memory_format=layout).requires_grad_()
    coefficients = torch.randn(2, 5, *new)
    mine = upsample(planes, new)
    theirs = F.interpolate(planes, size=new, mode="bilinear", align_corners=False)
    torch.testing.assert_close(mine, theirs, atol=1e-5, rtol=1e-5)
    gradients = [
        torch.autograd.grad((resized * coefficients).sum(), planes)[0] for resized in (mine, theirs)
    ]
    torch.testing.assert_close(*gradients, atol=1e-4, rtol=1e-4)


def test_weights_first_needed_without_gradients_serve_training_later() -> None:
    with torch.inference_mode():
        upsample(torch.ones(1, 2, 3, 5), (23, 45))
    planes = torch.ones(1, 2, 3, 5, requires_grad=True)
    upsample(planes, (23, 45)).sum().backward()
    assert planes.grad is not None and float(planes.grad.sum()) == pytest.approx(2 * 23 * 45)
