"""Directions of features, by cell and by class: lengths, cosines, and sums of a batch.

Shape suffixes: B images, C channels, K classes, N cells of the feature grid.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from spcl.method.precision import at_least_single

_SHORTEST = 1e-6  # a shorter vector has no direction: it becomes 0 and gets no gradient


class ClassSums(NamedTuple):
    """Sums of a batch's features, by class.

    Attributes:
        sums: summed unit features, (K, C), float32.
        counts: summed cells, (K,), float32; fractional where classes share a cell.
    """

    sums: Tensor
    counts: Tensor


def class_sums(features: Tensor, shares: Tensor) -> ClassSums:
    """Sum the unit features of each class, weighted by the class's share of each cell.

    Args:
        features: (B, C, h, w), any length and floating dtype.
        shares: share of each class in each cell, (B, K, h, w), in [0, 1].

    Example:
        >>> features = torch.tensor([[3.0, 0.0], [4.0, 2.0]]).view(1, 2, 1, 2)
        >>> class_sums(features, torch.tensor([1.0, 0.5]).view(1, 1, 1, 2))
        ClassSums(sums=tensor([[0.6000, 1.3000]]), counts=tensor([1.5000]))
    """
    sums, _ = image_class_sums(features, shares)
    return ClassSums(sums.sum(0), shares.to(sums).sum((0, 2, 3)))


def image_class_sums(features: Tensor, shares: Tensor) -> tuple[Tensor, Tensor]:
    """Return the same of each image, (B, K, C), and how many cells it has of each class, (B, K).

    Example:
        >>> features = torch.tensor([[3.0, 0.0], [4.0, 2.0]]).view(1, 2, 1, 2)
        >>> image_class_sums(features, torch.tensor([1.0, 0.5]).view(1, 1, 1, 2))
        (tensor([[[0.6000, 1.3000]]]), tensor([[1.5000]]))
    """
    exact_BCN = at_least_single(features).flatten(2)
    shares_BKN = shares.to(exact_BCN).flatten(2)
    # Scale the weights rather than the features, which are far larger and would be copied.
    weights_BKN = shares_BKN * inverse_lengths(exact_BCN)
    return torch.bmm(weights_BKN, exact_BCN.transpose(1, 2)), shares_BKN.sum(2)


def similarities(features: Tensor, vectors: Tensor) -> Tensor:
    """Return the dot product of every cell's unit feature with every vector, (B, K, h, w).

    It divides the products by the features' lengths rather than the features, which are far larger.

    Args:
        features: (B, C, h, w), any length and floating dtype.
        vectors: (K, C), not normalised here.

    Example:
        >>> similarities(torch.tensor([3.0, 4.0]).view(1, 2, 1, 1), torch.eye(2)).flatten()
        tensor([0.6000, 0.8000])
    """
    exact_BCN = at_least_single(features).flatten(2)
    products_BKN = vectors.to(exact_BCN) @ exact_BCN * inverse_lengths(exact_BCN)
    return products_BKN.reshape(len(features), len(vectors), *features.shape[2:])


def inverse_lengths(vectors: Tensor) -> Tensor:
    """Return 1 / length along dimension 1, which is kept; 0 for a zero vector.

    Example:
        >>> inverse_lengths(torch.tensor([[3.0, 4.0], [0.0, 0.0]]))
        tensor([[0.2000],
                [0.0000]])
    """
    length = torch.linalg.vector_norm(vectors, dim=1, keepdim=True)
    inverse: Tensor = (length > _SHORTEST) / length.clamp(min=_SHORTEST)
    return inverse


def unit_vectors(vectors: Tensor, *, dim: int = 1) -> Tensor:
    """Scale vectors along `dim` to length 1, in float32 or wider; a zero vector stays zero.

    Example:
        >>> unit_vectors(torch.tensor([[3.0, 4.0], [0.0, 0.0]]))
        tensor([[0.6000, 0.8000],
                [0.0000, 0.0000]])
    """
    exact = at_least_single(vectors)
    length = torch.linalg.vector_norm(exact, dim=dim, keepdim=True)
    units: Tensor = exact / length.clamp(min=_SHORTEST) * (length > _SHORTEST)
    return units


def positive(total: Tensor) -> Tensor:
    """Return sums to divide by, with 1 in the place of 0.

    Example:
        >>> positive(torch.tensor([0.0, 2.0]))
        tensor([1., 2.])
    """
    return torch.where(total > 0, total, 1)
