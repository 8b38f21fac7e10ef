"""Sums and logarithms are taken in single precision at least."""

import torch
from torch import Tensor


def at_least_single(values: Tensor) -> Tensor:
    """Return half precision as float32; float32 and float64 stay as they are."""
    return values.to(torch.promote_types(values.dtype, torch.float32))
