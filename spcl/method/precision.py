"""Raise half precision to single before sums and logarithms, and know where double exists."""

import torch
from torch import Tensor


def at_least_single(values: Tensor) -> Tensor:
    """Cast half precision to float32; leave float32 and float64 as they are.

    Example:
        >>> [at_least_single(torch.zeros(1, dtype=d)).dtype for d in (torch.half, torch.double)]
        [torch.float32, torch.float64]
    """
    return values.to(torch.promote_types(values.dtype, torch.float32))


def widest(device: torch.device) -> torch.dtype:
    """Return the widest floating type that a device computes with: mps has no float64.

    Example:
        >>> widest(torch.device("cpu"))
        torch.float64
    """
    return torch.float32 if device.type == "mps" else torch.float64
