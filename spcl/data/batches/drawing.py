"""The batch of a step, and who prepares it ahead: a thread of this process, or processes."""

import itertools
import signal
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset

from spcl.data.batches.batch import Batch, Frames
from spcl.data.batches.transforms import random_view, to_tensor
from spcl.label_space import IGNORE_INDEX
from spcl.method.ranks.sums import num_ranks, rank

View = tuple[NDArray[np.uint8], NDArray[np.uint8] | None]
_TRIES = 10
"""Views that are tried for one that no class fills, as is common."""


@dataclass(frozen=True)
class ViewOptions:
    """How training views are cropped.

    Attributes:
        size: height and width.
        scale: smallest and largest magnification.
        most: share of a view's labelled pixels that one class may take, where it can be helped.
    """

    size: tuple[int, int]
    scale: tuple[float, float]
    most: float = 1.0


class Sampler(Protocol):
    """Draws images by another rule than uniformly."""

    def draw(self, random: np.random.Generator) -> int:
        """Return the index of an image."""
        ...


class Draw(Dataset[Batch]):
    """The batches of a loader as a data set, whose item at `step` is the batch of that step.

    An item depends on seed, stream and step alone. Of several ranks each makes its own share of it.
    """

    def __init__(
        self,
        frames: Frames,
        *,
        batch_size: int,
        view: ViewOptions,
        key: tuple[int, int],
        rare: Sampler | None,
    ) -> None:
        """Draw as `spcl.data.batches.loaders.BatchLoader` says; `key` is seed and stream."""
        self.frames = frames
        self.batch_size = batch_size
        self.view = view
        self.key = key
        self.rare = rare
        share = batch_size // num_ranks()
        self._own = slice(rank() * share, (rank() + 1) * share)

    def __getitem__(self, step: int) -> Batch:
        random = np.random.default_rng([*self.key, step])
        indices = self._indices(random)
        tries = random.random((1, len(indices), 4))
        if self.view.most < 1:
            tries = np.concatenate([tries, random.random((_TRIES - 1, len(indices), 4))])
        own = zip(indices[self._own], tries.swapaxes(0, 1)[self._own], strict=True)
        views = [self._view(index, draws) for index, draws in own]
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

    def _view(self, index: int, draws: NDArray[np.float64]) -> View:
        """Return the first view that no class fills, of `draws` (tries, 4), else the most even."""
        image, label = self.frames[index]
        best: tuple[float, View] | None = None
        for four in draws:
            view = random_view(image, label, size=self.view.size, scale=self.view.scale, draws=four)
            filled = 0.0 if view[1] is None or self.view.most == 1 else largest_share(view[1])
            if best is None or filled < best[0]:
                best = filled, view
            if filled <= self.view.most:
                return view
        assert best is not None, "there is at least one try"
        return best[1]


def largest_share(label: NDArray[np.uint8]) -> float:
    """Return the share of the labelled pixels that the most frequent class takes, in [0, 1]."""
    counts = np.bincount(label.ravel(), minlength=IGNORE_INDEX + 1)[:IGNORE_INDEX]
    return float(counts.max() / max(1, counts.sum()))


class PreparedByThread:
    """A thread prepares the next batch while the model learns from the current one."""

    def __init__(self, draw: Draw, *, is_pinned: bool) -> None:
        """Prepare what `draw` draws, in pinned memory if `is_pinned`."""
        self._draw = draw
        self._is_pinned = is_pinned
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="loader")
        self._next: tuple[int, Future[Batch]] | None = None

    def batch(self, step: int) -> Batch:
        """Return the batch of `step` and start preparing the next one."""
        prepared, self._next = self._next, None
        if prepared is not None and prepared[0] == step:
            batch = prepared[1].result()
        else:
            batch = self._make(step)
        self._next = (step + 1, self._pool.submit(self._make, step + 1))
        return batch

    def close(self) -> None:
        """Stop preparing batches and end the thread."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _make(self, step: int) -> Batch:
        batch = self._draw[step]
        return batch.pinned() if self._is_pinned else batch


class PreparedByProcesses:
    """Worker processes prepare the next batches; they start at the first batch asked for."""

    def __init__(self, draw: Draw, *, workers: int, is_pinned: bool) -> None:
        """Have `workers` processes prepare what `draw` draws."""
        self._draw = draw
        self._workers = workers
        self._is_pinned = is_pinned
        self._batches: Iterator[Batch] | None = None
        self._step = -1

    def batch(self, step: int) -> Batch:
        """Return the batch of `step`; where it is not the next one, the processes begin there."""
        if self._batches is None or step != self._step:
            self._batches = self._from(step)
        self._step = step + 1
        return Batch(*next(self._batches))

    def close(self) -> None:
        """End the processes."""
        self._batches = None

    def _from(self, step: int) -> Iterator[Batch]:
        return iter(
            DataLoader(
                self._draw,
                batch_size=None,
                sampler=itertools.count(step),  # any iterable will do
                num_workers=self._workers,
                pin_memory=self._is_pinned,
                worker_init_fn=_ignore_interrupt,
            )
        )


def _ignore_interrupt(_: int) -> None:
    """Leave Ctrl-C to the process that trains; it ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
