"""The device that a model learns on, by name; batches go there, arrays come back."""

import re

import torch
from torch import nn

from spcl.errors import UserError

_CUDA = re.compile(r"cuda(?::(\d+))?")


def named_device(name: str, *, local_rank: int | None = None) -> torch.device:
    """Return the device that the key `device` names.

    Args:
        name: "auto" (a CUDA device where there is one, else the CPU), "cpu", "cuda", "cuda:N" or
            "mps". "auto" never takes "mps", on which no run of this program has been tested.
        local_rank: of several processes on this machine, each takes the CUDA device of its rank.

    Raises:
        UserError: torch has no such device here, or the name is none.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cpu":
        return torch.device("cpu")
    if name == "mps":
        if not torch.backends.mps.is_available():
            raise UserError("device is mps, and torch has none here; use cpu, or leave it at auto")
        return torch.device("mps")
    cuda = _CUDA.fullmatch(name)
    if cuda is None:
        raise UserError(f"device is {name!r}; use auto, cpu, cuda, cuda:N or mps")
    return torch.device("cuda", _cuda_index(name, cuda[1], local_rank))


def _cuda_index(name: str, number: str | None, local_rank: int | None) -> int:
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if count == 0:
        raise UserError(
            f"device is {name}, and torch has no CUDA device here; use cpu, or leave it at auto"
        )
    if local_rank is not None and number is not None:
        raise UserError(
            f"device is {name}, and each of several processes needs a device of its own; use cuda"
        )
    index = int(number or local_rank or 0)
    if index >= count:
        what = "processes need" if local_rank is not None else f"device is {name}, which needs"
        raise UserError(
            f"{what} CUDA device {index}, and torch has {count} here; use cuda:0 to "
            f"cuda:{count - 1}, or at most {count} process(es) a machine"
        )
    return index


def device_of(model: nn.Module) -> torch.device:
    """Return where a model's parameters are; the CPU for one without any."""
    parameter = next(model.parameters(), None)
    return torch.device("cpu") if parameter is None else parameter.device
