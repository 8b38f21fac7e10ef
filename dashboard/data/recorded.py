"""The only cached functions: what the pages read of a run, picked and pivoted, never computed.

Keys are (run path, step): a published snapshot never changes, so an entry never goes stale.
Growing files are read from where the last reading ended. Every cache has few entries: the pages of
some people at some steps, not every step of a long run.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from dashboard.data.cache_keys import BY_BYTES
from dashboard.data.checked import scored, share_of
from dashboard.data.growing.iou_history import iou_history
from dashboard.data.growing.jsonl_follower import follow
from dashboard.data.growing.measures import measures_of, naming, picked
from dashboard.data.runs.infos import read_info
from dashboard.data.runs.notes import notes_of
from spcl.store.baselines.reader import BASELINES_FILE, Baseline, read_baselines
from spcl.store.derived.inputs import have_failed_inputs_changed
from spcl.store.derived.joint import JOINT
from spcl.store.derived.reader import MASKS_FOLDER, DerivedReader, Layout
from spcl.store.growing.follower import GrowingRows
from spcl.store.growing.update_table import Updates
from spcl.store.growing.updates import GrowingUpdates
from spcl.store.reader import Run, RunSummary, list_runs
from spcl.store.schema import DOMAINS, ProbeImage
from spcl.store.scores.whole import of_images


@st.cache_resource(ttl=1.0, max_entries=4, show_spinner=False, hash_funcs=BY_BYTES)
def run_list(runs_dir: str) -> tuple[RunSummary, ...]:
    """Return the runs of a folder, newest first, archived ones last, at most a second old."""
    runs = list_runs(Path(runs_dir), info_of=read_info)
    return tuple(sorted(runs, key=lambda one: notes_of(Run(one.path)).archived))


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_BYTES)
def scores(run_path: str, step: int) -> dict[str, Any]:
    """Return `scores.json` of a snapshot (do not change it)."""
    return scored(Run(Path(run_path)).snapshot(step).scores)


def scores_like(run_path: str, step: int, other: dict[str, Any]) -> dict[str, Any]:
    """Return the scores at a step, of the images that `other` counts, for both to be compared."""
    found = scores(run_path, step)
    return {
        key: of_images(value, other[key]) if key in DOMAINS and value and other.get(key) else value
        for key, value in found.items()
    }


def iou_frame(run_path: str, steps: tuple[int, ...], names: tuple[str, ...]) -> pd.DataFrame:
    """Return step, domain, class, iou in [0, 1]; class None is the mean, iou NaN is absent."""
    return iou_history(run_path, len(names)).frame(steps, names)


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_BYTES)
def image_frame(run_path: str, step: int, before: int | None) -> pd.DataFrame:
    """Return key, name, domain, before, after, gain of each probe image (mean IoU in [0, 1])."""
    now, then = scores(run_path, step), scores(run_path, before) if before is not None else {}
    rows = []
    for image in images(run_path):
        after = _image_mean(now, image)
        first = _image_mean(then, image)
        rows.append((image.key, image.name, image.domain, first, after, after - first))
    return pd.DataFrame(rows, columns=["key", "name", "domain", "before", "after", "gain"])


def _image_mean(recorded: dict[str, Any], image: ProbeImage) -> float:
    of_domain = recorded.get(image.domain)
    images = of_domain["images"] if isinstance(of_domain, dict) else {}
    return share_of(images.get(image.key, {}).get("mean_iou"))


@st.cache_resource(max_entries=50, show_spinner=False, hash_funcs=BY_BYTES)
def images(run_path: str) -> tuple[ProbeImage, ...]:
    """Return the probe images of a run (StoreError while they are not written)."""
    return Run(Path(run_path)).probe().images


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=BY_BYTES)
def pixels(run_path: str) -> dict[str, NDArray[Any]]:
    """Return the probe pixels: image, row, column, class_id, domain, each (N,), read-only."""
    return Run(Path(run_path)).probe().pixels


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=BY_BYTES)
def predictions(run_path: str, step: int) -> dict[str, NDArray[Any]]:
    """Return class_id, confidence, kept of the probe pixels at a step, each (N,), read-only."""
    return Run(Path(run_path)).snapshot(step).predictions


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_BYTES)
def prototypes(run_path: str, step: int) -> dict[str, NDArray[Any]]:
    """Return vectors (K, C), pixel_count, age, seen (K,) at a step, read-only."""
    return Run(Path(run_path)).snapshot(step).prototypes


def baselines(run: Run) -> tuple[Baseline, ...]:
    """Return what a run is compared with (StoreError: the file is damaged)."""
    return _baselines(str(run.path), _mark(run.path / BASELINES_FILE))


@st.cache_resource(max_entries=50, show_spinner=False, hash_funcs=BY_BYTES)
def _baselines(run_path: str, modified: int) -> tuple[Baseline, ...]:
    return read_baselines(Run(Path(run_path)))


def layouts(run: Run) -> list[Layout]:
    """Return the projections of the run alone, newest first, of the snapshots that there are."""
    there = set(run.steps())
    return [
        replace(layout, steps={step: layout.steps[step] for step in layout.steps if step in there})
        for layout in DerivedReader(run).layouts()
        if layout.method != JOINT
    ]


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=BY_BYTES)
def _positions(
    run_path: str, layout_name: str, step: int, modified: int
) -> NDArray[np.float32] | None:
    run = Run(Path(run_path))
    known = DerivedReader(run).layouts()
    layout = next((one for one in known if one.name == layout_name), None)
    return DerivedReader(run).positions(layout, step) if layout else None


def positions(run_path: str, layout_name: str, step: int) -> NDArray[np.float32] | None:
    """Return map positions (N + K, 2) in map units, NaN where not placed; None if not there."""
    folder = DerivedReader(Run(Path(run_path))).path / "projections" / layout_name
    try:
        modified = (folder / f"step_{step}.npy").stat().st_mtime_ns
    except OSError:
        return None
    return _positions(run_path, layout_name, step, modified)


def measures_frame(
    run: Run, *, at: Iterable[int | None] = (), over: Collection[str] = ()
) -> pd.DataFrame:
    """Return derived measures so far; the last row of a key counts (do not change it).

    A row about a class that the run does not have is left out: a damaged byte wrote it.

    Args:
        run: the run.
        at: the steps whose measures are wanted; None among them is none.
        over: the measures that are wanted at every step.
    """
    steps = {step for step in at if step is not None}
    return _known(run, picked(measures_of(run), at=steps, over=over))


def measures_about(run: Run, name: str) -> pd.DataFrame:
    """Return derived measures of a class at every step, as itself or as a rival (as above)."""
    return _known(run, naming(measures_of(run), name))


def _known(run: Run, frame: pd.DataFrame) -> pd.DataFrame:
    known = [None, *read_info(run).label_space.names]
    is_known = frame["class"].isin(known) & frame["rival"].isin(known)
    return frame if is_known.all() else frame[is_known].reset_index(drop=True)


def measured_steps(run: Run, up_to: int) -> list[int]:
    """Return the snapshots analysed so far, ascending, up to a step."""
    return sorted(step for step in _measured(run) if step <= up_to)


def _measured(run: Run) -> frozenset[int]:
    return measures_of(run).steps()


def events(run: Run) -> list[dict[str, Any]]:
    """Return the events so far, in the order they were recorded."""
    return list(follow(DerivedReader(run).events(), GrowingRows).read())


def updates(run: Run) -> Updates:
    """Return the rows of `metrics.jsonl` as columns (do not change them)."""
    return follow(run.metrics(), GrowingUpdates).read()


def derived_marks(run: Run) -> tuple[int, ...]:
    """Return numbers that differ whenever the analysis has written something."""
    folder = DerivedReader(run).path
    files = [DerivedReader(run).measures().path, DerivedReader(run).events().path]
    files += [*sorted((folder / "projections").glob("*/layout.json")), folder / MASKS_FOLDER]
    return tuple(mark for mark in map(_mark, files) if mark)


def _mark(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def is_derived(run: Run, steps: list[int]) -> bool:
    """Return whether nothing is left to derive for these snapshots."""
    has_map = "features" not in read_info(run).absent
    is_complete = DerivedReader(run).is_complete(steps, measured=_measured(run), has_map=has_map)
    return is_complete and not have_failed_inputs_changed(run)
