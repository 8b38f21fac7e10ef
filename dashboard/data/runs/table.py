"""One row a run: how it stands, its scores, what was noted; read anew only where the disk moved."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dashboard.data.growing.iou_history import iou_of, read_iou
from dashboard.data.runs.infos import read_info
from dashboard.data.runs.notes import notes_of
from spcl.store.edits.notes import RunNotes
from spcl.store.errors import StoreError
from spcl.store.reader import Run, RunSummary
from spcl.store.schema import DOMAINS, SCORED_FILE, Domain, RunInfo

_MOST_SNAPSHOTS, _MOST_RUNS = 4096, 1000


@dataclass(frozen=True)
class RunRow:
    """A run in the list.

    Attributes:
        summary: id, title, how it stands.
        notes: tags, note, archived.
        info: what `run.json` says; None of a damaged run.
        step: at which whole splits were scored last; None before the first snapshot.
        scores: IoU there by domain and class, the mean first, (2, 1 + K), NaN where there is none.
        before: the same at the end of the warm-up; None where that is not reached or recorded.
    """

    summary: RunSummary
    notes: RunNotes
    info: RunInfo | None = None
    step: int | None = None
    scores: NDArray[np.float64] | None = None
    before: NDArray[np.float64] | None = None

    @property
    def is_living(self) -> bool:
        """Return whether its training goes on, or may."""
        return self.summary.status in ("running", "stalled")

    def score(self, domain: Domain, class_name: str | None, *, before: bool = False) -> float:
        """Return the mean IoU, or that of a class, in [0, 1]; NaN where the run has none."""
        table = self.before if before else self.scores
        if table is None or self.info is None:
            return math.nan
        names = self.info.label_space.names
        if class_name is not None and class_name not in names:
            return math.nan
        column = 0 if class_name is None else 1 + names.index(class_name)
        return float(table[DOMAINS.index(domain), column])

    @property
    def data(self) -> str:
        """Return a short word that is equal for runs whose data have the same names and sizes."""
        found = (self.info.data or {}).get("names_and_sizes") if self.info else None
        return found[:6] if isinstance(found, str) else ""


def run_rows(summaries: Sequence[RunSummary]) -> list[RunRow]:
    """Return a row for each run, those in training first, otherwise in the given order."""
    rows = [_row(summary) for summary in summaries]
    return sorted(rows, key=lambda row: not row.is_living)


def _row(summary: RunSummary) -> RunRow:
    run = Run(summary.path)
    notes = notes_of(run)
    try:
        info, steps = read_info(run), run.steps()
    except StoreError:
        return RunRow(summary, notes)
    if not steps:
        return RunRow(summary, notes, info)
    whole = _whole_scores(run, info)
    step = max(whole, default=steps[-1])
    has_before = info.before_step is not None and info.before_step < step
    before = _scores(run, info.before_step, info, whole) if has_before else None
    return RunRow(summary, notes, info, step, _scores(run, step, info, whole), before)


def _whole_scores(run: Run, info: RunInfo) -> Mapping[int, NDArray[np.float64]]:
    """Return the scores of whole splits by step; none of a run that has them in snapshots alone."""
    try:
        found = (run.path / SCORED_FILE).stat()
    except OSError:
        return {}
    stamp = found.st_ino, found.st_mtime_ns, found.st_size
    return _rows_of(run.path, len(info.label_space), stamp)


@lru_cache(maxsize=_MOST_RUNS)
def _rows_of(
    path: Path, num_classes: int, stamp: tuple[int, int, int]
) -> Mapping[int, NDArray[np.float64]]:
    """Read the rows once, until the file is another: `stamp` tells."""
    return {row["step"]: iou_of(row, num_classes) for row in Run(path).scored_rows().read()}


def _scores(
    run: Run, step: int | None, info: RunInfo, whole: Mapping[int, NDArray[np.float64]]
) -> NDArray[np.float64] | None:
    if step is None or step in whole:
        return None if step is None else whole[step]
    try:
        return _read(run.path, step, len(info.label_space), info.started_at)
    except StoreError:
        return None


@lru_cache(maxsize=_MOST_SNAPSHOTS)
def _read(path: Path, step: int, num_classes: int, started_at: str) -> NDArray[np.float64]:
    """Read a snapshot once: it never changes; `started_at` tells a new run in an old place."""
    return read_iou(Run(path), step, num_classes)


def class_names(rows: Sequence[RunRow]) -> Mapping[str, str]:
    """Return display name by name of every class that some run has, in the order they come."""
    infos = (row.info for row in rows if row.info is not None)
    return {one.name: one.display for info in infos for one in info.label_space.classes}


def matching(rows: Sequence[RunRow], *, text: str, tags: Sequence[str]) -> list[RunRow]:
    """Return the rows that hold every word of `text` somewhere and have all of `tags`."""
    words = text.casefold().split()
    return [
        row
        for row in rows
        if set(tags) <= set(row.notes.tags)
        and all(word in _searched(row).casefold() for word in words)
    ]


def _searched(row: RunRow) -> str:
    one = row.summary
    return " ".join((one.title, one.id, one.status, row.notes.note, *row.notes.tags))
