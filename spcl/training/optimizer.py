"""From losses to new weights: the optimiser, its schedule, and one or several backward walks."""

from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from spcl.config import Config
from spcl.method.losses import ContrastWeight
from spcl.method.schedule import linear_decay, poly_decay
from spcl.models.segmenter import Segmenter

Report = dict[str, Any]
MOMENTUM = 0.9
"""Of stochastic gradient descent."""


class Descent:
    """The optimiser of one stage; `optimizer.state_dict()` is all its state."""

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
            config: `optimizer` is read.
            student: the model that learns.
            rates: learning rates of body and head at the start.
            first_step: updates before the stage.
            num_steps: updates of the stage.
            poly: whether the rate falls to 0 as (1 - done)^0.9, else linearly to `final_lr`.
        """
        self.config = config
        self.student = student
        self.first_step = first_step
        self.num_steps = num_steps
        self.poly = poly
        self.rates = rates

    @cached_property
    def optimizer(self) -> torch.optim.Optimizer:
        """Build the optimiser on first use: torch takes 1.6 s, the first snapshot needs none."""
        groups = [
            {"params": parameters, "lr": rate, "base_lr": rate}
            for parameters, rate in zip(self.student.parameter_groups(), self.rates, strict=True)
        ]
        settings = self.config.optimizer
        if settings.kind == "adamw":
            return torch.optim.AdamW(groups, weight_decay=settings.weight_decay)
        decay = settings.weight_decay
        return torch.optim.SGD(groups, lr=self.rates[0], momentum=MOMENTUM, weight_decay=decay)

    def _factor(self, step: int) -> float:
        done = (step - self.first_step) / max(1, self.num_steps)
        final = self.config.adapt.final_lr
        decay = poly_decay(done) if self.poly else linear_decay(done, final=final)
        ramp_steps = max(1, self.config.optimizer.ramp_steps)
        return decay * min(1.0, (step - self.first_step + 1) / ramp_steps)

    def descend(
        self, step: int, losses: dict[str, Tensor], features: Tensor, weight: ContrastWeight
    ) -> Report:
        """Learn from `losses`; the one named "contrast" is weighted. Returns a row of metrics.

        Args:
            step: updates done so far.
            losses: scalars; all but "contrast" count once.
            features: where the gradient of the contrast is measured.
            weight: of the contrast.
        """
        contrast = losses.pop("contrast", None)
        other = torch.stack(list(losses.values())).sum()
        total = other
        if contrast is not None:
            weight.measure(contrast, other, features)
            total = other + weight.weight * contrast
        self.optimizer.zero_grad(set_to_none=True)
        if self.config.optimizer.backward == "twice" and contrast is not None:
            other.backward(retain_graph=True)
            (weight.weight * contrast).backward()
        else:
            total.backward()
        clip = self.config.optimizer.clip or float("inf")
        norm = nn.utils.clip_grad_norm_(self.student.parameters(), clip)
        for group in self.optimizer.param_groups:
            group["lr"] = group["base_lr"] * self._factor(step)
        self.optimizer.step()
        report: Report = {f"loss/{name}": float(loss.detach()) for name, loss in losses.items()}
        report["loss/total"] = float(total.detach())
        if contrast is not None:
            report["loss/contrast"] = float(contrast.detach())
            report["contrast/weight"] = weight.weight
            report["contrast/ratio"] = weight.weight * weight.ratio_at_one
        report["gradient_norm"] = float(norm)
        report["lr"] = self.optimizer.param_groups[0]["lr"]
        return report
