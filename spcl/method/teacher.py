"""The teacher: a moving average of the student, in parameters and in batch-norm statistics."""

import copy
from typing import Any

import torch
from torch import Tensor, nn


class Teacher:
    """Holds `model`, always in eval mode and without gradients.

    Attributes:
        model: the averaged model.
        num_updates: updates so far.
    """

    def __init__(self, student: nn.Module, *, momentum: float = 0.98) -> None:
        """Begin as a copy of `student`; `momentum` is the share of the old value kept."""
        self.model: nn.Module = copy.deepcopy(student).eval().requires_grad_(False)
        self.momentum = momentum
        self.num_updates = 0

    @torch.no_grad()
    def update(self, student: nn.Module) -> None:
        """Move towards `student`; until the momentum is reached, a plain mean over all updates."""
        self.num_updates += 1
        kept = min(self.momentum, 1 - 1 / (self.num_updates + 1))
        theirs = student.state_dict()
        for name, mine in self.model.state_dict().items():
            _move(mine, theirs[name], kept)

    def state_dict(self) -> dict[str, Any]:
        """Return what `update` changes."""
        return {"model": self.model.state_dict(), "num_updates": self.num_updates}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from what `state_dict` returned."""
        self.model.load_state_dict(state["model"])
        self.num_updates = state["num_updates"]


def _move(mine: Tensor, theirs: Tensor, kept: float) -> None:
    if mine.is_floating_point():
        mine.lerp_(theirs, 1 - kept)
    else:
        mine.copy_(theirs)
