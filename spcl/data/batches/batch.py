"""A batch of images, and the decoded images of a split that batches are made of."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spcl.data.splits import Split


class Batch(NamedTuple):
    """Images (B, 3, H, W) in [0, 1] and class ids (B, H, W), 255 ignored, or None."""

    images: Tensor
    labels: Tensor | None

    def on(self, device: torch.device) -> "Batch":
        """Return the batch on `device`; from pinned memory it is sent while the device works."""
        images, labels = self
        return Batch(
            images.to(device, non_blocking=True),
            None if labels is None else labels.to(device, non_blocking=True),
        )

    def pinned(self) -> "Batch":
        """Return the batch in pinned memory, from which a CUDA device reads by itself."""
        images, labels = self
        return Batch(images.pin_memory(), None if labels is None else labels.pin_memory())


class Frames:
    """Decoded images and labels of a split, cached in memory up to a limit."""

    def __init__(self, split: Split, *, cache_mb: int) -> None:
        """Wrap `split` without reading anything; cache at most `cache_mb` megabytes."""
        self.split = split
        self._bytes_left = cache_mb * 1_000_000
        self._cache: dict[int, tuple[NDArray[np.uint8], NDArray[np.uint8] | None]] = {}

    def __len__(self) -> int:
        return len(self.split)

    def __getitem__(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
        if index in self._cache:
            return self._cache[index]
        image, label = self.split.read(index)
        size = image.nbytes + (label.nbytes if label is not None else 0)
        if size <= self._bytes_left:
            self._bytes_left -= size
            self._cache[index] = (image, label)
        return image, label
