"""Batches as a pure function of (seed, step), so resuming needs the step but no sampler state.

The next batches are prepared while the model learns from the current one (`drawing.py`).
"""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from spcl.data.batches.batch import Batch, Frames
from spcl.data.batches.drawing import Draw, PreparedByProcesses, PreparedByThread, ViewOptions
from spcl.data.batches.transforms import to_tensor, whole_label, whole_view

__all__ = [
    "Batch",
    "BatchLoader",
    "Frames",
    "RareClassSampler",
    "ViewOptions",
    "labeled_batches",
    "whole_batches",
]


class BatchLoader:
    """Draws training batches; `batch(step)` depends only on seed, stream and step."""

    def __init__(
        self,
        frames: Frames,
        *,
        batch_size: int,
        view: ViewOptions,
        seed: int,
        stream: int,
        rare: "RareClassSampler | None" = None,
        device: torch.device | None = None,
        workers: int = 0,
    ) -> None:
        """Draw from `frames`.

        Args:
            frames: images and labels of the split.
            batch_size: images per batch.
            view: how each image is cropped.
            seed: the run's seed.
            stream: tells the loaders of one run apart (source 0, target 1).
            rare: draws half of each batch; all is drawn uniformly if None.
            device: where batches are sent, the CPU by default.
            workers: processes that prepare batches; 0 is a thread of this process.
        """
        self.frames = frames
        self.batch_size = batch_size
        self.view = view
        self.device = device or torch.device("cpu")
        self.draw = Draw(frames, batch_size=batch_size, view=view, key=(seed, stream), rare=rare)
        is_pinned = self.device.type == "cuda"
        self._ahead: PreparedByThread | PreparedByProcesses = (
            PreparedByProcesses(self.draw, workers=workers, is_pinned=is_pinned)
            if workers
            else PreparedByThread(self.draw, is_pinned=is_pinned)
        )

    def batch(self, step: int) -> Batch:
        """Return the batch of `step` on the device, and have the next one prepared."""
        return self._ahead.batch(step).on(self.device)

    def close(self) -> None:
        """Stop preparing batches, and end who does."""
        self._ahead.close()


class RareClassSampler:
    """Draws a class, rare ones more often, then an image with it (Hoyer et al., DAFormer)."""

    def __init__(self, counts: NDArray[np.int64], *, temperature: float = 0.1) -> None:
        """Weight each class by exp((1 - its share of the pixels) / temperature).

        Args:
            counts: pixels of each class in each image, (N, K), from the source labels.
            temperature: low values favour rare classes more.
        """
        shares = counts.sum(axis=0) / max(1, counts.sum())
        present = counts.sum(axis=0) > 0
        weights = np.where(present, np.exp((1 - shares) / temperature), 0)
        self._probabilities = weights / weights.sum()
        self._images = [np.flatnonzero(column > 0) for column in counts.T]

    def draw(self, random: np.random.Generator) -> int:
        """Return the index of an image that contains a class drawn by rarity."""
        return int(
            random.choice(
                self._images[random.choice(len(self._probabilities), p=self._probabilities)]
            )
        )


def whole_batches(
    frames: Frames, *, size: tuple[int, int], batch_size: int = 8, most: int | None = None
) -> Iterator[Batch]:
    """Yield whole images in order at `size`, without labels: all, or `most` evenly spaced ones."""
    count = len(frames) if most is None else min(most, len(frames))
    chosen = np.linspace(0, len(frames) - 1, count).round().astype(int)
    for start in range(0, count, batch_size):
        views = [whole_view(frames[int(i)][0], size) for i in chosen[start : start + batch_size]]
        yield Batch(to_tensor(views), None)


def labeled_batches(
    frames: Frames, *, size: tuple[int, int], batch_size: int = 8
) -> Iterator[Batch]:
    """Yield all whole images in order at `size`, with labels resized by nearest neighbour."""
    for start in range(0, len(frames), batch_size):
        pairs = [frames[i] for i in range(start, min(start + batch_size, len(frames)))]
        labels = [whole_label(label, size) for _, label in pairs if label is not None]
        images = to_tensor([whole_view(image, size) for image, _ in pairs])
        yield Batch(images, torch.from_numpy(np.stack(labels)).long())
