"""Pseudo labels online: a threshold per class from a decayed histogram of confidences.

The histogram is all the memory this needs (K x 1024 numbers), whatever the size of the data.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from spcl.label_space import IGNORE_INDEX
from spcl.method.distributed import sum_over_ranks
from spcl.method.labels import nearest_labels

NUM_BINS = 1024


class PseudoLabels(NamedTuple):
    """What a teacher says of unlabelled pixels.

    Attributes:
        labels: most probable class of every pixel, kept or not, (B, H, W), int64.
        confidence: its probability, (B, H, W), in [0, 1].
        kept: whether it reaches the threshold of its class, (B, H, W), bool.
    """

    labels: Tensor
    confidence: Tensor
    kept: Tensor


class ConfidenceHistogram(nn.Module):
    """How confident the teacher has lately been about the pixels it gives to each class.

    Attributes:
        counts: decayed number of pixels by predicted class and confidence, (K, bins), float64.
    """

    counts: Tensor

    def __init__(self, num_classes: int, *, decay: float = 0.95, num_bins: int = NUM_BINS) -> None:
        """Start empty; `decay` is the share of the old counts kept at each update."""
        super().__init__()
        self.decay = decay
        self.register_buffer("counts", torch.zeros(num_classes, num_bins, dtype=torch.float64))

    @torch.no_grad()
    def update(self, confidence: Tensor, labels: Tensor) -> None:
        """Count pixels by class and confidence; both as from `most_probable`."""
        num_classes, num_bins = self.counts.shape
        bins = (confidence.float() * num_bins).long().clamp(0, num_bins - 1)
        slots = (labels * num_bins + bins).flatten()
        added = torch.bincount(slots, minlength=num_classes * num_bins).to(self.counts)
        (added,) = sum_over_ranks(added)
        self.counts = self.decay * self.counts + added.view_as(self.counts)

    def thresholds(self, *, quantile: float = 0.5, cap: float = 0.9) -> Tensor:
        """Return the confidence from which a pixel is kept, (K,), float32 in [0, cap].

        Args:
            quantile: share of a class's pixels below its threshold, in [0, 1].
            cap: highest threshold, and that of a class never predicted.
        """
        cumulative = self.counts.cumsum(1)
        wanted = quantile * cumulative[:, -1:]
        reached = (cumulative < wanted).sum(1).clamp(max=self.counts.shape[1] - 1).unsqueeze(1)
        inside = self.counts.gather(1, reached)
        before = cumulative.gather(1, reached) - inside
        part = ((wanted - before) / torch.where(inside > 0, inside, 1)).clamp(0, 1)
        found = ((reached + part) / self.counts.shape[1]).squeeze(1)
        occurs = cumulative[:, -1] > 0
        return torch.where(occurs, found, cap).clamp(max=cap).float()


def most_probable(probabilities: Tensor) -> tuple[Tensor, Tensor]:
    """Return the highest of the probabilities (B, K, H, W) and its class, (B, H, W) each."""
    confidence, labels = probabilities.max(1)
    return confidence, labels


def pseudo_labels(confidence: Tensor, labels: Tensor, thresholds: Tensor) -> PseudoLabels:
    """Say which labels to trust.

    Args:
        confidence: probability of each pixel's most probable class, (B, H, W), in [0, 1].
        labels: that class, (B, H, W), int64.
        thresholds: smallest confidence of each class, (K,).
    """
    return PseudoLabels(labels, confidence, confidence >= thresholds[labels])


def label_agreement(logits: Tensor, labels: Tensor, chosen: Tensor) -> Tensor:
    """Return the share of pixels to which a model gives their pseudo label, (), in [0, 1].

    Looked at once a cell, at its centre; NaN where no pixel is chosen. Labels that can be learnt
    are agreed with nearly everywhere; labels that contradict one another, or the images, are not.

    Args:
        logits: of the model that learns from them, (B, K, h, w).
        labels: (B, H, W), int64.
        chosen: which of them count, (B, H, W), bool.
    """
    wanted = nearest_labels(
        torch.where(chosen, labels, IGNORE_INDEX), size=(logits.shape[2], logits.shape[3])
    )
    known = wanted != IGNORE_INDEX
    agrees = (logits.detach().max(1).indices == wanted) & known
    return agrees.sum() / known.sum()
