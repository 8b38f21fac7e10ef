"""A callback for the Trainer of transformers: `Trainer(callbacks=[RecordCallback(...)])`.

Tested with transformers 5; the first process of several records. The Trainer tells no callback of
an error: such a run is crashed once its process is gone.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spcl.hooks.common import Call, Recording, needs, paired
from spcl.recorder.given.classes import Classes

try:
    from transformers import TrainerCallback
except ImportError:
    raise needs("transformers") from None


class RecordCallback(TrainerCallback):  # type: ignore[misc]
    """Record a training."""

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
            source: validation images of the labelled domain: pairs, or dictionaries with
                `pixel_values` and, where there are any, `labels`.
            target: those of the other domain.
            every: updates between two snapshots.
            predict: model and images to logits, or (features, logits); by default the model's
                logits, and its last hidden state where that is a map.
            options: all others of `record`; `picture` where images are normalized.
        """
        data = {"source": paired(source, _pair), "target": paired(target, _pair)}
        call = predict or _logits_and_hidden_state
        self.recording = Recording(runs, classes, every=every, call=call, **data, **options)

    def on_train_begin(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Make the run and observe the model before its first update."""
        if state.is_world_process_zero:
            self.recording.begin(state.global_step, others["model"], steps=state.max_steps)

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **others: Any) -> None:
        """Record the numbers that the Trainer logs, as often as it does."""
        self.recording.log(state.global_step, logs or {})

    def on_step_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Observe the model when it is due."""
        self.recording.observe_if_due(state.global_step, others["model"])

    def on_train_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Observe the model once more; the run has finished."""
        self.recording.finish(state.global_step, others["model"])


def _pair(item: Mapping[str, Any]) -> tuple[Any, Any]:
    return item["pixel_values"], item.get("labels")


def _logits_and_hidden_state(model: Any, images: Any) -> Any:
    output = model(pixel_values=images, output_hidden_states=True)
    hidden = (output.hidden_states or (None,))[-1]
    return (hidden if hidden is not None and hidden.ndim == 4 else None), output.logits
