"""What the story reads of a run: counts before and now, pictures, the map, runs like it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.data import recorded, runs_folder
from dashboard.data.masks.changes import mask_transfer
from dashboard.data.opened_run import OpenedRun
from dashboard.data.runs.infos import read_info
from spcl.store.baselines.reader import Baseline
from spcl.store.compared.counted import Counted, counted
from spcl.store.compared.settings import settings_of
from spcl.store.derived.reader import Layout
from spcl.store.errors import StoreError
from spcl.store.reader import Run, RunSummary
from spcl.store.schema import DOMAINS, Domain, RunInfo
from spcl.store.scores.counts import Counts

_MOST_OTHERS = 9


@dataclass(frozen=True)
class OtherRun:
    """A finished run with the same settings and another seed, on the target."""

    seed: int
    before: Counted
    now: Counted


@dataclass(frozen=True)
class StoryRead:
    """What is on disk for the story of a run at a step; None for what is not there.

    Attributes:
        info: the run.
        path: its folder.
        status: how it stands.
        step: the snapshot shown.
        now: the scores of each domain at that step.
        before: the scores at the reference step, if the step shown lies behind it.
        names: of the target's probe images, by key.
        transfers: without target labels: each picture's pixels by prediction before (row) and now,
            (K, K), by its key.
        gaps: class -> domain gap before and now, in class spreads.
        gaps_by_labels: whether the target's classes are true in them.
        has_map: whether there is a projection of the step.
        baselines: what the run is compared with.
        others: runs with the same settings.
    """

    info: RunInfo
    path: Path
    status: str
    step: int
    now: Mapping[Domain, Counted | None]
    before: Mapping[Domain, Counted | None]
    names: Mapping[str, str]
    transfers: Mapping[str, Counts]
    gaps: Mapping[str, tuple[float, float]]
    gaps_by_labels: bool
    has_map: bool
    baselines: tuple[Baseline, ...]
    others: tuple[OtherRun, ...]


def read_story(opened: OpenedRun, step: int) -> StoryRead:
    """Return what the story of a run is told from (StoreError: the snapshot is damaged)."""
    before, size = opened.compared_step, len(opened.classes)
    scores = recorded.scores(opened.path, step)
    now = _counted(scores, size)
    images = recorded.images(opened.path)
    gaps, by_labels = _gaps(recorded.measures_frame(opened.run, over=["domain_gap"]), step, before)
    return StoryRead(
        info=opened.info,
        path=opened.run.path,
        status=opened.status.kind,
        step=step,
        now=now,
        before=_counted(recorded.scores_like(opened.path, before, scores), size)
        if before is not None
        else {},
        names={image.key: image.name for image in images if image.domain == "target"},
        transfers=_transfers(opened, before, step) if now["target"] is None else {},
        gaps=gaps,
        gaps_by_labels=by_labels,
        has_map=map_layout(opened, step) is not None,
        baselines=_baselines(opened.run),
        others=_others(opened) if step == opened.info.total_steps else (),
    )


def both_domains(path: str, step: int, size: int) -> dict[Domain, Counted | None]:
    """Return the scores of both domains at a step; None where there are no labels."""
    return _counted(recorded.scores(path, step), size)


def _counted(scores: Mapping[str, Any], size: int) -> dict[Domain, Counted | None]:
    return {domain: counted(scores.get(domain), size) for domain in DOMAINS}


def _transfers(opened: OpenedRun, before: int | None, step: int) -> dict[str, Counts]:
    if before is None:
        return {}
    keys = [image.key for image in recorded.images(opened.path) if image.domain == "target"]
    size = len(opened.classes)
    return {key: mask_transfer(opened.path, before, step, key, size) for key in keys}


def _gaps(
    measures: pd.DataFrame, step: int, before: int | None
) -> tuple[dict[str, tuple[float, float]], bool]:
    """Return the gaps of the classes that have one at both steps, and whether truth is behind."""
    rows = measures[(measures["measure"] == "domain_gap") & measures["class"].notna()]
    by_labels = bool((rows["labels"] == "truth").any())
    rows = rows[rows["labels"] == ("truth" if by_labels else "pseudo")]
    table = rows.pivot_table("value", index="class", columns="step", sort=False)
    if before not in table or step not in table:
        return {}, by_labels
    known = table[[before, step]].dropna()
    pairs = zip(known.index, known[before], known[step], strict=True)
    return {str(name): (float(then), float(now)) for name, then, now in pairs}, by_labels


def _baselines(run: Run) -> tuple[Baseline, ...]:
    try:
        return recorded.baselines(run)
    except StoreError:  # the live page says it
        return ()


def _others(opened: OpenedRun) -> tuple[OtherRun, ...]:
    """Return finished runs of the same folder, settings and data, one for each other seed."""
    wanted, size = settings_of(opened.info), len(opened.classes)
    found: dict[int, OtherRun] = {}
    for summary in recorded.run_list(str(runs_folder.runs_dir())):
        if summary.status != "finished" or summary.id == opened.info.id:
            continue
        if len(found) == _MOST_OTHERS:
            break
        other = _other(summary, wanted, size, {opened.info.seed, *found})
        if other is not None:
            found[other.seed] = other
    return tuple(found[seed] for seed in sorted(found))


def _other(
    summary: RunSummary, wanted: object, size: int, seeds: Collection[int]
) -> OtherRun | None:
    """Return a run if its settings are those wanted and its seed is none of `seeds`."""
    run = Run(summary.path)
    try:
        info = read_info(run)
        if info.seed in seeds or info.before_step is None or settings_of(info) != wanted:
            return None
        before = both_domains(str(run.path), info.before_step, size)["target"]
        now = both_domains(str(run.path), info.total_steps, size)["target"]
    except StoreError:
        return None
    return None if before is None or now is None else OtherRun(info.seed, before, now)


def map_layout(opened: OpenedRun, step: int) -> Layout | None:
    """Return a projection with this step: with the reference step, too, and UMAP, if possible."""
    layouts = [layout for layout in recorded.layouts(opened.run) if step in layout.steps]

    def rank(layout: Layout) -> tuple[bool, bool]:
        return opened.compared_step in layout.steps, layout.method == "umap"

    return max(layouts, key=rank, default=None)


def alike(picture: Counts, others: Mapping[str, Counts]) -> str | None:
    """Return which of some pictures shows most nearly the same classes; None without any.

    Args:
        picture: pixels by truth (row) and prediction of a picture, (K, K).
        others: the same of the pictures to choose from.
    """
    wanted = _shares(picture)
    distance = {key: float(np.abs(_shares(one) - wanted).sum()) for key, one in others.items()}
    return min(distance, key=lambda key: (distance[key], key), default=None)


def _shares(table: Counts) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = table.sum(axis=1) / max(1, int(table.sum()))
    return shares
