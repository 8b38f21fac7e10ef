"""Sums over the ranks of distributed training; a no-op in a single process."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

import torch
from torch import Tensor, distributed

Item = TypeVar("Item")


def num_ranks() -> int:
    """Return how many processes train together.

    Example:
        >>> num_ranks()
        1
    """
    return distributed.get_world_size() if _is_distributed() else 1


def rank() -> int:
    """Return which of them this process is; rank 0 is the one that writes.

    Example:
        >>> rank()
        0
    """
    return distributed.get_rank() if _is_distributed() else 0


def sum_over_ranks(*tensors: Tensor) -> tuple[Tensor, ...]:
    """Return each tensor summed over all ranks, or unchanged in a single process.

    Example:
        >>> sum_over_ranks(torch.tensor([1, 2]), torch.tensor(3))
        (tensor([1, 2]), tensor(3))
    """
    if num_ranks() == 1:
        return tensors
    summed = tuple(tensor.clone(memory_format=torch.contiguous_format) for tensor in tensors)
    for tensor in summed:
        distributed.all_reduce(tensor)
    return summed


def mean_over_ranks(tensors: Iterable[Tensor]) -> None:
    """Replace floating tensors, as one message, by their means over all ranks.

    Example:
        >>> alone = torch.tensor([1.0, 2.0])
        >>> mean_over_ranks([alone])
        >>> alone
        tensor([1., 2.])
    """
    listed = list(tensors)
    if num_ranks() == 1 or not listed:
        return
    joined = torch.cat([tensor.flatten() for tensor in listed])
    distributed.all_reduce(joined)
    means = torch.split(joined / num_ranks(), [tensor.numel() for tensor in listed])
    for tensor, mean in zip(listed, means, strict=True):
        tensor.copy_(mean.view_as(tensor))


def own_rows(rows: Tensor, *, dim: int = 0) -> Tensor:
    """Return this rank's share of what belongs to the joined batch of all ranks, along `dim`.

    Example:
        >>> own_rows(torch.arange(4))
        tensor([0, 1, 2, 3])
    """
    return rows.chunk(num_ranks(), dim)[rank()] if num_ranks() > 1 else rows


def joined_rows(rows: Tensor) -> Tensor:
    """Return the rows of all ranks, in the order of their joined batch; the other way round.

    Every rank has as many, and floating ones.

    Example:
        >>> joined_rows(torch.tensor([[1.0], [2.0]]))
        tensor([[1.],
                [2.]])
    """
    if num_ranks() == 1:
        return rows
    own = [rows if one == rank() else torch.zeros_like(rows) for one in range(num_ranks())]
    return sum_over_ranks(torch.cat(own))[0]


def own_items(items: Iterable[Item]) -> Iterator[Item]:
    """Yield every item that is this rank's turn, all of them in a single process.

    Example:
        >>> list(own_items("abc"))
        ['a', 'b', 'c']
    """
    return islice(items, rank(), None, num_ranks())


def _is_distributed() -> bool:
    return distributed.is_available() and distributed.is_initialized()
