"""What the map page reads of a run: which projection, and which pixels lie inside a shape."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.data import recorded
from dashboard.data.cache_keys import BY_BYTES
from dashboard.data.opened_run import OpenedRun
from spcl.store.classes import IGNORE_INDEX
from spcl.store.derived.reader import Layout
from spcl.store.reader import Run


def best_layout(opened: OpenedRun) -> Layout | None:
    """Return UMAP where there is one, else PCA; None while nothing is projected.

    Who follows the latest step keeps UMAP while its newest step is still being made: a change
    of projection at every snapshot would be a jump. A step asked for is shown by what has it.
    """
    layouts = [layout for layout in recorded.layouts(opened.run) if layout.steps]
    follows = opened.selection.step is None

    def rank(layout: Layout) -> tuple[bool, bool]:
        umap = layout.method == "umap"
        return opened.step in layout.steps or (follows and umap), umap

    return max(layouts, key=rank, default=None)


def step_on(layout: Layout, opened: OpenedRun) -> int:
    """Return the step to show on a layout: the page's, else the newest there is."""
    if opened.step is not None and opened.step in layout.steps:
        return opened.step
    return max(layout.steps)


def point_classes(opened: OpenedRun, step: int) -> NDArray[np.int64]:
    """Return the class of every probe pixel: truth where there is any, else the prediction."""
    truth = recorded.pixels(opened.path)["class_id"].astype(np.int64)
    predicted = recorded.predictions(opened.path, step)["class_id"].astype(np.int64)
    return np.where(truth == IGNORE_INDEX, predicted, truth)


def class_counts(opened: OpenedRun, step: int, domain: str) -> dict[str, int]:
    """Return how many probe pixels of a domain have each class.

    By truth where the domain has any, as its measures count, else by prediction.
    """
    pixels = recorded.pixels(opened.path)
    inside = pixels["domain"] == ("source", "target").index(domain)
    truth = pixels["class_id"][inside].astype(np.int64)
    has_truth = bool((truth != IGNORE_INDEX).any())
    ids = truth if has_truth else point_classes(opened, step)[inside]
    return {info.name: int((ids == info.id).sum()) for info in opened.classes}


def shown_pixels(opened: OpenedRun, step: int, show: Sequence[str]) -> NDArray[np.bool_]:
    """Return which probe pixels the choice of classes and domains shows, (N,)."""
    classes = [info.id for info in opened.classes if info.name in opened.shown_names]
    domains = [i for i, name in enumerate(("source", "target")) if name in show]
    in_classes = np.isin(point_classes(opened, step), classes)
    shown: NDArray[np.bool_] = in_classes & np.isin(recorded.pixels(opened.path)["domain"], domains)
    return shown


def inside(polygon: Sequence[Sequence[float]], places: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Return which places (N, 2) lie inside a polygon, by the even-odd rule; NaN lies outside."""
    shape = np.asarray(polygon, float)
    x, y = places[:, 0], places[:, 1]
    result = np.zeros(len(places), bool)
    for (x1, y1), (x2, y2) in zip(shape, np.roll(shape, -1, axis=0), strict=True):
        if y1 == y2:
            continue
        crosses = (y1 > y) != (y2 > y)
        with np.errstate(invalid="ignore"):
            result ^= crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return result


@dataclass(frozen=True)
class Nearer:
    """Of the target pixels of a class in a selection: how many are nearest to another prototype."""

    class_id: int
    rival: int
    share: float
    count: int


@st.cache_resource(max_entries=6, show_spinner=False, hash_funcs=BY_BYTES)
def similarities(run_path: str, step: int) -> NDArray[np.float32]:
    """Return the cosine of every probe pixel to every prototype, (N, K); -inf for unseen ones."""
    snapshot = Run(Path(run_path)).snapshot(step)
    vectors, seen = snapshot.prototypes["vectors"].astype(np.float32), snapshot.prototypes["seen"]
    units = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    cosine = snapshot.features.astype(np.float32) @ units.T
    return np.where(seen, cosine, np.float32(-np.inf))


def nearest_prototypes(run_path: str, step: int) -> NDArray[np.int64]:
    """Return the prototype nearest to every probe pixel in the full feature space, (N,)."""
    return np.asarray(similarities(run_path, step).argmax(axis=1), np.int64)


def nearer_to_another(opened: OpenedRun, step: int, selected: NDArray[np.int64]) -> Nearer | None:
    """Return the largest such case among the target pixels selected; None if there is none."""
    domain = recorded.pixels(opened.path)["domain"][selected]
    of_class = point_classes(opened, step)[selected][domain == 1]
    nearest = nearest_prototypes(opened.path, step)[selected][domain == 1]
    cases = []
    for class_id in np.unique(of_class):
        mine = nearest[of_class == class_id]
        others = mine[mine != class_id]
        if len(others):
            rival = int(np.bincount(others).argmax())
            cases.append(Nearer(int(class_id), rival, float((mine == rival).mean()), len(mine)))
    return max(cases, key=lambda one: one.share * one.count, default=None)


def image_of(opened: OpenedRun, index: int) -> str:
    """Return the key of the image that a probe pixel lies in."""
    image = int(recorded.pixels(opened.path)["image"][index])
    return recorded.images(opened.path)[image].key
