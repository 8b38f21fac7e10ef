"""Raise half precision to single before sums and logarithms."""

import torch
from torch import Tensor


def at_least_single(values: Tensor) -> Tensor:
    """Cast half precision to float32; leave float32 and float64 as they are.

    Example:
        >>> [at_least_single(torch.zeros(1, dtype=d)).dtype for d in (torch.half, torch.double)]
        [torch.float32, torch.float64]
    """
    return values.to(torch.promote_types(values.dtype, torch.float32))
