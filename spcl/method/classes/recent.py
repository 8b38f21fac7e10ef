"""A bank of the latest means that images had of a class.

In the spirit of the memory bank of SePiCo (Xie et al., TPAMI 2023, arXiv 2204.08808). Shape
suffixes: B images, C channels, K classes, S places a class.
"""

import torch
from torch import Tensor

from spcl.method.classes.contrast import ClassScores
from spcl.method.classes.memory import ClassMemory
from spcl.method.classes.vectors import image_class_sums, unit_vectors
from spcl.method.ranks.sums import joined_rows

LEAST_CELLS = 1.0
"""An image with fewer cells of a class than this has no mean of it."""
_LEAST = torch.finfo(torch.float32).tiny  # its logarithm is finite


class RecentMeans(ClassMemory):
    """The mean directions of a class in the latest images that had it, first in, first out.

    Attributes:
        entries: (K, S, C), unit length; 0 in places that are still empty.
        num_entries: how many means a class has ever had, (K,), int64.
    """

    entries: Tensor
    num_entries: Tensor

    def __init__(self, num_classes: int, num_channels: int, *, size: int) -> None:
        """Start empty; `size` is S."""
        super().__init__(num_classes)
        self.register_buffer("entries", torch.zeros(num_classes, size, num_channels))
        self.register_buffer("num_entries", torch.zeros(num_classes, dtype=torch.int64))

    def update(self, features: Tensor, shares: Tensor, is_present: Tensor, kept: Tensor) -> None:
        """Put in the mean of each image for each class present, in the order of the images."""
        sums, counts = image_class_sums(features, shares)
        means = joined_rows(unit_vectors(sums, dim=2))
        enters = joined_rows(((counts >= LEAST_CELLS) & is_present).float()) > 0
        num_places = self.entries.shape[1]
        turn, total = enters.cumsum(0), enters.sum(0)
        is_latest = enters & (turn > total - num_places)  # of more than S the last S stay
        place = (self.num_entries + turn - 1) % num_places
        # What does not enter goes to one more place, which is cut off again.
        slots = torch.where(is_latest, place, num_places).T.unsqueeze(2)
        padded = torch.cat([self.entries, self.entries[:, :1]], dim=1)
        filled = padded.scatter(1, slots.expand(-1, -1, means.shape[2]), means.transpose(0, 1))
        self.entries = filled[:, :num_places].contiguous()
        self.num_entries = self.num_entries + total
        self.is_seen = self.num_entries > 0

    def scores(self, features: Tensor, temperature: float) -> ClassScores:
        """Return the log of the mean exp(cosine / temperature) over the entries of each class."""
        num_classes, num_places, _ = self.entries.shape
        num_filled = self.num_entries.clamp(min=1, max=num_places)
        places = torch.arange(num_places, device=num_filled.device)
        units = unit_vectors(features).flatten(2)
        is_filled = places < self.num_entries.unsqueeze(1)
        parts = (is_filled / num_filled.unsqueeze(1)).to(units)  # of the mean, (K, S)
        entries = self.entries.to(units)
        products = (entries.flatten(0, 1) / temperature) @ units
        # At most 0, so that nothing overflows; in place, because there are S times more than cells.
        exponentials = products.sub_(1 / temperature).exp_()
        by_entry = exponentials.reshape(len(features), num_classes, num_places, -1)
        means = (parts.unsqueeze(1) @ by_entry).squeeze(2)
        scores = means.clamp(min=_LEAST).log() + 1 / temperature
        of_mean = ((parts.unsqueeze(1) @ entries).squeeze(1) / temperature) @ units
        scores, spread = (
            one.reshape(len(features), num_classes, *features.shape[2:])
            for one in (scores, scores - of_mean)
        )
        return ClassScores(scores, self.is_seen, spread)

    def begin(self, sums: Tensor, vectors: Tensor, seen: Tensor) -> None:
        """Give a class without any entry its prototype as the first one."""
        is_new = seen & (self.num_entries == 0)
        first = torch.where(is_new.unsqueeze(1), unit_vectors(vectors), self.entries[:, 0])
        self.entries = torch.cat([first.unsqueeze(1), self.entries[:, 1:]], dim=1)
        self.num_entries = torch.where(is_new, 1, self.num_entries)
        self.is_seen = self.num_entries > 0
