"""Batches as a pure function of (seed, step), so resuming needs the step but no sampler state.

A thread prepares the next batch while the model learns from the current one.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spcl.data.splits import Split
from spcl.data.transforms import random_view, to_tensor, whole_label, whole_view


class Batch(NamedTuple):
    """Images (B, 3, H, W) in [0, 1] and class ids (B, H, W), 255 ignored, or None."""

    images: Tensor
    labels: Tensor | None


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


@dataclass(frozen=True)
class ViewOptions:
    """How training views are cropped: size (height, width) and range of magnification."""

    size: tuple[int, int]
    scale: tuple[float, float]


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
    ) -> None:
        """Draw from `frames`.

        Args:
            frames: images and labels of the split.
            batch_size: images per batch.
            view: how each image is cropped.
            seed: the run's seed.
            stream: tells the loaders of one run apart (source 0, target 1).
            rare: draws half of each batch; all is drawn uniformly if None.
        """
        self.frames = frames
        self.batch_size = batch_size
        self.view = view
        self.key = (seed, stream)
        self.rare = rare
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="loader")
        self._next: tuple[int, Future[Batch]] | None = None

    def batch(self, step: int) -> Batch:
        """Return the batch of `step` and start preparing the next one."""
        prepared, self._next = self._next, None
        if prepared is not None and prepared[0] == step:
            batch = prepared[1].result()
        else:
            batch = self._draw(step)
        self._next = (step + 1, self._pool.submit(self._draw, step + 1))
        return batch

    def close(self) -> None:
        """Stop preparing batches and end the thread."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _draw(self, step: int) -> Batch:
        random = np.random.default_rng([*self.key, step])
        views = [self._view(index, random) for index in self._indices(random)]
        images = to_tensor([image for image, _ in views])
        labels = [label for _, label in views if label is not None]
        if not labels:
            return Batch(images, None)
        return Batch(images, torch.from_numpy(np.stack(labels)).long())

    def _indices(self, random: np.random.Generator) -> list[int]:
        uniform = random.choice(
            len(self.frames), self.batch_size, replace=len(self.frames) < self.batch_size
        )
        if self.rare is None:
            return [int(index) for index in uniform]
        rare = [self.rare.draw(random) for _ in range(self.batch_size // 2)]
        return rare + [int(index) for index in uniform[len(rare) :]]

    def _view(
        self, index: int, random: np.random.Generator
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
        image, label = self.frames[index]
        return random_view(image, label, size=self.view.size, scale=self.view.scale, random=random)


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
