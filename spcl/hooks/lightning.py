"""A callback for Lightning: `Trainer(callbacks=[RecordCallback(...)])`.

Tested with lightning 2.6; the first process of several records.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spcl.hooks.common import Call, Recording, needs
from spcl.recorder.given.classes import Classes

try:
    from lightning.pytorch.callbacks import Callback
except ImportError:
    raise needs("lightning") from None


class RecordCallback(Callback):  # type: ignore[misc]
    """Record a fit; begun with it, and ended as it ends: finished, stopped or failed."""

    def __init__(
        self,
        runs: Path | str,
        classes: Classes,
        *,
        source: Any,
        target: Any,
        every: int = 500,
        predict: Call | None = None,
        **options: Any,
    ) -> None:
        """Keep what to record; the data sets are as for `spcl.recorder.record`.

        Args:
            runs: folder of all runs.
            classes: names of the classes, or as `record` takes them.
            source: validation images of the labelled domain.
            target: those of the other domain.
            every: updates between two snapshots.
            predict: module and images to logits, or (features, logits); the module's own call by
                default.
            options: all others of `record`.
        """
        call = predict or (lambda module, images: module(images))
        self.recording = Recording(
            runs, classes, every=every, call=call, source=source, target=target, **options
        )
        self._last = 0

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Make the run and observe the module before its first update."""
        if trainer.is_global_zero:
            self._last = trainer.global_step
            steps = trainer.estimated_stepping_batches
            known = int(steps) if steps != float("inf") else None
            self.recording.begin(trainer.global_step, pl_module, steps=known)

    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Record the numbers that were logged, and observe the module when it is due."""
        step = trainer.global_step
        if step == self._last:  # gradients are accumulated: no update yet
            return
        self._last = step
        loss = outputs.get("loss") if isinstance(outputs, Mapping) else outputs
        self.recording.log(step, {**trainer.callback_metrics, "loss": loss})
        self.recording.observe_if_due(step, pl_module)

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        """Observe the module once more; the run has finished."""
        self.recording.finish(trainer.global_step, pl_module)

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        """Record what ended the fit."""
        self.recording.break_off(exception)
