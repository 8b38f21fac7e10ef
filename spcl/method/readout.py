"""Use the prototypes as a classifier, and to correct pseudo labels."""

import torch
from torch import Tensor

from spcl.method.classes.vectors import similarities, unit_vectors
from spcl.method.grid.resize import upsample


def prototype_logits(
    features: Tensor, vectors: Tensor, seen: Tensor, *, temperature: float = 0.1
) -> Tensor:
    """Return the cosine of every cell to every prototype, over the temperature, (B, K, h, w).

    Args:
        features: (B, C, h, w); only their direction counts.
        vectors: prototypes, (K, C); only their direction counts.
        seen: which classes have a prototype, (K,), bool; the others get -10,000.
        temperature: divides the cosines.

    Example:
        >>> features = torch.tensor([3.0, 4.0]).view(1, 2, 1, 1)
        >>> prototype_logits(features, torch.eye(2), torch.tensor([True, False])).flatten()
        tensor([ 6.0000e+00, -1.0000e+04])
    """
    logits = similarities(features, unit_vectors(vectors)) / temperature
    return logits.masked_fill(~seen.view(1, -1, 1, 1), -1e4)


def rectified(probabilities: Tensor, logits: Tensor) -> Tensor:
    """Return class probabilities reweighted by the prototypes, (B, K, H, W), summing to 1.

    p_k softmax_k(z.P / temperature), renormalised, so a class far from the pixel's feature loses
    probability. In the spirit of Zhang et al., ProDA (arXiv 2101.10979).

    Args:
        probabilities: the classifier's, (B, K, H, W).
        logits: from `prototype_logits`, (B, K, h, w).

    Example:
        >>> probabilities = torch.tensor([0.6, 0.4]).view(1, 2, 1, 1)
        >>> rectified(probabilities, torch.tensor([0.0, 1.0]).view(1, 2, 1, 1)).flatten()
        tensor([0.3556, 0.6444])
    """
    size = (int(probabilities.shape[2]), int(probabilities.shape[3]))
    product = probabilities * upsample(logits, size).softmax(1)
    total = product.sum(1, keepdim=True)
    return torch.where(total > 0, product / total.clamp(min=1e-12), probabilities)
