"""Adversarial alignment of predictions in the warm-up, as the released code does.

Tsai et al., CVPR 2018: a discriminator tells the domains by their softmax maps, and the model
learns to make target maps pass for source ones.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WEIGHT = 0.001
"""Of the model's own adversarial loss."""
SOURCE, TARGET = 0.0, 1.0


class Discriminator(nn.Module):
    """Three strided convolutions on softmax maps (B, K, h, w); logits of "target"."""

    def __init__(self, num_classes: int, *, width: int = 32) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(num_classes, width, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 1, 3, padding=1),
        )

    def forward(self, shares: Tensor) -> Tensor:
        """Return logits (B, 1, h', w') of class shares (B, K, h, w), at least 4 x 4."""
        logits: Tensor = self.layers(shares)
        return logits


def fooling_loss(
    discriminator: Discriminator, target_logits: Tensor, *, scale: float = 1.0
) -> Tensor:
    """Return the model's loss: target maps not taken for the source's; times `WEIGHT`, a scalar.

    `scale` divides the logits, as where the discriminator learns.
    """
    told = discriminator((target_logits / scale).softmax(1))
    return WEIGHT * F.binary_cross_entropy_with_logits(told, torch.full_like(told, SOURCE))


def telling_loss(
    discriminator: Discriminator,
    source_logits: Tensor,
    target_logits: Tensor,
    *,
    source_scale: float,
    target_scale: float,
) -> Tensor:
    """Return the discriminator's loss on maps of both domains; scales divide the logits.

    The released code divides the source's alone, so that the scale itself tells the domains.
    """
    losses = []
    for logits, scale, domain in (
        (source_logits, source_scale, SOURCE),
        (target_logits, target_scale, TARGET),
    ):
        told = discriminator((logits.detach() / scale).softmax(1))
        losses.append(F.binary_cross_entropy_with_logits(told, torch.full_like(told, domain)))
    return (losses[0] + losses[1]) / 2
