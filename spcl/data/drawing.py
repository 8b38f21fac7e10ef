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

from spcl.data.batch import Batch, Frames
from spcl.data.transforms import random_view, to_tensor
from spcl.method.ranks.sums import num_ranks, rank


@dataclass(frozen=True)
class ViewOptions:
    """How training views are cropped: size (height, width) and range of magnification."""

    size: tuple[int, int]
    scale: tuple[float, float]


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
        """Draw as `spcl.data.loaders.BatchLoader` says; `key` is seed and stream."""
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
        draws = random.random((len(indices), 4))
        own = zip(indices[self._own], draws[self._own], strict=True)
        views = [self._view(index, four) for index, four in own]
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
        self, index: int, draws: NDArray[np.float64]
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
        image, label = self.frames[index]
        return random_view(image, label, size=self.view.size, scale=self.view.scale, draws=draws)


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
