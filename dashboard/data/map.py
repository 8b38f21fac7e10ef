"""What the map page needs of a run: values for the component, who is inside a shape."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from dashboard.colors import mark_color, rgb_of
from dashboard.data import recorded
from dashboard.data.lasso import Shape
from dashboard.text.map import quality_words
from dashboard.views.common import Page, dark
from spcl.store.derived_reader import Layout
from spcl.store.reader import Run
from spcl.store.schema import IGNORE_INDEX

ColorBy = Literal["class", "correct", "confidence"]
_NOTE = "Distances between far groups mean nothing; numbers come from the full feature space."
_AWAITED = {"pca": "UMAP takes its place when it is ready."}
_RIGHT_OR_WRONG = {
    False: ("#2B55DB", "#E0782A", "#9AA3AF"),
    True: ("#93AEFF", "#E88A3E", "#626B78"),
}
_SURE = {
    False: ("#C4CDEA", "#94A5DA", "#657CC9", "#3553B8", "#1D3FB0"),
    True: ("#2A3350", "#3C4A80", "#5468B4", "#7690E0", "#A9BFFF"),
}


def best_layout(page: Page) -> Layout | None:
    """Return UMAP where there is one, else PCA; None while nothing is projected.

    Who follows the latest step keeps UMAP while its newest step is still being made: a change
    of projection at every snapshot would be a jump. A step asked for is shown by what has it.
    """
    found = [layout for layout in recorded.layouts(page.run) if layout.steps]
    follows = page.selection.step is None

    def rank(layout: Layout) -> tuple[bool, bool]:
        umap = layout.method == "umap"
        return page.step in layout.steps or (follows and umap), umap

    return max(found, key=rank, default=None)


def step_on(layout: Layout, page: Page) -> int:
    """Return the step to show on a layout: the page's, else the newest there is."""
    if page.step is not None and page.step in layout.steps:
        return page.step
    return max(layout.steps)


def point_classes(page: Page, step: int) -> NDArray[np.int64]:
    """Return the class of every probe pixel: truth where there is any, else the prediction."""
    truth = recorded.pixels(page.path)["class_id"].astype(np.int64)
    predicted = recorded.predictions(page.path, step)["class_id"].astype(np.int64)
    return np.where(truth == IGNORE_INDEX, predicted, truth)


def map_values(
    page: Page,
    layout: Layout,
    *,
    color_by: ColorBy,
    show: Sequence[str],
    selected: NDArray[np.int64] | None,
    shape: Shape | None,
) -> dict[str, Any]:
    """Return everything the component draws; positions it fetches by itself.

    Args:
        page: the opened run, at a step.
        layout: the projection.
        color_by: what the colour of a point says.
        show: some of "source", "target", "prototypes", "trails".
        selected: indices of the circled pixels, None for no selection.
        shape: what was circled, None for no selection.
    """
    steps = sorted(layout.steps)
    step = step_on(layout, page)
    shown = shown_pixels(page, step, show)
    colors, color_of = _colors(page, color_by, step)
    return {
        "base": page.api,
        "layout": layout.name,
        "steps": steps,
        "step": step,
        "quality": [quality_words(layout.method, layout.steps[s]) for s in steps],
        "refits": [s for s in layout.refits if s in layout.steps],
        "trail_from": page.before or 0,
        "counted": f"{int(shown.sum()):,} of {len(shown):,} probe pixels",
        "note": _note(page, layout),
        "points": _points(page, step, shown=shown, color_of=color_of, selected=selected),
        "colors": [list(rgb_of(one)) for one in colors],
        "names": [info.display for info in recorded.classes(page.run)],
        "domains": [page.info.domain_name("source"), page.info.domain_name("target")],
        "images": [image.name for image in recorded.images(page.path)],
        "prototypes": [
            {
                "name": info.display,
                "color": mark_color(info, page.selection.palette, dark()),
                "shown": _chosen(page, info.name),
            }
            for info in recorded.classes(page.run)
        ],
        "show": {name: name in show for name in ("prototypes", "trails")},
        "legend": _legend(page, color_by),
        "shape": None if shape is None else {"polygon": shape.polygon, "step": shape.step},
    }


def _points(
    page: Page,
    step: int,
    *,
    shown: NDArray[np.bool_],
    color_of: NDArray[np.int64],
    selected: NDArray[np.int64] | None,
) -> pd.DataFrame:
    """Return one row a probe pixel, in the few bytes the component takes."""
    pixels, predictions = recorded.pixels(page.path), recorded.predictions(page.path, step)
    strong = np.full(len(shown), selected is None)
    if selected is not None:
        strong[selected] = True
    return pd.DataFrame(
        {
            "class_id": point_classes(page, step).astype(np.int16),
            "domain": pixels["domain"].astype(np.uint8),
            "image": pixels["image"].astype(np.int16),
            "predicted": predictions["class_id"].astype(np.int16),
            "sure": np.rint(100 * predictions["confidence"].astype(float)).astype(np.uint8),
            "shown": shown.astype(np.uint8),
            "color": color_of.astype(np.int16),
            "strong": strong.astype(np.uint8),
        }
    )


def _legend(page: Page, color_by: ColorBy) -> list[list[str]]:
    """Return (mark, words) of everything on the map; no mark where words must do."""
    since = "step 0" if page.before is None else "before adaptation"
    found = [
        ["ring", f"source pixel ({page.info.domain_name('source')})"],
        ["disc", f"target pixel ({page.info.domain_name('target')})"],
        ["diamond", "prototype"],
        ["trail", f"its path since {since}"],
    ]
    if color_by == "correct":
        found.append(["", "blue: predicted right, orange: wrong, grey: no label"])
    if color_by == "confidence":
        found.append(["", "the stronger the blue, the surer"])
    return found


def _note(page: Page, layout: Layout) -> str:
    awaited = "" if page.step in layout.steps else f"The map of step {page.step:,} is being made."
    return " ".join(filter(None, (_NOTE, _AWAITED.get(layout.method), awaited)))


def shown_pixels(page: Page, step: int, show: Sequence[str]) -> NDArray[np.bool_]:
    """Return which probe pixels the choice of classes and domains shows, (N,)."""
    classes = [c.id for c in recorded.classes(page.run) if _chosen(page, c.name)]
    domains = [i for i, name in enumerate(("source", "target")) if name in show]
    in_classes = np.isin(point_classes(page, step), classes)
    shown: NDArray[np.bool_] = in_classes & np.isin(recorded.pixels(page.path)["domain"], domains)
    return shown


def _chosen(page: Page, name: str) -> bool:
    return not page.selection.classes or name in page.selection.classes


def _colors(page: Page, color_by: ColorBy, step: int) -> tuple[Sequence[str], NDArray[np.int64]]:
    """Return the colours in use, and which of them each point has."""
    if color_by == "class":
        palette = page.selection.palette
        colors = [mark_color(c, palette, dark()) for c in recorded.classes(page.run)]
        return colors, point_classes(page, step)
    predictions = recorded.predictions(page.path, step)
    if color_by == "confidence":
        level = np.clip(predictions["confidence"].astype(float) * 5, 0, 4).astype(np.int64)
        return _SURE[dark()], level
    truth = recorded.pixels(page.path)["class_id"]
    wrong = np.where(truth == predictions["class_id"], 0, 1)
    return _RIGHT_OR_WRONG[dark()], np.where(truth == IGNORE_INDEX, 2, wrong).astype(np.int64)


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


def selected_pixels(
    page: Page, layout: Layout, shape: Shape, show: Sequence[str]
) -> NDArray[np.int64]:
    """Return the probe pixels shown that lay inside a shape when it was drawn."""
    places = recorded.positions(page.path, layout.name, shape.step)
    if places is None:
        return np.zeros(0, np.int64)
    here = inside(shape.polygon, places[: layout.num_pixels] / layout.scale)
    found: NDArray[np.int64] = np.flatnonzero(here & shown_pixels(page, shape.step, show))
    return found


@dataclass(frozen=True)
class Nearer:
    """Of the target pixels of a class in a selection: how many are nearest to another prototype."""

    class_id: int
    rival: int
    share: float
    count: int


@st.cache_data(max_entries=50, show_spinner=False)
def nearest_prototypes(run_path: str, step: int) -> NDArray[np.int64]:
    """Return the prototype nearest to every probe pixel in the full feature space, (N,)."""
    snapshot = Run(Path(run_path)).snapshot(step)
    vectors, seen = snapshot.prototypes["vectors"], snapshot.prototypes["seen"]
    cosine = snapshot.features.astype(np.float32) @ vectors.T.astype(np.float32)
    return np.asarray(np.where(seen, cosine, -np.inf).argmax(axis=1), np.int64)


def nearer_to_another(page: Page, step: int, selected: NDArray[np.int64]) -> Nearer | None:
    """Return the largest such case among the target pixels selected; None if there is none."""
    domain = recorded.pixels(page.path)["domain"][selected]
    of_class = point_classes(page, step)[selected][domain == 1]
    nearest = nearest_prototypes(page.path, step)[selected][domain == 1]
    found = []
    for class_id in np.unique(of_class):
        mine = nearest[of_class == class_id]
        others = mine[mine != class_id]
        if len(others):
            rival = int(np.bincount(others).argmax())
            found.append(Nearer(int(class_id), rival, float((mine == rival).mean()), len(mine)))
    return max(found, key=lambda one: one.share * one.count, default=None)
