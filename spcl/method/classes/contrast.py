"""The contrast: cross-entropy over how near the features of cells are to the classes."""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from spcl.method.classes.vectors import positive, similarities
from spcl.method.grid.labels import one_hot_shares
from spcl.method.ranks.sums import num_ranks, sum_over_ranks

_UNSEEN = torch.finfo(torch.float32).min / 2  # score of an unseen class; finite, to avoid NaN

Balance = Literal["class", "pixel"]
"""Average over the classes present, or over all cells."""


class ClassScores(NamedTuple):
    """How near the features of cells are to the classes.

    Attributes:
        scores: s_k, by a single prototype z . P_k / temperature, (B, K, h, w).
        seen: which classes can be scored, (K,), bool; cells of other classes are left out.
        spread: what is added to the loss of a cell of class k, (B, K, h, w); None for nothing.
    """

    scores: Tensor
    seen: Tensor
    spread: Tensor | None = None


def prototype_contrast(
    features: Tensor,
    targets: Tensor,
    vectors: Tensor,
    seen: Tensor,
    *,
    temperature: float = 0.1,
    balance: Balance = "class",
    pixel_weights: Tensor | None = None,
    hard_negatives: int = 0,
) -> Tensor:
    """Return the cross-entropy of the feature cells' cosines to the prototypes.

    l_i = -log softmax_k(z_i . P_k / temperature) at y_i, over the classes seen so far, after Xie,
    Li, Li (arXiv 2111.12358); here with unit vectors, averaged within each class and then over the
    classes.

    Args:
        features: (B, C, h, w); only their direction counts.
        targets: class shares (B, K, h, w), or class ids (B, h, w) with 255 ignored.
        vectors: prototypes, (K, C).
        seen: which classes have a prototype, (K,), bool; cells of other classes are left out.
        temperature: divides the similarities.
        balance: "class" averages over the classes present, "pixel" over all cells.
        pixel_weights: weight of each cell, (B, h, w), in [0, 1].
        hard_negatives: how many other classes a cell is held against, the nearest; 0 is all.

    Returns:
        A scalar in nats; 0, which still backpropagates, if no cell remains. The mean of all ranks'
        losses is the loss of their joined batch.

    Example:
        >>> features, labels = torch.tensor([3.0, 0.0]).view(1, 2, 1, 1), torch.tensor([[[0]]])
        >>> both = torch.tensor([True, True])
        >>> loss = prototype_contrast(features, labels, torch.eye(2), both, temperature=0.5)
        >>> round(loss.item(), 4)  # log(1 + exp(-1 / 0.5))
        0.1269
    """
    near = ClassScores(similarities(features, vectors) / temperature, seen)
    return class_contrast(
        near,
        targets,
        balance=balance,
        pixel_weights=pixel_weights,
        hard_negatives=hard_negatives,
    )


def class_contrast(
    near: ClassScores,
    targets: Tensor,
    *,
    balance: Balance = "class",
    pixel_weights: Tensor | None = None,
    hard_negatives: int = 0,
) -> Tensor:
    """Return -log softmax_k(s_k) at y, plus the spread of y, averaged as `prototype_contrast` is.

    Args:
        near: the scores s_k of the cells.
        targets: class shares (B, K, h, w), or class ids (B, h, w) with 255 ignored.
        balance: "class" averages over the classes present, "pixel" over all cells.
        pixel_weights: weight of each cell, (B, h, w), in [0, 1].
        hard_negatives: how many other classes a cell is held against, the nearest; 0 is all.

    Example:
        >>> scores, labels = torch.tensor([2.0, 0.0]).view(1, 2, 1, 1), torch.tensor([[[0]]])
        >>> near = ClassScores(scores, torch.tensor([True, True]))
        >>> round(class_contrast(near, labels).item(), 4)  # log(1 + exp(-2))
        0.1269
    """
    shares = targets if targets.dim() == 4 else one_hot_shares(targets, len(near.seen))
    if pixel_weights is not None:
        shares = shares * pixel_weights.unsqueeze(1)
    unseen = ~near.seen.view(1, -1, 1, 1)
    scores = near.scores.masked_fill(unseen, _UNSEEN)
    losses = -_log_shares(scores, hard_negatives).masked_fill(unseen, 0)
    if near.spread is not None:
        losses = losses + near.spread.masked_fill(unseen, 0)
    weights = shares.to(losses).masked_fill(unseen, 0)
    sums = (losses * weights).sum((0, 2, 3)) * num_ranks()
    (masses,) = sum_over_ranks(weights.sum((0, 2, 3)))
    if balance == "pixel":
        return sums.sum() / positive(masses.sum())
    return (sums / positive(masses)).sum() / (masses > 0).sum().clamp(min=1)


def _log_shares(scores: Tensor, hard_negatives: int) -> Tensor:
    """Return log(exp(s_k) / (exp(s_k) + sum of exp(s_j))), (B, K, h, w), over which j != k is said.

    Over all of them, or those `hard_negatives` with the highest scores. These are the first n of
    the n + 1 highest of all where k is none of them, and else the n others of the n + 1.
    """
    if not 0 < hard_negatives < scores.shape[1] - 1:
        return scores.log_softmax(1)
    top = scores.topk(hard_negatives + 1, dim=1).values
    among = top.logsumexp(1, keepdim=True)
    below = torch.logaddexp(top[:, :-1].logsumexp(1, keepdim=True), scores)
    return scores - torch.where(scores >= top[:, -1:], among, below)
