"""Class mixing: paste the pixels of half the classes of a source image onto a target image.

Which half is drawn at random, or by rarity.

After Olsson et al. 2021 (arXiv 2007.07936) and, across domains, Tranheden et al. 2021
(arXiv 2007.08702).
"""

from typing import NamedTuple

import torch
from torch import Tensor

from spcl.label_space import IGNORE_INDEX
from spcl.method.ranks.sums import num_ranks, own_rows

_NUM_IDS = IGNORE_INDEX + 1


class Mixed(NamedTuple):
    """A batch of mixed images.

    Attributes:
        images: (B, 3, H, W).
        labels: class ids, (B, H, W), int64.
        weights: weight of each pixel in the loss, (B, H, W); 1 where source was pasted.
        pasted: where source was pasted, (B, H, W), bool.
    """

    images: Tensor
    labels: Tensor
    weights: Tensor
    pasted: Tensor


def class_mix(
    source_images: Tensor,
    source_labels: Tensor,
    target_images: Tensor,
    target_labels: Tensor,
    target_weights: Tensor,
    generator: torch.Generator,
    *,
    rarity: Tensor | None = None,
) -> Mixed:
    """Paste a random half (rounded up) of each source image's classes onto a target image.

    Target image i receives classes of source image i, wrapping around if there are fewer source
    images. Ignored pixels are never pasted.

    Args:
        source_images: (A, 3, H, W).
        source_labels: class ids, (A, H, W), int64.
        target_images: (B, 3, H, W).
        target_labels: class ids, (B, H, W), int64.
        target_weights: (B, H, W), in [0, 1].
        generator: source of randomness, on the CPU.
        rarity: weight of each class when the half is drawn, (K,); all alike if not given.

    Example:
        >>> source, target = torch.tensor([[[0, 1, 255]]]), torch.tensor([[[5, 5, 5]]])
        >>> mixed = class_mix(
        ...     torch.ones(1, 3, 1, 3), source, torch.zeros(1, 3, 1, 3), target,
        ...     torch.full((1, 1, 3), 0.5), torch.Generator().manual_seed(0),
        ... )
        >>> mixed.labels, mixed.weights
        (tensor([[[0, 5, 5]]]), tensor([[[1.0000, 0.5000, 0.5000]]]))
    """
    partner = torch.arange(len(target_images), device=source_images.device) % len(source_images)
    images, labels = source_images[partner], source_labels[partner]
    chosen = _random_half(_present(labels), generator, rarity)
    pasted = chosen.gather(1, labels.flatten(1)).view_as(labels)
    return Mixed(
        torch.where(pasted.unsqueeze(1), images, target_images),
        torch.where(pasted, labels, target_labels),
        torch.where(pasted, 1, target_weights),
        pasted,
    )


def _present(labels: Tensor) -> Tensor:
    """Return which class ids occur in each image, (B, 256), bool; never the ignored one."""
    present = torch.zeros(len(labels), _NUM_IDS, dtype=torch.bool, device=labels.device)
    present.scatter_(1, labels.flatten(1), True)
    present[:, IGNORE_INDEX] = False
    return present


def class_rarity(pixel_counts: Tensor, *, temperature: float = 0.1) -> Tensor:
    """Return a weight for each class, (K,), the more the rarer, as rare images are drawn by.

    exp((1 - its share of the pixels) / temperature), the rarest 1 (Hoyer et al., DAFormer, eq. 5).

    Args:
        pixel_counts: pixels of each class, (K,).
        temperature: low values favour rare classes more.

    Example:
        >>> class_rarity(torch.tensor([50, 30, 20]))
        tensor([0.0498, 0.3679, 1.0000])
    """
    shares = pixel_counts.double() / pixel_counts.sum().clamp(min=1)
    return torch.exp((shares.min() - shares) / temperature).float()


def _random_half(present: Tensor, generator: torch.Generator, rarity: Tensor | None) -> Tensor:
    """Return a random half of the ids present in each row, (B, 256), bool."""
    shape = (len(present) * num_ranks(), present.shape[1])  # as one process draws for all images
    draws = own_rows(torch.rand(shape, generator=generator))
    if rarity is not None:
        draws = _waiting_times(draws, rarity)
    draws = draws.to(present.device, non_blocking=True)
    order = torch.where(present, draws, 2.0).argsort(dim=1)
    rank = order.argsort(dim=1)
    half = (present.sum(1, keepdim=True) + 1) // 2
    return rank < half


def _waiting_times(draws: Tensor, rarity: Tensor) -> Tensor:
    """Return times whose order draws ids without putting back, in (0, 1], (B, 256).

    Of exponential waiting times with these rates the first ends at each with a chance in
    proportion to its rate, and so do those left (Efraimidis and Spirakis 2006).
    """
    rates = draws.new_ones(_NUM_IDS)
    rates[: len(rarity)] = rarity.to(draws)
    waited = -torch.log(draws.clamp(min=1e-30)) / rates
    return waited / (1 + waited)
