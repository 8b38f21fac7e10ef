"""A class as a normal distribution of unit features, with the spread of each channel.

As in SePiCo (Xie et al., TPAMI 2023, arXiv 2204.08808), with a diagonal covariance. Shape
suffixes: B images, C channels, K classes, N cells of an image.
"""

import torch
from torch import Tensor

from spcl.method.classes.contrast import ClassScores
from spcl.method.classes.memory import ClassMemory
from spcl.method.classes.vectors import class_sums, inverse_lengths, positive, similarities
from spcl.method.precision import at_least_single
from spcl.method.ranks.sums import sum_over_ranks


class ClassSpread(ClassMemory):
    """Running first and second moments of a class's unit features.

    Attributes:
        means: (K, C); shorter than 1, as the mean of unit vectors is.
        squares: means of the squared channels, (K, C).
    """

    means: Tensor
    squares: Tensor

    def __init__(self, num_classes: int, num_channels: int) -> None:
        """Start with no class seen."""
        super().__init__(num_classes)
        self.register_buffer("means", torch.zeros(num_classes, num_channels))
        self.register_buffer("squares", torch.zeros(num_classes, num_channels))

    @property
    def variances(self) -> Tensor:
        """Return the variance of each channel, (K, C)."""
        return (self.squares - self.means.square()).clamp(min=0)

    def update(self, features: Tensor, shares: Tensor, is_present: Tensor, kept: Tensor) -> None:
        """Move both moments towards those of the batch."""
        (sums,) = sum_over_ranks(self.sums(features, shares))
        self._move(sums, is_present, kept)

    def scores(self, features: Tensor, temperature: float) -> ClassScores:
        """Return the log of the expected exp(z.q / temperature) for q of each distribution."""
        scores, spread = normal_scores(
            features, self.means, self.variances, temperature=temperature
        )
        return ClassScores(scores, self.is_seen, spread)

    def sums(self, features: Tensor, shares: Tensor) -> Tensor:
        """Return summed unit features, summed squares and cells of each class, (K, 2 C + 1)."""
        sums, counts = class_sums(features, shares)
        exact = at_least_single(features).flatten(2)
        weights = shares.to(exact).flatten(2) * inverse_lengths(exact).square()
        squares = torch.bmm(weights, exact.square().transpose(1, 2)).sum(0)
        return torch.cat([sums, squares, counts.unsqueeze(1)], dim=1)

    def no_sums(self) -> Tensor:
        """Return the sums of no batch, (K, 2 C + 1)."""
        return self.means.new_zeros(self.means.shape[0], 2 * self.means.shape[1] + 1)

    def begin(self, sums: Tensor, vectors: Tensor, seen: Tensor) -> None:
        """Replace both moments of a class by those of the pass."""
        self._move(sums, sums[:, -1] > 0, sums.new_zeros(len(sums), 1))

    def _move(self, sums: Tensor, is_present: Tensor, kept: Tensor) -> None:
        counts = sums[:, -1:]
        moments = sums[:, :-1] / positive(counts)
        before = torch.cat([self.means, self.squares], dim=1)
        moved = kept * before + (1 - kept) * moments
        after = torch.where(is_present.unsqueeze(1), moved, before)
        self.means, self.squares = (half.contiguous() for half in after.chunk(2, dim=1))
        self.is_seen = self.is_seen | is_present


def normal_scores(
    features: Tensor, means: Tensor, variances: Tensor, *, temperature: float
) -> tuple[Tensor, Tensor]:
    """Return log E[exp(z.q / t)] of each class, and what of it is due to the spread.

    For q ~ N(m_k, diag(v_k)), z.q / t is normal with mean z.m_k / t and variance
    sum_c z_c^2 v_kc / t^2, so that the expectation's logarithm is the mean and half the variance.

    Args:
        features: (B, C, h, w); only their direction z counts.
        means: m, (K, C).
        variances: v, (K, C).
        temperature: t.

    Returns:
        Both (B, K, h, w); the second is at least 0.

    Example:
        >>> features = torch.tensor([3.0, 4.0]).view(1, 2, 1, 1)
        >>> means, variances = torch.tensor([[0.0, 1.0]]), torch.tensor([[0.5, 0.0]])
        >>> scores, spread = normal_scores(features, means, variances, temperature=0.5)
        >>> [round(one.item(), 4) for one in (scores, spread)]  # 0.8 / 0.5 + 0.36 * 0.5 / 0.5
        [1.96, 0.36]
    """
    exact = at_least_single(features)
    squared = exact.flatten(2).square()
    half = variances.to(exact) @ squared * inverse_lengths(exact.flatten(2)).square()
    spread = (half / (2 * temperature**2)).reshape(len(exact), -1, *exact.shape[2:])
    return similarities(features, means) / temperature + spread, spread
