"""Prototypes as a classifier, and as a second opinion on pseudo labels."""

import torch
from torch import Tensor

from spcl.method.prototypes import similarities, unit_vectors
from spcl.method.resize import upsample


def prototype_logits(
    features: Tensor, vectors: Tensor, seen: Tensor, *, temperature: float = 0.1
) -> Tensor:
    """Return the cosine of every cell to every prototype over the temperature, (B, K, h, w).

    Args:
        features: (B, C, h, w); compared by direction.
        vectors: prototypes, (K, C); compared by direction.
        seen: which exist, (K,), bool; the others are far below all.
        temperature: divides the cosines.
    """
    logits = similarities(features, unit_vectors(vectors)) / temperature
    return logits.masked_fill(~seen.view(1, -1, 1, 1), -1e4)


def rectified(probabilities: Tensor, cosines: Tensor) -> Tensor:
    """Return class probabilities weighed by the prototypes' opinion, (B, K, H, W), sum 1.

    p_k softmax_k(z.P / temperature), renormalised: a class far from the pixel's features loses.
    In the spirit of Zhang et al., ProDA (arXiv 2101.10979).

    Args:
        probabilities: the classifier's, (B, K, H, W).
        cosines: from `prototype_logits`, (B, K, h, w).
    """
    size = (int(probabilities.shape[2]), int(probabilities.shape[3]))
    opinion = upsample(cosines, size).softmax(1)
    product = probabilities * opinion
    total = product.sum(1, keepdim=True)
    return torch.where(total > 0, product / total.clamp(min=1e-12), probabilities)
