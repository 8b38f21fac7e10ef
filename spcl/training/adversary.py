"""The adversary of the warm-up, as in the released code; off by default."""

from typing import Any

import torch
from torch import Tensor

from spcl.config import Config
from spcl.method.adversarial import Discriminator, adversarial_loss, discriminator_loss
from spcl.method.grid.resize import upsample
from spcl.method.ranks.sums import mean_over_ranks
from spcl.training.optimizer import gradients_of

RATE = 1e-4
BETAS = (0.9, 0.99)


class Adversary:
    """A domain discriminator with its own optimiser; while off it holds nothing."""

    def __init__(
        self, config: Config, num_classes: int, *, device: torch.device | None = None
    ) -> None:
        """Build it on `device` from the run's seed; `warmup.adversarial` says whether and how."""
        self.mode = config.warmup.adversarial
        self.scale = config.segmentation.logit_scale
        if self.mode == "off":
            return
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed + 1)
            self.discriminator = Discriminator(num_classes).to(device)
        self.optimizer = torch.optim.Adam(self.discriminator.parameters(), lr=RATE, betas=BETAS)

    def losses(
        self, source_logits: Tensor, target_logits: Tensor, shape: tuple[int, ...]
    ) -> dict[str, Tensor]:
        """Update the discriminator once, then return the adversarial loss of the model.

        Args:
            source_logits: (B, K, h, w).
            target_logits: (B', K, h, w).
            shape: height and width at which the discriminator sees the class maps.
        """
        size = (int(shape[0]), int(shape[1]))
        source, target = (upsample(logits, size) for logits in (source_logits, target_logits))
        target_scale = self.scale if self.mode == "equal" else 1.0
        loss = discriminator_loss(
            self.discriminator,
            source,
            target,
            source_scale=self.scale,
            target_scale=target_scale,
        )
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        mean_over_ranks(gradients_of(self.discriminator))
        self.optimizer.step()
        self.discriminator.requires_grad_(False)
        adversarial = adversarial_loss(self.discriminator, target, scale=target_scale)
        self.discriminator.requires_grad_(True)
        return {"adversarial": adversarial}

    def state_dict(self) -> dict[str, Any] | None:
        """Return what an update changes; None while it is off."""
        if self.mode == "off":
            return None
        return {
            "discriminator": self.discriminator.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any] | None) -> None:
        """Continue from what `state_dict` returned."""
        if state is not None and self.mode != "off":
            self.discriminator.load_state_dict(state["discriminator"])
            self.optimizer.load_state_dict(state["optimizer"])
