"""Random features of cells and the shares of classes in them."""

import torch
from torch import Tensor

K, C = 3, 5


def cells(seed: int, *, num_images: int = 2) -> tuple[Tensor, Tensor]:
    """Return features (B, C, 4, 4) and shares (B, K, 4, 4) that add up to 1."""
    random = torch.Generator().manual_seed(seed)
    features = torch.randn(num_images, C, 4, 4, generator=random)
    return features, torch.rand(num_images, K, 4, 4, generator=random).softmax(1)


def without(shares: Tensor, absent: int) -> Tensor:
    """Return the shares with a class that is in no cell."""
    left = shares.clone()
    left[:, absent] = 0
    return left


def units(features: Tensor) -> Tensor:
    """Return the unit features of all cells as rows, (B * h * w, C)."""
    rows = features.permute(0, 2, 3, 1).reshape(-1, features.shape[1])
    return rows / rows.norm(dim=1, keepdim=True)


def rows(shares: Tensor) -> Tensor:
    """Return the shares of all cells as rows, (B * h * w, K)."""
    return shares.permute(0, 2, 3, 1).reshape(-1, shares.shape[1])
