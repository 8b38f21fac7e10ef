"""Sums over the ranks of distributed training; a no-op in a single process."""

import torch
from torch import Tensor, distributed


def sum_over_ranks(*tensors: Tensor) -> tuple[Tensor, ...]:
    """Return each tensor summed over all ranks, or unchanged in a single process.

    Example:
        >>> sum_over_ranks(torch.tensor([1, 2]), torch.tensor(3))
        (tensor([1, 2]), tensor(3))
    """
    if not (distributed.is_available() and distributed.is_initialized()):
        return tensors
    summed = tuple(tensor.clone(memory_format=torch.contiguous_format) for tensor in tensors)
    for tensor in summed:
        distributed.all_reduce(tensor)
    return summed
