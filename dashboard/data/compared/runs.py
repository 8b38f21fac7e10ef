"""The runs of the Compare page: which can be compared with the one shown, and what they hold."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from dashboard.data import recorded, runs_folder
from dashboard.data.masks.changes import MaskChange, change_between
from dashboard.data.opened_run import OpenedRun, ReadRun
from dashboard.data.runs.infos import read_info
from spcl.store.compared.sides import Side, names_of, side_of
from spcl.store.errors import StoreError
from spcl.store.growing.update_table import seconds_of
from spcl.store.reader import Run
from spcl.store.schema import RunInfo
from spcl.store.scores.counts import Counts, cross_table

MOST_RUNS = 12
"""As many can be chosen."""


@dataclass(frozen=True)
class Contender(ReadRun):
    """A run among those that are compared.

    Attributes:
        steps: its snapshots, rising.
        side: its scores at the snapshot that is compared.
    """

    steps: tuple[int, ...]
    side: Side

    @cached_property
    def mean_iou(self) -> pd.DataFrame:
        """Return step, domain, class, iou of every snapshot (`recorded.iou_frame`)."""
        return recorded.iou_frame(self.path, self.steps, self.info.label_space.names)

    @cached_property
    def hours(self) -> dict[int, float]:
        """Return for each recorded step the hours since the run was started."""
        updates = recorded.updates(self.run)
        hours = (updates.time - seconds_of(self.info.started_at)) / 3600
        says_when = np.isfinite(hours)
        found = zip(updates.step[says_when].tolist(), hours[says_when].tolist(), strict=True)
        return {0: 0.0, **dict(found)}


def choices(opened: OpenedRun) -> dict[str, str]:
    """Return the other runs with the same classes, newest first: id -> what it is called."""
    found: list[RunInfo] = []
    for summary in recorded.run_list(str(runs_folder.runs_dir())):
        if summary.id == opened.info.id or summary.status == "damaged":
            continue
        try:
            info = read_info(Run(summary.path))
        except StoreError:
            continue
        if info.label_space.names == opened.info.label_space.names:
            found.append(info)
    return dict(zip((info.id for info in found), names_of(found), strict=True))


def of_opened(opened: OpenedRun) -> Contender:
    """Return the run shown, at the step shown."""
    assert opened.step is not None, "it has a snapshot"
    side = _side(opened.run, opened.info, opened.step)
    return Contender(opened.run, opened.info, tuple(opened.steps), side)


def contender(run_id: str, step: int | None = None) -> Contender | None:
    """Return another run at a step, or its latest (StoreError: damaged); None before the first."""
    run = Run(runs_folder.runs_dir() / run_id)
    info, steps = read_info(run), run.steps()
    if not steps:
        return None
    runs_folder.look_at(run.path)  # so that its measures are made, too
    at = step if step in steps else steps[-1]
    return Contender(run, info, tuple(steps), _side(run, info, at))


def has_snapshot(run_id: str) -> bool:
    """Return whether a run has a snapshot to compare."""
    return bool(Run(runs_folder.runs_dir() / run_id).steps())


def _side(run: Run, info: RunInfo, step: int) -> Side:
    return side_of(info, step, recorded.scores(str(run.path), step))


def image_rows(first: Contender, second: Contender) -> pd.DataFrame:
    """Return key, name, domain, before, after, gain of the images that both runs observe.

    `before` is the first run and `after` the second, mean IoU in [0, 1].
    """
    frames = [
        recorded.image_frame(one.path, one.side.step, None).set_index("key")
        for one in (first, second)
    ]
    known = set(recorded.images(first.path))
    common = [image.key for image in recorded.images(second.path) if image in known]
    frame = frames[1].loc[common].drop(columns=["before", "gain"])
    frame["before"] = frames[0].loc[common, "after"]
    frame["gain"] = frame["after"] - frame["before"]
    return frame.reset_index()


def image_change(first: Contender, second: Contender, key: str) -> MaskChange | None:
    """Return which pixels of an image which run has right; None without truth."""
    size = len(first.info.label_space)
    return change_between(
        first.path, first.side.step, second.path, second.side.step, key, num_classes=size
    )


def image_transfer(first: Contender, second: Contender, key: str) -> Counts:
    """Return pixels of an image by prediction of the first run (row) and the second, (K, K)."""
    one = first.run.snapshot(first.side.step).mask(key)
    other = second.run.snapshot(second.side.step).mask(key)
    size = len(first.info.label_space)
    if one.shape != other.shape:
        return np.zeros((size, size), np.int64)
    return cross_table(one, other, size)
