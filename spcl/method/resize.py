"""Bilinear resizing as two small matrix products."""

from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional as F


def upsample(planes: Tensor, size: tuple[int, int]) -> Tensor:
    """Resize (B, K, h, w) bilinearly to (B, K, *size), contiguous, as `align_corners=False` does.

    Equal to `torch.nn.functional.interpolate` but for rounding. Rows and columns are resized one
    after the other, by a matrix each: faster for the few planes of class scores (bench_step), and
    on a GPU the gradient is the same each time.
    """
    rows = _weights(int(planes.shape[2]), size[0]).to(planes)
    columns = _weights(int(planes.shape[3]), size[1]).to(planes)
    return rows @ (planes.contiguous() @ columns.T)


@lru_cache(maxsize=64)
def _weights(num_in: int, num_out: int) -> Tensor:
    """Return what each old place counts in each new one, (num_out, num_in)."""
    with torch.inference_mode(False):  # else what is kept could not be used in training
        unit = torch.eye(num_in, dtype=torch.float64)[None, None]
        resized = F.interpolate(unit, size=(num_out, num_in), mode="bilinear", align_corners=False)
        return resized[0, 0]
