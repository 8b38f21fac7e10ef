"""Several prototypes a class: its cells are shared out among them evenly, by optimal transport.

After Zhou et al., CVPR 2022 (arXiv 2203.15102). Shape suffixes: B images, C channels, K classes,
M prototypes a class, N cells of an image.
"""

import torch
from torch import Tensor

from spcl.method.classes.contrast import ClassScores
from spcl.method.classes.memory import ClassMemory
from spcl.method.classes.vectors import inverse_lengths, positive, similarities, unit_vectors
from spcl.method.precision import at_least_single
from spcl.method.ranks.sums import sum_over_ranks

SMOOTHING = 0.05
"""Cosines are divided by it before cells are shared out: the lower, the harder the choice."""
ROUNDS = 3
"""How often the parts are evened out."""


class SeveralPrototypes(ClassMemory):
    """M unit vectors a class; a feature is as near to the class as to the nearest of them.

    Attributes:
        members: (K, M, C), unit length; random directions until the class is first seen, so that
            its cells part.
    """

    members: Tensor

    def __init__(self, num_classes: int, num_channels: int, *, per_class: int) -> None:
        """Start with no class seen; `per_class` is M."""
        super().__init__(num_classes)
        generator = torch.Generator().manual_seed(0)
        start = torch.randn(num_classes, per_class, num_channels, generator=generator)
        self.register_buffer("members", unit_vectors(start, dim=2))

    def update(self, features: Tensor, shares: Tensor, is_present: Tensor, kept: Tensor) -> None:
        """Move each prototype towards the mean of the cells that fall to it."""
        parts = evenly_shared(self._cosines(features), shares.flatten(2))
        sums, counts = sum_over_ranks(*_member_sums(features, parts))
        means = sums / positive(counts).unsqueeze(2)
        share = kept.unsqueeze(2)
        moved = unit_vectors(share * self.members + (1 - share) * means, dim=2)
        self.members = torch.where(is_present.view(-1, 1, 1), moved, self.members)
        self.is_seen = self.is_seen | is_present

    def scores(self, features: Tensor, temperature: float) -> ClassScores:
        """Return the cosine to the nearest prototype of each class, over the temperature."""
        nearest = self._cosines(features).amax(2) / temperature
        return ClassScores(nearest.reshape(len(features), -1, *features.shape[2:]), self.is_seen)

    def sums(self, features: Tensor, shares: Tensor) -> Tensor:
        """Return the sums of the cells that fall to each prototype, and their number at the end.

        (K, M, C + 1). Each batch is shared out by itself, so that ranks need not wait.
        """
        parts = evenly_shared(self._cosines(features), shares.flatten(2), over_ranks=False)
        sums, counts = _member_sums(features, parts)
        return torch.cat([sums, counts.unsqueeze(2)], dim=2)

    def no_sums(self) -> Tensor:
        """Return the sums of no batch, (K, M, C + 1)."""
        num_classes, per_class, num_channels = self.members.shape
        return self.members.new_zeros(num_classes, per_class, num_channels + 1)

    def begin(self, sums: Tensor, vectors: Tensor, seen: Tensor) -> None:
        """Replace the prototypes of a class by the means of the pass."""
        occurs = (sums[..., -1] > 0).all(1)
        means = unit_vectors(sums[..., :-1], dim=2)  # a mean has the direction of its sum
        self.members = torch.where(occurs.view(-1, 1, 1), means, self.members)
        self.is_seen = self.is_seen | occurs

    def _cosines(self, features: Tensor) -> Tensor:
        """Return the cosine of every cell to every prototype, (B, K, M, N)."""
        cosines = similarities(features, self.members.flatten(0, 1))
        return cosines.reshape(len(features), *self.members.shape[:2], -1)


def evenly_shared(cosines: Tensor, shares: Tensor, *, over_ranks: bool = True) -> Tensor:
    """Share each class's cells out among its prototypes, as much to each, the nearest first.

    Sinkhorn's rounds (Cuturi, NeurIPS 2013): parts that begin as softmax(cosine / `SMOOTHING`) are
    divided by what all cells give to a prototype, and then by what a cell gives in all.

    Args:
        cosines: of every cell to every prototype, (B, K, M, N).
        shares: share of each class in each cell, (B, K, N).
        over_ranks: even out over the cells of all ranks.

    Returns:
        How much of a cell falls to each prototype, (B, K, M, N); over M they add up to the share.

    Example:
        >>> cosines = torch.tensor([[0.9, 0.8], [0.1, 0.0]]).view(1, 1, 2, 2)
        >>> evenly_shared(cosines, torch.ones(1, 1, 2)).flatten(0, 2)
        tensor([[0.5000, 0.5000],
                [0.5000, 0.5000]])
    """
    weights = shares.unsqueeze(2)
    parts = (cosines / SMOOTHING).softmax(2)
    for _ in range(ROUNDS):
        given = (parts * weights).sum((0, 3))
        if over_ranks:
            (given,) = sum_over_ranks(given)
        parts = parts / positive(given).unsqueeze(2)
        parts = parts / parts.sum(2, keepdim=True)
    return parts * weights


def _member_sums(features: Tensor, parts: Tensor) -> tuple[Tensor, Tensor]:
    """Return the summed unit features of the cells of each, (K, M, C), and how many, (K, M)."""
    exact = at_least_single(features).flatten(2)
    weights = parts.flatten(1, 2) * inverse_lengths(exact)
    sums = torch.bmm(weights, exact.transpose(1, 2)).sum(0)
    return sums.reshape(*parts.shape[1:3], -1), parts.sum((0, 3))
