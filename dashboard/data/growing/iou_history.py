"""The IoU of whole splits over the steps of a run, each step read once.

They stand in `scores.jsonl`, also of steps whose snapshots are gone. Where a run has no such row of
a snapshot, its `scores.json` is read, most of which is about single images; kept here are a few
numbers a step, so that a long run costs little memory and a new step the reading of one row.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.data.checked import share_of
from dashboard.data.growing.jsonl_follower import follow
from spcl.store.growing.follower import GrowingRows
from spcl.store.reader import Run
from spcl.store.schema import DOMAINS
from spcl.store.scores.whole import is_whole

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
        self._rows: list[dict[str, Any]] = []
        self._num_read = 0
        self._in_rows: set[int] = set()
        self._made: tuple[tuple[int, ...], pd.DataFrame] | None = None

    def frame(self, steps: tuple[int, ...], names: Sequence[str]) -> pd.DataFrame:
        """Return step, domain, class, iou in [0, 1]; class None is the mean (do not change it).

        Of the snapshots at `steps` and of every other step that was scored. A domain without a
        mean has no scores of its whole split at a step, and so no rows.

        Raises:
            StoreError: a snapshot is damaged or missing.
        """
        with self._lock:
            self._read_rows()
            steps = tuple(sorted({*steps, *self._in_rows}))
            if self._made is None or self._made[0] != steps:
                self._made = steps, self._frame(steps, names)
            return self._made[1]

    def _read_rows(self) -> None:
        """Take the rows that are new; the last of a step counts, after a resume."""
        rows = follow(self._run.scored_rows(), GrowingRows).read()
        if rows is not self._rows:  # the file was replaced
            self._rows, self._num_read = rows, 0
        for row in rows[self._num_read :]:
            self._of_step[row["step"]] = iou_of(row, self._num_classes)
            self._in_rows.add(row["step"])
            self._made = None
        self._num_read = len(rows)

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
    return iou_of(run.snapshot(step).scores, num_classes)


def iou_of(scores: Mapping[str, Any], num_classes: int) -> NDArray[np.float64]:
    """Return the IoU of whole splits, as `read_iou`; those of a part count as none."""
    found = np.full((len(DOMAINS), 1 + num_classes), math.nan)
    for row, domain in zip(found, DOMAINS, strict=True):
        given = scores.get(domain)
        of_domain = given if isinstance(given, dict) and is_whole(given) else {}
        values = of_domain.get("per_class_iou")
        known = values if isinstance(values, list) else []
        row[0] = share_of(of_domain.get("mean_iou"))
        row[1 : 1 + len(known)] = [share_of(one) for one in known[:num_classes]]
    return found
