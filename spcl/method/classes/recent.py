"""A bank of the latest means that images had of a class.

In the spirit of the memory bank of SePiCo (Xie et al., TPAMI 2023, arXiv 2204.08808). Shape
suffixes: B images, C channels, K classes, S places a class.
"""

import torch
from torch import Tensor

from spcl.method.classes.contrast import ClassScores
from spcl.method.classes.memory import ClassMemory
from spcl.method.classes.vectors import image_class_sums, similarities, unit_vectors
from spcl.method.ranks.sums import joined_rows

LEAST_CELLS = 1.0
"""An image with fewer cells of a class than this has no mean of it."""
_EMPTY = torch.finfo(torch.float32).min / 2  # score of an empty place; finite, to avoid NaN


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
        is_empty = torch.arange(num_places, device=num_filled.device) >= num_filled.unsqueeze(1)
        cosines = similarities(features, self.entries.flatten(0, 1)) / temperature
        by_entry = cosines.reshape(len(features), num_classes, num_places, *features.shape[2:])
        by_entry = by_entry.masked_fill(is_empty.view(1, num_classes, num_places, 1, 1), _EMPTY)
        scores = by_entry.logsumexp(2) - num_filled.log().view(1, -1, 1, 1)
        means = self.entries.sum(1) / num_filled.unsqueeze(1)
        spread = scores - similarities(features, means) / temperature
        return ClassScores(scores, self.is_seen, spread)

    def begin(self, sums: Tensor, vectors: Tensor, seen: Tensor) -> None:
        """Give a class without any entry its prototype as the first one."""
        is_new = seen & (self.num_entries == 0)
        first = torch.where(is_new.unsqueeze(1), unit_vectors(vectors), self.entries[:, 0])
        self.entries = torch.cat([first.unsqueeze(1), self.entries[:, 1:]], dim=1)
        self.num_entries = torch.where(is_new, 1, self.num_entries)
        self.is_seen = self.num_entries > 0
