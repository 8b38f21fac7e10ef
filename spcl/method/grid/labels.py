"""Bring labels to the feature grid without losing thin classes.

A pole is one or two pixels wide in a cell of 8x8: a majority vote deletes it, shares keep it.
"""

from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional as F

from spcl.label_space import IGNORE_INDEX


def label_shares(
    labels: Tensor, num_classes: int, *, size: tuple[int, int], weights: Tensor | None = None
) -> Tensor:
    """Return the share of each feature cell that each class covers.

    Args:
        labels: class ids, (B, H, W), int64; 255 belongs to no class.
        num_classes: K.
        size: height h and width w of the feature grid; each pixel belongs to one cell.
        weights: weight of each pixel, (B, H, W), in [0, 1]; 1 if not given.

    Returns:
        Shares of the cell's area, (B, K, h, w), float32 in [0, 1]; they sum to less than 1 where
        pixels are ignored or weigh less than 1.

    Example:
        >>> labels = torch.tensor([[[0, 0, 1, 255], [0, 1, 1, 1]]])
        >>> label_shares(labels, 2, size=(1, 2))
        tensor([[[[0.7500, 0.0000]],
        <BLANKLINE>
                 [[0.2500, 0.7500]]]])
    """
    num_images, height, width = labels.shape
    area = _cell_areas((height, width), size, labels.device)
    cells = _cells(labels, size)
    valid = labels != IGNORE_INDEX
    # An extra bin collects the ignored pixels and is cut off again.
    slots = cells * (num_classes + 1) + torch.where(valid, labels, num_classes)
    total = num_images * size[0] * size[1] * (num_classes + 1)
    each = torch.ones_like(slots, dtype=torch.float32) if weights is None else weights.float()
    counts = slot_sums(slots, each, num_slots=total)
    by_class = counts.view(num_images, *size, num_classes + 1)[..., :num_classes]
    return by_class.permute(0, 3, 1, 2) / area


def slot_sums(slots: Tensor, values: Tensor, *, num_slots: int) -> Tensor:
    """Return the sum of the values in each slot, (num_slots,), in the dtype of the values.

    As `torch.bincount`, which makes a GPU wait, because its result has as many slots as occur.

    Args:
        slots: where each value belongs, any shape, int64 in [0, num_slots).
        values: of the same shape.
        num_slots: length of the result.

    Example:
        >>> slot_sums(torch.tensor([0, 2, 2]), torch.tensor([1.0, 0.5, 1.0]), num_slots=4)
        tensor([1.0000, 0.0000, 1.5000, 0.0000])
    """
    return values.new_zeros(num_slots).scatter_add_(0, slots.flatten(), values.flatten())


def majority_labels(
    shares: Tensor, *, min_share: float = 0.5, min_labeled: float = 1 / 16
) -> Tensor:
    """Return the class that covers at least `min_share` of a cell's labelled area, else 255.

    Args:
        shares: from `label_shares`, (B, K, h, w), in [0, 1].
        min_share: smallest share of the labelled area that the winning class must cover.
        min_labeled: smallest share of the cell that must be labelled (1/16: 4 pixels at stride 8).

    Returns:
        Class ids, (B, h, w), int64.

    Example:
        >>> shares = torch.tensor([[0.7, 0.4, 0.02], [0.2, 0.5, 0.0], [0.0, 0.1, 0.0]])
        >>> majority_labels(shares.view(1, 3, 1, 3))
        tensor([[[  0,   1, 255]]])
    """
    labeled = shares.sum(1)
    share, winner = shares.max(1)
    is_clear = (share >= min_share * labeled) & (labeled >= min_labeled)
    return torch.where(is_clear, winner, IGNORE_INDEX)


def nearest_labels(labels: Tensor, *, size: tuple[int, int]) -> Tensor:
    """Return the label at the centre of each cell: ids (B, H, W) -> ids (B, *size), int64.

    Example:
        >>> nearest_labels(torch.arange(16).view(1, 4, 4), size=(2, 2))
        tensor([[[ 5,  7],
                 [13, 15]]])
    """
    rows = _centers(labels.shape[1], size[0], labels.device)
    columns = _centers(labels.shape[2], size[1], labels.device)
    return labels[:, rows[:, None], columns[None, :]].long()


def one_hot_shares(labels: Tensor, num_classes: int) -> Tensor:
    """Return class ids (B, h, w), 255 ignored, as shares (B, K, h, w), float32, each 0 or 1.

    Example:
        >>> one_hot_shares(torch.tensor([[[1, 255]]]), 2)
        tensor([[[[0., 0.]],
        <BLANKLINE>
                 [[1., 0.]]]])
    """
    valid = labels != IGNORE_INDEX
    hot = F.one_hot(torch.where(valid, labels, 0), num_classes).float()
    return (hot * valid.unsqueeze(-1)).permute(0, 3, 1, 2)


def _cells(labels: Tensor, size: tuple[int, int]) -> Tensor:
    """Return the index of each pixel's cell, counted over the whole batch, (B, H, W)."""
    num_images, height, width = labels.shape
    rows = _cell_of(height, size[0], labels.device)
    columns = _cell_of(width, size[1], labels.device)
    images = torch.arange(num_images, device=labels.device)
    return (images[:, None, None] * size[0] + rows[:, None]) * size[1] + columns


def _cell_of(length: int, num_cells: int, device: torch.device) -> Tensor:
    return torch.arange(length, device=device) * num_cells // length


@lru_cache(maxsize=64)
def _cell_areas(size: tuple[int, int], grid: tuple[int, int], device: torch.device) -> Tensor:
    """Return the pixels of each cell of an image of `size`, (*grid), int64; kept on `device`."""
    with torch.inference_mode(False):  # a cached inference tensor could not be used in training
        tall, wide = (
            torch.bincount(_cell_of(length, cells, torch.device("cpu")), minlength=cells)
            for length, cells in zip(size, grid, strict=True)
        )
        return tall.clamp(min=1).outer(wide.clamp(min=1)).to(device)


def _centers(length: int, num_cells: int, device: torch.device) -> Tensor:
    return (2 * torch.arange(num_cells, device=device) + 1) * length // (2 * num_cells)
