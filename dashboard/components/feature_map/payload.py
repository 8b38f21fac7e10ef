"""What the feature map draws, as it travels to the browser; positions it fetches by itself."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.colors import mark_color, rgb_of
from dashboard.data import map as map_data
from dashboard.data import recorded
from dashboard.data.lasso import Shape
from dashboard.data.opened_run import OpenedRun
from dashboard.text.map import quality_words
from spcl.store.derived.reader import Layout
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


def map_values(
    opened: OpenedRun,
    layout: Layout,
    *,
    color_by: ColorBy,
    show: Sequence[str],
    selected: NDArray[np.int64] | None,
    shape: Shape | None,
    dark: bool,
) -> dict[str, Any]:
    """Return everything the component draws; positions it fetches by itself.

    Args:
        opened: the opened run, at a step.
        layout: the projection.
        color_by: what the colour of a point says.
        show: some of "source", "target", "prototypes", "trails".
        selected: indices of the circled pixels, None for no selection.
        shape: what was circled, None for no selection.
        dark: whether the page is dark.
    """
    steps = sorted(layout.steps)
    step = map_data.step_on(layout, opened)
    shown = map_data.shown_pixels(opened, step, show)
    colors, color_of = _colors(opened, color_by, step, dark)
    return {
        "base": opened.api,
        "layout": layout.name,
        "steps": steps,
        "step": step,
        "quality": [quality_words(layout.method, layout.steps[s]) for s in steps],
        "refits": [s for s in layout.refits if s in layout.steps],
        "trail_from": opened.before or 0,
        "counted": f"{int(shown.sum()):,} of {len(shown):,} probe pixels",
        "note": _note(opened, layout),
        "points": _points(opened, step, shown=shown, color_of=color_of, selected=selected),
        "colors": [list(rgb_of(one)) for one in colors],
        "names": [info.display for info in opened.classes],
        "domains": [opened.info.domain_name("source"), opened.info.domain_name("target")],
        "images": [image.name for image in recorded.images(opened.path)],
        "prototypes": [
            {
                "name": info.display,
                "color": mark_color(info, opened.selection.palette, dark),
                "shown": info.name in opened.shown_names,
            }
            for info in opened.classes
        ],
        "show": {name: name in show for name in ("prototypes", "trails")},
        "legend": _legend(opened, color_by),
        "shape": None if shape is None else {"polygon": shape.polygon, "step": shape.step},
    }


def _points(
    opened: OpenedRun,
    step: int,
    *,
    shown: NDArray[np.bool_],
    color_of: NDArray[np.int64],
    selected: NDArray[np.int64] | None,
) -> pd.DataFrame:
    """Return one row a probe pixel, in the few bytes the component takes."""
    pixels, predictions = recorded.pixels(opened.path), recorded.predictions(opened.path, step)
    strong = np.full(len(shown), selected is None)
    if selected is not None:
        strong[selected] = True
    return pd.DataFrame(
        {
            "class_id": map_data.point_classes(opened, step).astype(np.int16),
            "domain": pixels["domain"].astype(np.uint8),
            "image": pixels["image"].astype(np.int16),
            "predicted": predictions["class_id"].astype(np.int16),
            "sure": _percent(predictions["confidence"]),
            "shown": shown.astype(np.uint8),
            "color": color_of.astype(np.int16),
            "strong": strong.astype(np.uint8),
        }
    )


def _legend(opened: OpenedRun, color_by: ColorBy) -> list[list[str]]:
    """Return (mark, words) of everything on the map; no mark where words must do."""
    since = "step 0" if opened.before is None else "adaptation began"
    entries = [
        ["ring", f"source pixel ({opened.info.domain_name('source')})"],
        ["disc", f"target pixel ({opened.info.domain_name('target')})"],
        ["diamond", "prototype"],
        ["trail", f"its path since {since}"],
    ]
    if color_by == "correct":
        entries.append(["", "blue: predicted right, orange: wrong, grey: no label"])
    if color_by == "confidence":
        entries.append(["", "the stronger the blue, the surer"])
    return entries


def _note(opened: OpenedRun, layout: Layout) -> str:
    awaited = (
        "" if opened.step in layout.steps else f"The map of step {opened.step:,} is being made."
    )
    return " ".join(filter(None, (_NOTE, _AWAITED.get(layout.method), awaited)))


def _colors(
    opened: OpenedRun, color_by: ColorBy, step: int, dark: bool
) -> tuple[Sequence[str], NDArray[np.int64]]:
    """Return the colours in use, and which of them each point has."""
    if color_by == "class":
        palette = opened.selection.palette
        colors = [mark_color(c, palette, dark) for c in opened.classes]
        return colors, map_data.point_classes(opened, step)
    predictions = recorded.predictions(opened.path, step)
    if color_by == "confidence":
        level = np.clip(predictions["confidence"].astype(float) * 5, 0, 4).astype(np.int64)
        return _SURE[dark], level
    truth = recorded.pixels(opened.path)["class_id"]
    wrong = np.where(truth == predictions["class_id"], 0, 1)
    return _RIGHT_OR_WRONG[dark], np.where(truth == IGNORE_INDEX, 2, wrong).astype(np.int64)


def _percent(confidence: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """Return shares in percent; 255 where the run records none."""
    percent = np.rint(100 * confidence.astype(float))
    return np.where(np.isnan(percent), 255, percent).astype(np.uint8)
