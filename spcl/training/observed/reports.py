"""The rows of metrics of the latest updates, read from the device together.

To read a number makes a GPU wait for all it was asked before, so that an update reads none: its
report holds tensors, and `record.metrics_every` updates are read as one.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from spcl.method.precision import widest
from spcl.method.ranks.sums import mean_over_ranks
from spcl.training.observed.divergence import require_finite
from spcl.training.optimizer import Report

READ_TOGETHER = {"cpu": 1}
"""Updates read together where `record.metrics_every` is 0, by kind of device."""
READ_TOGETHER_ELSEWHERE = 20
_ROUNDED = ("agreement", "threshold", "kept_per_class")
"""Values of `pseudo_labels/` that are kept with four decimals."""


def read_together(device: torch.device, every: int) -> int:
    """Return after how many updates reports are read; `every` if it is not 0."""
    return every or READ_TOGETHER.get(device.type, READ_TOGETHER_ELSEWHERE)


class UnreadReports:
    """Reports of updates that have been made and not been read."""

    def __init__(self, device: torch.device, *, every: int = 0) -> None:
        """Begin with none; all tensors are on `device`, and `every` updates are due to be read."""
        self.device = device
        self.every = read_together(device, every)
        self.last_read = 0
        self._seconds = 0.0
        self._rows: list[tuple[int, Report]] = []

    @property
    def are_due(self) -> bool:
        """Return whether as many are unread as are read together."""
        return len(self._rows) >= self.every

    def add(self, step: int, report: Report, *, seconds: float) -> None:
        """Take the report of the update that ended at `step`, begun `seconds` ago."""
        self._rows.append((step, report))
        self._seconds += seconds

    def hand_over(self, metrics: Callable[[int, dict[str, Any]], None]) -> None:
        """Read all and hand each to `metrics` (DivergedError after the first that is not finite).

        `last_read` is then the step of that one.
        """
        for step, row in self.read():
            self.last_read = step
            metrics(step, row)
            require_finite(row)

    def read(self) -> list[tuple[int, dict[str, Any]]]:
        """Return each step and its row of plain numbers, oldest first; none is unread then.

        The seconds of an update are the mean over those read together: a GPU works while the next
        update is prepared. Values of several ranks are averaged.
        """
        if not self._rows:
            return []
        began = time.perf_counter()
        rows, self._rows = self._rows, []
        numbers = iter(self._numbers([value for _, report in rows for value in _tensors(report)]))
        read = [
            (step, {name: _plain(name, value, numbers) for name, value in report.items()})
            for step, report in rows
        ]
        seconds, self._seconds = self._seconds + time.perf_counter() - began, 0.0
        each = round(seconds / len(read), 4)
        return [(step, {**row, "seconds_per_step": each}) for step, row in read]

    def _numbers(self, tensors: list[Tensor]) -> list[float]:
        """Return the numbers of all tensors, in one transfer."""
        dtype = widest(self.device)
        joined = torch.cat(
            [
                tensor.detach().flatten().to(self.device, dtype, non_blocking=True)
                for tensor in tensors
            ]
        )
        mean_over_ranks([joined])
        numbers: list[float] = joined.tolist()
        return numbers


def _tensors(report: Report) -> Iterator[Tensor]:
    return (value for value in report.values() if isinstance(value, Tensor))


def _plain(name: str, value: Any, numbers: Iterator[float]) -> Any:
    """Return a value of a report, its numbers taken from those that were read."""
    if not isinstance(value, Tensor):
        return value
    own = [next(numbers) for _ in range(value.numel())]
    section, _, what = name.partition("/")
    if section == "pseudo_labels" and what in _ROUNDED:
        own = [round(number, 4) for number in own]
    return own if value.dim() else own[0]
