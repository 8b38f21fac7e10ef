"""The IoU of every snapshot of a run, read once: a snapshot never changes after it is published.

Of a `scores.json`, most is about single images; kept here are a few numbers a step, so that a long
run costs little memory and a new snapshot costs the reading of one file.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.data.checked import share_of
from spcl.store.reader import Run
from spcl.store.schema import DOMAINS

_MOST_RUNS = 16
_registry_lock = Lock()
_registry: dict[tuple[str, int], "IouHistory"] = {}


def iou_history(run_path: str, num_classes: int) -> "IouHistory":
    """Return the history of a run; those of the runs looked at last are kept."""
    key = (run_path, num_classes)
    with _registry_lock:
        known = key in _registry
        history = _registry.pop(key) if known else IouHistory(run_path, num_classes)
        _registry[key] = history  # the one used last stands last
        while len(_registry) > _MOST_RUNS:
            del _registry[next(iter(_registry))]
    return history


class IouHistory:
    """Mean and per-class IoU of the snapshots of a run in both domains, as far as asked for."""

    def __init__(self, run_path: str, num_classes: int) -> None:
        """Begin with nothing read of the run at `run_path`."""
        self._run = Run(Path(run_path))
        self._num_classes = num_classes
        self._lock = Lock()
        self._of_step: dict[int, NDArray[np.float64]] = {}
        self._made: tuple[tuple[int, ...], pd.DataFrame] | None = None

    def frame(self, steps: tuple[int, ...], names: Sequence[str]) -> pd.DataFrame:
        """Return step, domain, class, iou in [0, 1]; class None is the mean (do not change it).

        A domain without a mean has no scores at a step, and so no rows.

        Raises:
            StoreError: a snapshot is damaged or missing.
        """
        with self._lock:
            if self._made is None or self._made[0] != steps:
                self._made = steps, self._frame(steps, names)
            return self._made[1]

    def _frame(self, steps: tuple[int, ...], names: Sequence[str]) -> pd.DataFrame:
        for step in steps:
            if step not in self._of_step:
                self._of_step[step] = read_iou(self._run, step, self._num_classes)
        shape = (len(steps), len(DOMAINS), 1 + self._num_classes)
        iou = np.array([self._of_step[step] for step in steps]).reshape(shape)
        scored = np.broadcast_to(np.isfinite(iou[:, :, :1]), shape)
        step, domain, name = (index[scored] for index in np.indices(shape, np.int32))
        words = np.array([None, *names], object)
        return pd.DataFrame(
            {
                "step": np.asarray(steps, np.int64)[step],
                "domain": pd.Series(np.array(DOMAINS, object)[domain], dtype=object),
                "class": pd.Series(words[name], dtype=object),
                "iou": iou[scored],
            }
        )


def read_iou(run: Run, step: int, num_classes: int) -> NDArray[np.float64]:
    """Return the IoU by domain and class, the mean first, (2, 1 + K); NaN where there is none.

    A class that is in neither truth nor prediction has none.

    Raises:
        StoreError: the snapshot is damaged or missing.
    """
    found = np.full((len(DOMAINS), 1 + num_classes), math.nan)
    scores = run.snapshot(step).scores
    for row, domain in zip(found, DOMAINS, strict=True):
        of_domain: dict[str, Any] = scores.get(domain) or {}
        values = of_domain.get("per_class_iou")
        known = values if isinstance(values, list) else []
        row[0] = share_of(of_domain.get("mean_iou"))
        row[1 : 1 + len(known)] = [share_of(one) for one in known[:num_classes]]
    return found
