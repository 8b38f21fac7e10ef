"""Running class centres on the unit sphere, and the sums they are estimated from.

An absent class keeps its prototype bit for bit and only ages. Sums run over all pixels of all
ranks, so that every rank holds the same prototypes.
"""

from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from spcl.method.distributed import sum_over_ranks
from spcl.method.labels import one_hot_shares
from spcl.method.precision import at_least_single

POOLED_UPDATES = 100  # what a pass over the whole source counts as
_SHORTEST = 1e-6  # a shorter vector has no direction: it becomes 0 and gets no gradient


class ClassSums(NamedTuple):
    """What a batch says of each class.

    Attributes:
        sums: summed unit features, (K, C), float32.
        counts: feature cells that were summed, (K,), float32; not whole where cells are shared.
    """

    sums: Tensor
    counts: Tensor


class PrototypeBank(nn.Module):
    """One prototype a class, with what is known about it; all of it is state.

    Attributes:
        vectors: (K, C), float32; unit length where seen (if normalised), 0 where not.
        pixel_count: feature cells of the class's last update, (K,), float32.
        age: updates since the class was last seen, (K,), int64.
        num_updates: updates that saw the class, (K,), int64.
    """

    vectors: Tensor
    pixel_count: Tensor
    age: Tensor
    num_updates: Tensor

    def __init__(
        self,
        num_classes: int,
        num_channels: int,
        *,
        momentum: float = 0.99,
        absent: Literal["keep", "decay"] = "keep",
        normalize: bool = True,
        min_pixels: int = 16,
    ) -> None:
        """Start with no class seen.

        Args:
            num_classes: K.
            num_channels: C.
            momentum: share of the old value kept, in [0, 1).
            absent: "keep" leaves an absent class as it is; "decay" shrinks it by `momentum`, as
                the released code does.
            normalise: bring prototypes back to unit length after each update.
            min_pixels: feature cells from which on a class counts as present.
        """
        super().__init__()
        self.momentum = momentum
        self.absent = absent
        self.normalize = normalize
        self.min_pixels = min_pixels
        self.register_buffer("vectors", torch.zeros(num_classes, num_channels))
        self.register_buffer("pixel_count", torch.zeros(num_classes))
        self.register_buffer("age", torch.zeros(num_classes, dtype=torch.int64))
        self.register_buffer("num_updates", torch.zeros(num_classes, dtype=torch.int64))

    @property
    def seen(self) -> Tensor:
        """Return which classes have a prototype, (K,), bool."""
        return self.num_updates > 0

    @torch.no_grad()
    def update(self, features: Tensor, targets: Tensor) -> None:
        """Move the prototypes of the classes present towards their mean in this batch.

        Args:
            features: (B, C, h, w).
            targets: class shares (B, K, h, w), or class ids (B, h, w) with 255 ignored.
        """
        shares = targets if targets.dim() == 4 else one_hot_shares(targets, len(self.vectors))
        sums, counts = sum_over_ranks(*class_sums(features, shares))
        is_present = counts >= self.min_pixels
        means = sums / counts.clamp(min=1).unsqueeze(1)
        updates = self.num_updates.to(means.dtype)
        kept = (1 - 1 / (updates + 1)).clamp(max=self.momentum).unsqueeze(1)
        moved = self._scaled(kept * self.vectors + (1 - kept) * means)
        resting = self.vectors if self.absent == "keep" else self.momentum * self.vectors
        # New tensors, never in place: a loss of this step may still hold the old ones.
        self.vectors = torch.where(is_present.unsqueeze(1), moved, resting)
        self.pixel_count = torch.where(is_present, counts, self.pixel_count)
        self.age = torch.where(is_present, 0, self.age + 1)
        self.num_updates = self.num_updates + is_present

    @torch.no_grad()
    def initialize(
        self, sums: Tensor, counts: Tensor, *, num_updates: int = POOLED_UPDATES
    ) -> None:
        """Replace the prototypes by the means of a pass over the whole source.

        Args:
            sums: as from `class_sums`, (K, C), of this rank's share of the source.
            counts: (K,); a class with none keeps what it has.
            num_updates: how many updates the pass counts as, else the next batch would wipe it out.
        """
        sums, counts = sum_over_ranks(sums, counts)
        is_present = counts > 0
        means = self._scaled(sums / torch.where(is_present, counts, 1).unsqueeze(1))
        self.vectors = torch.where(is_present.unsqueeze(1), means, self.vectors)
        self.pixel_count = torch.where(is_present, counts, self.pixel_count)
        self.age = torch.where(is_present, 0, self.age)
        self.num_updates = torch.where(is_present, num_updates, self.num_updates)

    def cosine_matrix(self) -> Tensor:
        """Return the cosine of every two prototypes, (K, K), in [-1, 1]; NaN if one is unseen."""
        units = unit_vectors(self.vectors)
        both_seen = self.seen.unsqueeze(0) & self.seen.unsqueeze(1)
        return torch.where(both_seen, (units @ units.T).clamp(-1, 1), torch.nan)

    def _scaled(self, vectors: Tensor) -> Tensor:
        return unit_vectors(vectors) if self.normalize else vectors


def class_sums(features: Tensor, shares: Tensor) -> ClassSums:
    """Sum the unit features of each class, weighted by its share of the cell.

    Args:
        features: (B, C, h, w), any length and floating dtype.
        shares: share of each class in each cell, (B, K, h, w), in [0, 1].
    """
    exact_BCN = at_least_single(features).flatten(2)
    shares_BKN = shares.to(exact_BCN).flatten(2)
    # The cells' weights are scaled, not the features: these are far larger and stay where they are.
    weights_BKN = shares_BKN * inverse_lengths(exact_BCN)
    sums = torch.bmm(weights_BKN, exact_BCN.transpose(1, 2)).sum(0)
    return ClassSums(sums, shares_BKN.sum((0, 2)))


def similarities(features: Tensor, vectors: Tensor) -> Tensor:
    """Return the dot product of every cell's unit feature with every vector, (B, K, h, w).

    The products are divided by the features' lengths, not the features: these are far larger.

    Args:
        features: (B, C, h, w), any length and floating dtype.
        vectors: (K, C), taken as they are.
    """
    exact_BCN = at_least_single(features).flatten(2)
    products_BKN = vectors.to(exact_BCN) @ exact_BCN * inverse_lengths(exact_BCN)
    return products_BKN.reshape(len(features), len(vectors), *features.shape[2:])


def inverse_lengths(vectors: Tensor) -> Tensor:
    """Return 1 / length along dimension 1, which is kept; 0 for a zero vector."""
    length = torch.linalg.vector_norm(vectors, dim=1, keepdim=True)
    inverse: Tensor = (length > _SHORTEST) / length.clamp(min=_SHORTEST)
    return inverse


def unit_vectors(vectors: Tensor, *, dim: int = 1) -> Tensor:
    """Scale vectors along `dim` to length 1, in float32 at least; a zero vector stays zero."""
    exact = at_least_single(vectors)
    length = torch.linalg.vector_norm(exact, dim=dim, keepdim=True)
    units: Tensor = exact / length.clamp(min=_SHORTEST) * (length > _SHORTEST)
    return units
