"""Bilinear resizing as two small matrix products."""

from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional as F


def upsample(planes: Tensor, size: tuple[int, int]) -> Tensor:
    """Resize (B, K, h, w) bilinearly to (B, K, *size), contiguous, with `align_corners=False`.

    Equal to `torch.nn.functional.interpolate` up to rounding. Rows and columns are resized by one
    matrix each, one after the other: this is faster for the few planes of class scores
    (bench_step), and on a GPU its gradient is deterministic.

    Example:
        >>> upsample(torch.tensor([[[[0.0, 1.0]]]]), (1, 4))
        tensor([[[[0.0000, 0.2500, 0.7500, 1.0000]]]])
    """
    rows = _weights(int(planes.shape[2]), size[0], planes.device, planes.dtype)
    columns = _weights(int(planes.shape[3]), size[1], planes.device, planes.dtype)
    return rows @ (planes.contiguous() @ columns.T)


@lru_cache(maxsize=64)
def _weights(num_in: int, num_out: int, device: torch.device, dtype: torch.dtype) -> Tensor:
    """Return the weight of each input position in each output position, (num_out, num_in).

    Kept where they are used: to send them anew would make a GPU wait at each call.
    """
    with torch.inference_mode(False):  # a cached inference tensor could not be used in training
        unit = torch.eye(num_in, dtype=torch.float64)[None, None]
        resized = F.interpolate(unit, size=(num_out, num_in), mode="bilinear", align_corners=False)
        return resized[0, 0].to(dtype).to(device)
