"""Adversarial alignment of predictions during the warm-up, as in the released code.

After Tsai et al., CVPR 2018: a discriminator learns to tell the two domains apart by their softmax
maps, and the model learns to make target maps look like source maps.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WEIGHT = 0.001
"""Weight of the adversarial loss in the model's total loss."""
SOURCE, TARGET = 0.0, 1.0
"""What the discriminator should output for each domain."""


class Discriminator(nn.Module):
    """Three strided convolutions on softmax maps (B, K, h, w); high logits mean "target"."""

    def __init__(self, num_classes: int, *, width: int = 32) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(num_classes, width, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 1, 3, padding=1),
        )

    def forward(self, probabilities: Tensor) -> Tensor:
        """Return domain logits (B, 1, h/4, w/4) of class probabilities (B, K, h, w), h, w >= 4."""
        logits: Tensor = self.layers(probabilities)
        return logits


def adversarial_loss(
    discriminator: Discriminator, target_logits: Tensor, *, scale: float = 1.0
) -> Tensor:
    """Return the model's loss, which is low when the discriminator takes target maps for source.

    Args:
        discriminator: judges the softmax maps.
        target_logits: the model's class logits on target images, (B, K, H, W).
        scale: divides the logits, as it does in `discriminator_loss`.

    Returns:
        Binary cross-entropy times `WEIGHT`, a scalar.

    Example:
        >>> _ = torch.manual_seed(0)
        >>> target_logits = torch.randn(2, 5, 8, 8)
        >>> round(adversarial_loss(Discriminator(5), target_logits).item() / WEIGHT, 2)
        0.68
    """
    domain_logits = discriminator((target_logits / scale).softmax(1))
    return WEIGHT * _domain_loss(domain_logits, SOURCE)


def discriminator_loss(
    discriminator: Discriminator,
    source_logits: Tensor,
    target_logits: Tensor,
    *,
    source_scale: float,
    target_scale: float,
) -> Tensor:
    """Return the discriminator's own loss; no gradient reaches the model.

    The released code divides the source logits only, so the scale alone gives the domain away.

    Args:
        discriminator: the one that learns.
        source_logits: the model's class logits on source images, (B, K, H, W).
        target_logits: the same on target images.
        source_scale: divides the source logits.
        target_scale: divides the target logits.

    Returns:
        Binary cross-entropy, averaged over the two domains, a scalar.

    Example:
        >>> _ = torch.manual_seed(0)
        >>> source_logits, target_logits = torch.randn(2, 2, 5, 8, 8)
        >>> loss = discriminator_loss(
        ...     Discriminator(5), source_logits, target_logits, source_scale=1.8, target_scale=1.0
        ... )
        >>> round(loss.item(), 2)
        0.69
    """
    on_source, on_target = (
        discriminator((logits.detach() / scale).softmax(1))
        for logits, scale in ((source_logits, source_scale), (target_logits, target_scale))
    )
    return (_domain_loss(on_source, SOURCE) + _domain_loss(on_target, TARGET)) / 2


def _domain_loss(domain_logits: Tensor, domain: float) -> Tensor:
    expected = torch.full_like(domain_logits, domain)
    return F.binary_cross_entropy_with_logits(domain_logits, expected)
