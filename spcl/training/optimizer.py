"""From losses to new weights: the optimizer of a stage, its schedule, and the backward pass."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from spcl.config import Config
from spcl.method.losses import ContrastWeight
from spcl.method.ranks.sums import mean_over_ranks
from spcl.method.schedule import linear_decay, poly_decay
from spcl.models.segmenter import Segmenter

Report = dict[str, Any]
"""One row of metrics: numbers, and tensors of one number or one a class, still on the device."""

MOMENTUM = 0.9
"""Of stochastic gradient descent."""


class StageOptimizer:
    """The optimizer of one stage; `optimizer.state_dict()` is all the state it has."""

    def __init__(
        self,
        config: Config,
        student: Segmenter,
        *,
        rates: tuple[float, float],
        first_step: int,
        num_steps: int,
        poly: bool,
    ) -> None:
        """Begin a stage.

        Args:
            config: the settings; `optimizer` and `adapt.final_lr` are read.
            student: the model that learns.
            rates: learning rates of body and head at the start of the stage.
            first_step: updates done before the stage.
            num_steps: updates of the stage.
            poly: decay the rate as (1 - done)^0.9 instead of linearly to `adapt.final_lr`.
        """
        self.settings = config.optimizer
        self.final_lr = config.adapt.final_lr
        self.student = student
        self.first_step = first_step
        self.num_steps = num_steps
        self.poly = poly
        self.rates = rates
        self._backward = BACKWARD[self.settings.backward]

    @cached_property
    def optimizer(self) -> torch.optim.Optimizer:
        """Build the optimizer on first use: torch takes 1.6 s, the first snapshot needs none."""
        groups = [
            {"params": parameters, "lr": rate, "base_lr": rate}
            for parameters, rate in zip(self.student.parameter_groups(), self.rates, strict=True)
        ]
        decay = self.settings.weight_decay
        if self.settings.kind == "adamw":
            return torch.optim.AdamW(groups, weight_decay=decay)
        return torch.optim.SGD(groups, lr=self.rates[0], momentum=MOMENTUM, weight_decay=decay)

    def step(
        self,
        step: int,
        losses: dict[str, Tensor],
        features: Tensor,
        weight: ContrastWeight,
        *,
        factor: float = 1.0,
        alone: bool = False,
    ) -> Report:
        """Update the student once and return a row of metrics.

        Args:
            step: updates done so far.
            losses: scalars to add up; only the one named "contrast" is weighted.
            features: where the gradient of the contrast is measured, (B, C, h, w).
            weight: of the contrast.
            factor: of that weight, in [0, 1].
            alone: learn from the contrast and from no other loss, if there is a contrast.
        """
        contrast = losses.pop("contrast", None)
        other = torch.stack(list(losses.values())).sum()
        weighted = None
        if contrast is not None:
            weight.measure(contrast, other, features)
            weighted = factor * weight.factor.to(contrast, non_blocking=True) * contrast
        self.optimizer.zero_grad(set_to_none=True)
        if alone and weighted is not None:
            total = backward_once(weighted, None)
        else:
            total = self._backward(other, weighted)
        mean_over_ranks(gradients_of(self.student))
        clip = self.settings.clip or float("inf")
        gradient_norm = nn.utils.clip_grad_norm_(self.student.parameters(), clip)
        for group in self.optimizer.param_groups:
            group["lr"] = group["base_lr"] * self._rate_factor(step)
        self.optimizer.step()
        report: Report = {f"loss/{name}": loss.detach() for name, loss in losses.items()}
        report["loss/total"] = total.detach()
        if contrast is not None:
            report["loss/contrast"] = contrast.detach()
            report["contrast/weight"] = factor * weight.factor
            report["contrast/ratio"] = factor * weight.factor * weight.ratio_at_one
        report["gradient_norm"] = gradient_norm
        report["lr"] = self.optimizer.param_groups[0]["lr"]
        return report

    def _rate_factor(self, step: int) -> float:
        done = (step - self.first_step) / max(1, self.num_steps)
        decay = poly_decay(done) if self.poly else linear_decay(done, final=self.final_lr)
        ramp_steps = max(1, self.settings.ramp_steps)
        return decay * min(1.0, (step - self.first_step + 1) / ramp_steps)


def gradients_of(model: nn.Module) -> list[Tensor]:
    """Return the gradients of all parameters that have one."""
    return [parameter.grad for parameter in model.parameters() if parameter.grad is not None]


def backward_once(other: Tensor, contrast: Tensor | None) -> Tensor:
    """Accumulate the gradients of all losses in one pass; return their sum."""
    total = other if contrast is None else other + contrast
    total.backward()  # type: ignore[no-untyped-call]
    return total


def backward_twice(other: Tensor, contrast: Tensor | None) -> Tensor:
    """Go back through the graph once for the contrast and once for the rest, as released."""
    if contrast is None:
        return backward_once(other, None)
    other.backward(retain_graph=True)  # type: ignore[no-untyped-call]
    contrast.backward()  # type: ignore[no-untyped-call]
    return other + contrast


BACKWARD: dict[str, Callable[[Tensor, Tensor | None], Tensor]] = {
    "once": backward_once,
    "twice": backward_twice,
}
"""By the value of `optimizer.backward`; both accumulate the same gradients."""
