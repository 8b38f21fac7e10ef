"""What may be kept of a class beside its prototype, and how near a feature is to the class by it.

For a feature z of class y, with e_k = exp(z.q_k / t) and q_k drawn from what is kept of class k,

    E[-log(e_y / (e_y + sum over k != y of E[e_k]))] <= log sum_k exp(s_k) - z.m_y / t

with s_k = log E[e_k] and m_k = E[q_k], by Jensen's inequality: the logarithm is concave.
The right side is -log softmax_y(s) plus the spread s_y - z.m_y / t; a memory says both. A single
prototype has s_k = z.P_k / t and no spread.

Shape suffixes: B images, C channels, K classes.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from spcl.method.classes.contrast import ClassScores


class ClassMemory(nn.Module, ABC):
    """Kept beside the prototypes and updated with them; all of it is saved as buffers.

    Attributes:
        is_seen: which classes something is kept of, (K,), bool.
    """

    is_seen: Tensor

    def __init__(self, num_classes: int) -> None:
        """Start with no class seen."""
        super().__init__()
        self.register_buffer("is_seen", torch.zeros(num_classes, dtype=torch.bool))

    @abstractmethod
    def update(self, features: Tensor, shares: Tensor, is_present: Tensor, kept: Tensor) -> None:
        """Take in a batch; a class that is not present stays bit for bit.

        Args:
            features: (B, C, h, w).
            shares: share of each class in each cell, (B, K, h, w).
            is_present: classes with cells enough in the batch of all ranks, (K,), bool.
            kept: share of the old value that an average keeps, (K, 1); 0 at first sight.
        """

    @abstractmethod
    def scores(self, features: Tensor, temperature: float) -> ClassScores:
        """Return how near features (B, C, h, w) of any length are to the classes."""

    def sums(self, features: Tensor, shares: Tensor) -> Tensor:
        """Return what a pass over the whole source adds up, batch by batch; nothing by default."""
        return self.no_sums()

    def no_sums(self) -> Tensor:
        """Return the sums of no batch."""
        return torch.zeros((), device=self.is_seen.device)

    def begin(self, sums: Tensor, vectors: Tensor, seen: Tensor) -> None:
        """Begin anew from a pass over the whole source, or go on as it is.

        Args:
            sums: from `sums`, over all batches and ranks.
            vectors: the prototypes after the pass, (K, C).
            seen: which classes have one, (K,), bool.
        """
