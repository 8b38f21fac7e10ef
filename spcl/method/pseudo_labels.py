"""Online pseudo labels: a threshold per class from a decayed histogram of confidences.

Memory is constant (K x 1024 numbers), whatever the size of the data.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from spcl.label_space import IGNORE_INDEX
from spcl.method.grid.labels import nearest_labels, slot_sums
from spcl.method.precision import widest
from spcl.method.ranks.sums import sum_over_ranks

NUM_BINS = 1024


class PseudoLabels(NamedTuple):
    """The teacher's labels for unlabelled pixels.

    Attributes:
        labels: most probable class of every pixel, kept or not, (B, H, W), int64.
        confidence: probability of that class, (B, H, W), in [0, 1].
        kept: whether the confidence reaches the class's threshold, (B, H, W), bool.
    """

    labels: Tensor
    confidence: Tensor
    kept: Tensor


class ConfidenceHistogram(nn.Module):
    """The teacher's recent confidence in its predictions, by predicted class.

    Attributes:
        counts: decayed pixel counts by predicted class and confidence, (K, bins), float64; single
            on a device without float64.

    Example:
        >>> histogram = ConfidenceHistogram(2)
        >>> probabilities = torch.tensor([0.6, 0.7, 0.8]).view(1, 1, 1, 3)
        >>> histogram.update(*most_probable(torch.cat([probabilities, 1 - probabilities], 1)))
        >>> histogram.thresholds()  # the median confidence; the cap for a class never predicted
        tensor([0.6997, 0.9000])
    """

    counts: Tensor

    def __init__(
        self,
        num_classes: int,
        *,
        decay: float = 0.95,
        num_bins: int = NUM_BINS,
        device: torch.device | None = None,
        over_ranks: bool = True,
    ) -> None:
        """Start empty on `device`; each update keeps the share `decay` of the old counts.

        Each update counts the pixels of all ranks, or those of this one alone.
        """
        super().__init__()
        self.decay = decay
        self.over_ranks = over_ranks
        where = device or torch.device("cpu")
        counts = torch.zeros(num_classes, num_bins, dtype=widest(where), device=where)
        self.register_buffer("counts", counts)

    @torch.no_grad()
    def update(self, confidence: Tensor, labels: Tensor) -> None:
        """Add pixels to the counts; the arguments come from `most_probable`."""
        num_classes, num_bins = self.counts.shape
        bins = (confidence.float() * num_bins).long().clamp(0, num_bins - 1)
        slots = (labels * num_bins + bins).flatten()
        added = slot_sums(slots, torch.ones_like(slots), num_slots=num_classes * num_bins)
        if self.over_ranks:
            (added,) = sum_over_ranks(added)
        self.counts = self.decay * self.counts + added.to(self.counts).view_as(self.counts)

    def thresholds(self, *, quantile: float = 0.5, cap: float = 0.9) -> Tensor:
        """Return the lowest confidence that is kept, per class, (K,), float32 in [0, cap].

        Args:
            quantile: share of a class's pixels below its threshold, in [0, 1].
            cap: upper limit, and the threshold of a class never predicted.
        """
        num_bins = self.counts.shape[1]
        cumulative = self.counts.cumsum(1)
        rank = quantile * cumulative[:, -1:]
        bins = (cumulative < rank).sum(1).clamp(max=num_bins - 1).unsqueeze(1)
        inside = self.counts.gather(1, bins)
        below = cumulative.gather(1, bins) - inside
        fraction = ((rank - below) / torch.where(inside > 0, inside, 1)).clamp(0, 1)
        quantiles = ((bins + fraction) / num_bins).squeeze(1)
        occurs = cumulative[:, -1] > 0
        return torch.where(occurs, quantiles, cap).clamp(max=cap).float()


def most_probable(probabilities: Tensor) -> tuple[Tensor, Tensor]:
    """Return the highest of the probabilities (B, K, H, W) and its class, each (B, H, W).

    Example:
        >>> most_probable(torch.tensor([0.3, 0.7]).view(1, 2, 1, 1))
        (tensor([[[0.7000]]]), tensor([[[1]]]))
    """
    confidence, labels = probabilities.max(1)
    return confidence, labels


def pseudo_labels(confidence: Tensor, labels: Tensor, thresholds: Tensor) -> PseudoLabels:
    """Keep the labels whose confidence reaches the threshold of their class.

    Args:
        confidence: probability of each pixel's most probable class, (B, H, W), in [0, 1].
        labels: that class, (B, H, W), int64.
        thresholds: lowest confidence to keep, per class, (K,).

    Example:
        >>> labels = torch.tensor([[[0, 0, 1]]])
        >>> confidence = torch.tensor([[[0.6, 0.8, 0.8]]])
        >>> pseudo_labels(confidence, labels, torch.tensor([0.7, 0.9])).kept
        tensor([[[False,  True, False]]])
    """
    return PseudoLabels(labels, confidence, confidence >= thresholds[labels])


def label_weights(pseudo: PseudoLabels, *, how: str, sure: float = 0.968) -> Tensor:
    """Return how much each pseudo label counts, (B, H, W) in [0, 1].

    Args:
        pseudo: the labels.
        how: `confidence`: its confidence where it is kept; `none`: 1 where it is kept; `share`: the
            share of the image's pixels that are sure, kept or not (Tranheden et al., DACS, and
            Hoyer et al., DAFormer, eq. 4).
        sure: confidence from which a pixel is sure.

    Example:
        >>> confidence = torch.tensor([[[0.6, 0.8, 0.99]]])
        >>> pseudo = pseudo_labels(confidence, torch.zeros(1, 1, 3).long(), torch.tensor([0.7]))
        >>> for how in ("confidence", "none", "share"):
        ...     print(label_weights(pseudo, how=how))
        tensor([[[0.0000, 0.8000, 0.9900]]])
        tensor([[[0., 1., 1.]]])
        tensor([[[0.3333, 0.3333, 0.3333]]])
    """
    if how == "confidence":
        return pseudo.confidence * pseudo.kept
    if how == "none":
        return pseudo.kept.to(pseudo.confidence)
    shares = (pseudo.confidence >= sure).to(pseudo.confidence).mean((1, 2), keepdim=True)
    return shares.expand_as(pseudo.confidence)


def label_agreement(logits: Tensor, labels: Tensor, chosen: Tensor) -> Tensor:
    """Return the share of pixels that a model predicts as their pseudo label, (), in [0, 1].

    It samples the centre of each cell; NaN if no pixel is chosen. A model agrees nearly everywhere
    with labels that can be learnt, and not with labels that contradict each other or the images.

    Args:
        logits: of the model that learns from the labels, (B, K, h, w).
        labels: pseudo labels, (B, H, W), int64.
        chosen: which labels count, (B, H, W), bool.

    Example:
        >>> logits = torch.tensor([[0.9, 0.2], [0.1, 0.8]]).view(1, 2, 1, 2)
        >>> label_agreement(logits, torch.tensor([[[0, 0]]]), torch.ones(1, 1, 2).bool())
        tensor(0.5000)
    """
    expected = nearest_labels(
        torch.where(chosen, labels, IGNORE_INDEX), size=(logits.shape[2], logits.shape[3])
    )
    counted = expected != IGNORE_INDEX
    agrees = (logits.detach().max(1).indices == expected) & counted
    agreeing, all_counted = sum_over_ranks(agrees.sum(), counted.sum())
    return agreeing / all_counted
