"""A hook for mmengine, and so for mmsegmentation and what is built on it.

In a configuration `custom_imports = dict(imports=["spcl.hooks.mmengine"])` and
`custom_hooks = [dict(type="RecordHook", ...)]`, or `Runner(custom_hooks=[RecordHook(...)])`.
Tested with mmengine 0.10 and mmsegmentation 1.2; the first process of several records. mmengine
tells no hook of an error: such a run is crashed once its process is gone.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spcl.hooks.common import Call, Recording, needs, paired
from spcl.hooks.mmseg import has_blue_first, pair, tensor_mode, with_red_first
from spcl.recorder.given.classes import Classes

try:
    from mmengine.dist import is_main_process
    from mmengine.hooks import Hook
    from mmengine.registry import DATASETS, HOOKS
except ImportError:
    raise needs("mmengine") from None


@HOOKS.register_module()
class RecordHook(Hook):  # type: ignore[misc]
    """Record a training."""

    priority = "LOW"

    def __init__(
        self,
        runs: Path | str,
        classes: Classes,
        source: Any,
        target: Any,
        every: int = 500,
        predict: Call | None = None,
        **options: Any,
    ) -> None:
        """Keep what to record.

        Args:
            runs: folder of all runs.
            classes: names of the classes, or as `spcl.recorder.record` takes them.
            source: validation images of the labelled domain: a data set, or the configuration of
                one; items are pairs, or `inputs` with `data_samples` as mmsegmentation has them.
            target: those of the other domain.
            every: updates between two snapshots.
            predict: model and images to logits, or (features, logits); by default the model's
                `mode="tensor"` after its data preprocessor, with features where it has a
                decode head of mmsegmentation.
            options: all others of `record`.
        """
        self._settings = {"runs": runs, "classes": classes, "every": every, **options}
        self._data = {"source": source, "target": target}
        self._call = predict or tensor_mode
        self.recording: Recording | None = None

    def before_train(self, runner: Any) -> None:
        """Make the run and observe the model before its first update."""
        if not is_main_process():
            return
        built = {name: _built(items) for name, items in self._data.items()}
        pictures = {"picture": with_red_first} if any(map(has_blue_first, built.values())) else {}
        data = {name: paired(items, pair) for name, items in built.items()}
        self.recording = Recording(**{**pictures, **self._settings}, **data, call=self._call)
        self.recording.begin(runner.iter, _bare(runner.model), steps=runner.max_iters)

    def after_train_iter(
        self, runner: Any, batch_idx: int, data_batch: Any = None, outputs: Any = None
    ) -> None:
        """Record the losses, and observe the model when it is due."""
        if self.recording is not None:
            step = runner.iter + 1
            self.recording.log(step, outputs if isinstance(outputs, Mapping) else {})
            self.recording.observe_if_due(step, _bare(runner.model))

    def after_train(self, runner: Any) -> None:
        """Observe the model once more; the run has finished."""
        if self.recording is not None:
            self.recording.finish(runner.iter, _bare(runner.model))


def _built(items: Any) -> Any:
    return DATASETS.build(items) if isinstance(items, Mapping) else items


def _bare(model: Any) -> Any:
    """Return the model inside the wrapper of several processes."""
    return getattr(model, "module", model)
