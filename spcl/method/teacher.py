"""The teacher: a moving average of the student's parameters and batch-norm statistics.

`torch.optim.swa_utils.AveragedModel` does not fit: it copies the student at the first update and
averages integer counters.
"""

import copy
from typing import Any

import torch
from torch import Tensor, nn


class Teacher:
    """Owns `model`, which always stays in eval mode and never has gradients.

    Attributes:
        model: the averaged model.
        num_updates: updates so far.

    Example:
        >>> student = nn.Linear(1, 1, bias=False)
        >>> _ = nn.init.zeros_(student.weight)
        >>> teacher = Teacher(student, momentum=0.9)
        >>> _ = nn.init.ones_(student.weight)
        >>> teacher.update(student)
        >>> teacher.model.weight.item()  # the first updates are a plain mean
        0.5
    """

    def __init__(self, student: nn.Module, *, momentum: float = 0.98) -> None:
        """Start as a copy of `student`; each update keeps the share `momentum` of the old value."""
        self.model: nn.Module = copy.deepcopy(student).eval().requires_grad_(False)
        self.momentum = momentum
        self.num_updates = 0

    @torch.no_grad()
    def update(self, student: nn.Module) -> None:
        """Move towards `student`: a plain mean of all states until the momentum takes over."""
        self.num_updates += 1
        kept = min(self.momentum, 1 - 1 / (self.num_updates + 1))
        latest = student.state_dict()
        for name, average in self.model.state_dict().items():
            _move(average, latest[name], kept)

    def state_dict(self) -> dict[str, Any]:
        """Return everything that `update` changes."""
        return {"model": self.model.state_dict(), "num_updates": self.num_updates}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore what `state_dict` returned."""
        self.model.load_state_dict(state["model"])
        self.num_updates = state["num_updates"]


def _move(average: Tensor, latest: Tensor, kept: float) -> None:
    if average.is_floating_point():
        average.lerp_(latest, 1 - kept)
    else:
        average.copy_(latest)
