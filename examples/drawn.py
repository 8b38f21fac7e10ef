"""Drawn scenes for the examples: a road below a house and the sky, by day and at dusk."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

CLASSES = ("road", "building", "sky", "person")
COLORS = np.array([[128, 64, 128], [70, 70, 70], [70, 130, 180], [220, 20, 60]])
SIZE = (24, 48)

Scene = tuple[NDArray[np.uint8], NDArray[np.int64] | None]


def scenes(count: int, *, dark: bool = False, labels: bool = True, seed: int = 0) -> list[Scene]:
    """Return images (24, 48, 3) of bytes with their class ids (24, 48), or None."""
    random = np.random.default_rng([seed, dark])
    found: list[Scene] = []
    for _ in range(count):
        label = np.zeros(SIZE, np.int64)
        label[:12] = 1
        label[:6, 10:] = 2
        left = int(random.integers(0, 40))
        label[14:22, left : left + 6] = 3
        image = COLORS[label] // (2 if dark else 1) + random.normal(0, 8, (*SIZE, 3))
        found.append((np.clip(image, 0, 255).astype(np.uint8), label if labels else None))
    return found


def tensors(pairs: list[Scene]) -> Any:
    """Return a torch data set of images (3, 24, 48) in [0, 1] and class ids (24, 48)."""
    import torch
    from torch.utils.data import TensorDataset

    images = np.stack([image for image, _ in pairs]).transpose(0, 3, 1, 2) / np.float32(255)
    labels = np.stack([label for _, label in pairs if label is not None])
    return TensorDataset(torch.from_numpy(images), torch.from_numpy(labels))
