"""What the hooks share: when a run begins, is observed and ends, and how a model is called."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from spcl.errors import UserError, sentence
from spcl.recorder import RecordedRun, record
from spcl.recorder.given.classes import Classes

Call = Callable[[Any, Any], Any]
"""Model and batch of images on its device -> logits, (features, logits) or class ids."""


class Recording:
    """A run that begins with a trainer's first step and ends with its last."""

    def __init__(
        self, runs: Path | str, classes: Classes, *, every: int, call: Call, **options: Any
    ) -> None:
        """Keep what `spcl.recorder.record` needs; nothing is written before `begin`.

        Args:
            runs: folder of all runs.
            classes: the classes.
            every: updates between two snapshots.
            call: how the model is asked.
            options: source, target and all others of `record`.
        """
        if not isinstance(every, int) or every < 1:
            raise UserError(f"every is {every!r}; use a whole number of updates from 1")
        self.every = every
        self.run: RecordedRun | None = None
        self._begin = {"runs": runs, "classes": classes, **options}
        self._call = call
        self._observed: int | None = None

    def begin(self, step: int, model: nn.Module, *, steps: int | None) -> None:
        """Make the run and take its first snapshot."""
        planned = {"steps": steps} if steps and steps > 0 else {}
        self.run = record(**{**planned, **self._begin})
        self.observe(step, model)

    def log(self, step: int, values: Mapping[str, Any]) -> None:
        """Record the numbers of an update; what is no number is left out."""
        if self.run is not None:
            self.run.log(step, {name: one for name, one in values.items() if _is_number(one)})

    def observe(self, step: int, model: nn.Module) -> None:
        """Take a snapshot, unless there is one of this step."""
        if self.run is not None and step != self._observed:
            self.run.snapshot(step, lambda images: _asked(model, images, self._call))
            self._observed = step

    def observe_if_due(self, step: int, model: nn.Module) -> None:
        """Take a snapshot at every `every` updates."""
        if step % self.every == 0:
            self.observe(step, model)

    def finish(self, step: int, model: nn.Module) -> None:
        """Take the last snapshot and record that the run has finished."""
        self.observe(step, model)
        if self.run is not None:
            self.run.end()

    def break_off(self, error: BaseException) -> None:
        """Record what ended the run early."""
        if self.run is None:
            return
        if isinstance(error, Exception):
            self.run.end("failed", failure=sentence(error))
        else:
            self.run.end("stopped")


def _asked(model: nn.Module, images: Any, call: Call) -> Any:
    """Return what a model says in its eval mode, on its device; its mode is put back."""
    was_training = model.training
    device = next((parameter.device for parameter in model.parameters()), None)
    model.eval()
    try:
        return call(model, torch.as_tensor(images).to(device))
    finally:
        model.train(was_training)


def _is_number(value: Any) -> bool:
    if isinstance(value, torch.Tensor):
        return value.numel() == 1
    return isinstance(value, int | float) and not isinstance(value, bool)


class Pairs:
    """A data set of dictionaries as (image, label or None)."""

    def __init__(self, items: Any, pair: Callable[[Mapping[str, Any]], tuple[Any, Any]]) -> None:
        """Read `items` by `pair`; those that are pairs already stay as they are."""
        self._items = items
        self._pair = pair

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, index: int) -> Any:
        item = self._items[index]
        return self._pair(item) if isinstance(item, Mapping) else item


def paired(items: Any, pair: Callable[[Mapping[str, Any]], tuple[Any, Any]]) -> Any:
    """Return `items` as pairs, if they can be counted and numbered at all."""
    return Pairs(items, pair) if hasattr(items, "__getitem__") else items


def needs(library: str) -> UserError:
    """Return the error for a library that is not installed."""
    return UserError(f"this hook needs {library}, which is not installed; pip install {library}")
