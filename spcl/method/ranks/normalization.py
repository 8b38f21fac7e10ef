"""Batch norm over the joined batch of all ranks, with the gradient of one process.

`torch.nn.SyncBatchNorm` does the same on CUDA only; this also runs where ranks are CPU processes.
"""

from typing import Any

import torch
from torch import Tensor, distributed, nn

from spcl.method.ranks.sums import num_ranks


class JointBatchNorm(nn.BatchNorm2d):
    """`nn.BatchNorm2d` whose means and variances in training are those of all ranks together."""

    def forward(self, input: Tensor) -> Tensor:
        """Normalise (B, C, h, w), equally large on each rank."""
        if not self.training or num_ranks() == 1:
            return super().forward(input)
        assert self.running_mean is not None, "statistics are tracked"
        # About a value near the mean, and the same on all ranks: squares then lose few digits.
        center = self.running_mean.clone()
        shifted = input - center.view(1, -1, 1, 1)
        count = input.numel() // input.shape[1] * num_ranks()
        moments = torch.stack([shifted.sum((0, 2, 3)), shifted.square().sum((0, 2, 3))])
        joined: Tensor = _SumOverRanks.apply(moments)  # type: ignore[no-untyped-call]
        offset, square = joined / count
        mean = center + offset
        variance = (square - offset.square()).clamp(min=0)
        self._follow(mean.detach(), variance.detach() * count / max(1, count - 1))
        scale = (variance + self.eps).rsqrt() * self.weight
        shift = self.bias - offset * scale
        normalized: Tensor = shifted * scale.view(1, -1, 1, 1) + shift.view(1, -1, 1, 1)
        return normalized

    @torch.no_grad()
    def _follow(self, mean: Tensor, variance: Tensor) -> None:
        assert self.running_mean is not None and self.running_var is not None
        assert self.num_batches_tracked is not None and self.momentum is not None
        self.num_batches_tracked.add_(1)
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)


class _SumOverRanks(torch.autograd.Function):
    @staticmethod
    def forward(_: Any, values: Tensor) -> Tensor:
        total = values.clone()
        distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(_: Any, gradient: Tensor) -> Tensor:
        total = gradient.contiguous().clone()
        distributed.all_reduce(total)
        return total


def join_batch_norm(model: nn.Module) -> None:
    """Have every batch norm of `model` look at the joined batch of all ranks.

    Example:
        >>> model = nn.Sequential(nn.BatchNorm2d(1))
        >>> join_batch_norm(model)
        >>> type(model[0]).__name__
        'JointBatchNorm'
    """
    _change(model, nn.BatchNorm2d, JointBatchNorm)


def part_batch_norm(model: nn.Module) -> None:
    """Have every batch norm of `model` look at the batch of its own rank again.

    Example:
        >>> model = nn.Sequential(JointBatchNorm(1))
        >>> part_batch_norm(model)
        >>> type(model[0]).__name__
        'BatchNorm2d'
    """
    _change(model, JointBatchNorm, nn.BatchNorm2d)


def _change(model: nn.Module, old: type[nn.Module], new: type[nn.Module]) -> None:
    """Change the kind of layers; their parameters and buffers stay the same tensors."""
    for module in model.modules():
        if type(module) is old:
            module.__class__ = new
