"""Running class centres on the unit sphere.

An absent class keeps its prototype bit for bit and only ages. Sums run over the cells of all ranks,
so every rank holds the same prototypes.

Shapes: B images, C channels, K classes.
"""

from typing import Literal

import torch
from torch import Tensor, nn

from spcl.method.classes.contrast import ClassScores
from spcl.method.classes.memory import ClassMemory
from spcl.method.classes.vectors import class_sums, similarities, unit_vectors
from spcl.method.grid.labels import one_hot_shares
from spcl.method.ranks.sums import sum_over_ranks

POOLED_UPDATES = 100  # a pass over the whole source counts as this many updates


class PrototypeBank(nn.Module):
    """One prototype per class and its record of updates; all of it is saved as buffers.

    Attributes:
        vectors: (K, C), float32; unit length where seen (if normalised), 0 where not.
        pixel_count: feature cells in the class's last update, (K,), float32.
        age: updates since the class was last seen, (K,), int64.
        num_updates: updates in which the class was seen, (K,), int64.

    Example:
        >>> bank = PrototypeBank(2, 3, min_pixels=1)
        >>> bank.update(torch.tensor([3.0, 4.0, 0.0]).view(1, 3, 1, 1), torch.zeros(1, 1, 1).long())
        >>> bank.vectors
        tensor([[0.6000, 0.8000, 0.0000],
                [0.0000, 0.0000, 0.0000]])
        >>> bank.age
        tensor([0, 1])
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
        memory: ClassMemory | None = None,
    ) -> None:
        """Start with no class seen.

        Args:
            num_classes: K.
            num_channels: C.
            momentum: share of the old value kept, in [0, 1).
            absent: "keep" leaves the prototype of an absent class as it is; "decay" multiplies it
                by `momentum`, as the released code does.
            normalize: bring prototypes back to unit length after each update.
            min_pixels: fewest feature cells for a class to count as present.
            memory: what is kept of a class beside its prototype, for the contrast.
        """
        super().__init__()
        self.momentum = momentum
        self.absent = absent
        self.normalize = normalize
        self.min_pixels = min_pixels
        self.memory = memory
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
        """Move the prototype of each class present towards its mean in this batch.

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
        if self.memory is not None:
            self.memory.update(features, shares, is_present, kept)
        resting = self.vectors if self.absent == "keep" else self.momentum * self.vectors
        # New tensors, never in place: a loss of this step may still need the old ones.
        self.vectors = torch.where(is_present.unsqueeze(1), moved, resting)
        self.pixel_count = torch.where(is_present, counts, self.pixel_count)
        self.age = torch.where(is_present, 0, self.age + 1)
        self.num_updates = self.num_updates + is_present

    @torch.no_grad()
    def initialize(
        self,
        sums: Tensor,
        counts: Tensor,
        *,
        num_updates: int = POOLED_UPDATES,
        remembered: Tensor | None = None,
    ) -> None:
        """Replace the prototypes by the means of a pass over the whole source.

        Args:
            sums: from `class_sums`, (K, C), over this rank's share of the source.
            counts: (K,); a class without cells keeps its prototype.
            num_updates: how many updates the pass counts as; too few, and the next batch would
                overwrite it.
            remembered: what the same pass added up for the memory; None if this rank had no share.
        """
        sums, counts = sum_over_ranks(sums, counts)
        is_present = counts > 0
        means = self._scaled(sums / torch.where(is_present, counts, 1).unsqueeze(1))
        self.vectors = torch.where(is_present.unsqueeze(1), means, self.vectors)
        self.pixel_count = torch.where(is_present, counts, self.pixel_count)
        self.age = torch.where(is_present, 0, self.age)
        self.num_updates = torch.where(is_present, num_updates, self.num_updates)

        if self.memory is not None:
            own = self.memory.no_sums() if remembered is None else remembered
            (whole,) = sum_over_ranks(own)
            self.memory.begin(whole, self.vectors, self.seen)

    def scores(self, features: Tensor, temperature: float) -> ClassScores:
        """Return how near the cells of features (B, C, h, w) are to the classes, for the contrast.

        By the cosine to each prototype, or by what is kept beside it.
        """
        if self.memory is not None:
            return self.memory.scores(features, temperature)
        return ClassScores(similarities(features, self.vectors) / temperature, self.seen)

    def cosine_matrix(self) -> Tensor:
        """Return the cosine of every pair of prototypes, (K, K); NaN if either is unseen."""
        units = unit_vectors(self.vectors)
        both_seen = self.seen.unsqueeze(0) & self.seen.unsqueeze(1)
        return torch.where(both_seen, (units @ units.T).clamp(-1, 1), torch.nan)

    def _scaled(self, vectors: Tensor) -> Tensor:
        return unit_vectors(vectors) if self.normalize else vectors
