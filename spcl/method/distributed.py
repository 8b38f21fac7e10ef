"""Sums over the ranks of a distributed training; one process alone needs nothing of it."""

import torch
from torch import Tensor, distributed


def sum_over_ranks(*tensors: Tensor) -> tuple[Tensor, ...]:
    """Return each tensor summed over all ranks; unchanged where there is a single process."""
    if not (distributed.is_available() and distributed.is_initialized()):
        return tensors
    summed = tuple(tensor.clone(memory_format=torch.contiguous_format) for tensor in tensors)
    for tensor in summed:
        distributed.all_reduce(tensor)
    return summed
