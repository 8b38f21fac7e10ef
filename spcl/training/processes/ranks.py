"""Several processes that train one model: started by `accelerate launch` or `torchrun`.

Both say to each process who it is in its environment; nothing of them is needed here. Rank 0 writes
the run, the others follow it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import torch
from torch import distributed

from spcl.errors import UserError
from spcl.method.ranks.sums import num_ranks, rank

Told = TypeVar("Told")
PATIENCE = timedelta(hours=2)
"""How long a rank waits for another: rank 0 reads every file, and writes the run, alone."""
_LOST = ("connection closed", "connection reset", "gloo", "nccl", "broken pipe", "store->")


class PeerEndedError(UserError):
    """Report that another process of the same training has ended."""


def local_rank() -> int | None:
    """Return which process of this machine this is; None where there is one process."""
    return int(os.environ.get("LOCAL_RANK", "0")) if _num_started() > 1 else None


@contextmanager
def joined_processes() -> Iterator[None]:
    """Join the processes that were started together while the block runs; one alone joins none."""
    if _num_started() == 1:
        yield
        return
    has_cuda = torch.cuda.is_available()
    if has_cuda and (local_rank() or 0) < torch.cuda.device_count():
        torch.cuda.set_device(local_rank() or 0)
    backend = "cpu:gloo,cuda:nccl" if has_cuda else "gloo"
    distributed.init_process_group(backend, timeout=PATIENCE)
    try:
        with lost_peers_told():
            yield
    finally:
        distributed.destroy_process_group()


@contextmanager
def lost_peers_told() -> Iterator[None]:
    """Say in one sentence that another process no longer answers (PeerEndedError)."""
    try:
        yield
    except RuntimeError as error:
        text = str(error).lower()
        if num_ranks() == 1 or not any(word in text for word in _LOST):
            raise
        raise PeerEndedError(
            f"another of the {num_ranks()} processes has ended, and its own message says why; "
            "mend that, and go on from the last checkpoint"
        ) from None


def echo_seconds() -> float:
    """Return how long after a signal its echo may come: a launcher passes on what all have got."""
    return 5.0 if num_ranks() > 1 else 0.0


def any_rank(flag: bool) -> bool:
    """Return whether `flag` is true on any rank; all ranks must ask together."""
    if num_ranks() == 1:
        return flag
    asked = torch.tensor(int(flag))
    distributed.all_reduce(asked, op=distributed.ReduceOp.MAX)
    return bool(asked)


def told_by_first(value: Any) -> Any:
    """Return rank 0's `value` (plain values and arrays) on every rank."""
    if num_ranks() == 1:
        return value
    told = [value]
    distributed.broadcast_object_list(told)
    return told[0]


def told_to_first(value: Told) -> list[Told]:
    """Return on rank 0 what every rank tells, in their order, and on the others nothing.

    Values are plain ones and arrays; all ranks must tell together.
    """
    if num_ranks() == 1:
        return [value]
    told: list[Any] | None = [None] * num_ranks() if rank() == 0 else None
    distributed.gather_object(value, told)
    return told or []


def wait_for_all() -> None:
    """Wait until every rank has come here."""
    any_rank(False)


def _num_started() -> int:
    return int(os.environ.get("WORLD_SIZE", "1"))
