"""What the feature map draws, as it travels to the browser; positions it fetches by itself."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.colors import casing_color, mark_color, rgb_of
from dashboard.components.feature_map.coloring import ColorBy, coloring
from dashboard.data import recorded
from dashboard.data.addresses import encoded
from dashboard.data.map import shown as map_data
from dashboard.data.opened_run import OpenedRun
from dashboard.data.pixels.shape import Shape
from dashboard.text.map import quality_words
from dashboard.text.most import MOST_CLASSES
from dashboard.text.pixels import LAYERS, layer_notes, twin_title
from spcl.store.derived.reader import Layout

Twin = Literal["", "before", "now"]
_NOTE = "Distances between far groups mean nothing; numbers come from the full feature space."
_AWAITED = {"pca": "UMAP takes its place when it is ready."}


def map_values(
    opened: OpenedRun,
    layout: Layout,
    *,
    color_by: ColorBy,
    show: Sequence[str],
    selected: NDArray[np.int64] | None,
    shape: Shape | None,
    dark: bool,
    twin: Twin = "",
    beside: int | None = None,
    title: str = "",
) -> dict[str, Any]:
    """Return everything the component draws; positions and photographs it fetches by itself.

    Args:
        opened: the opened run, at a step.
        layout: the projection.
        color_by: what the colour of a point says.
        show: some of "source", "target", "prototypes", "trails", "density", "regions".
        selected: indices of the selected pixels, None for no selection.
        shape: what was circled, None for no selection.
        dark: whether the page is dark.
        twin: which of two maps side by side it is; "" for a map alone.
        beside: the step of the other one.
        title: what stands above one of two maps; which of them it is, and its step, by default.
    """
    steps = sorted(layout.steps)
    step = map_data.step_on(layout, opened)
    shown = map_data.shown_pixels(opened, step, show)
    colors = coloring(opened, color_by, step, dark)
    images = recorded.images(opened.path)
    return {
        "base": opened.api,
        "layout": layout.name,
        "steps": steps,
        "step": step,
        "quality": [quality_words(layout.method, layout.steps[s]) for s in steps],
        "refits": [s for s in layout.refits if s in layout.steps],
        "trail_from": opened.before or 0,
        "counted": f"{int(shown.sum()):,} of {len(shown):,} probe pixels",
        "note": _note(opened, layout, show),
        "points": _points(
            opened,
            step,
            shown=shown,
            color_of=colors.color_of,
            selected=selected,
            has_regions="regions" in show,
        ),
        "colors": [list(rgb_of(one)) for one in colors.colors],
        "casings": [list(rgb_of(one)) for one in colors.casings],
        "key": colors.key(shown),
        "names": [info.display for info in opened.classes],
        "domains": [opened.info.domain_name("source"), opened.info.domain_name("target")],
        "images": [image.name for image in images],
        "photos": [
            {
                "address": f"{opened.api}/probe/{encoded(image.key)}.png?v={opened.version}",
                "width": image.width,
                "height": image.height,
            }
            for image in images
        ],
        "prototypes": [
            {
                "name": info.display,
                "color": mark_color(info, opened.selection.palette, dark),
                "casing": casing_color(info, opened.selection.palette, dark),
                "shown": info.name in opened.shown_names,
            }
            for info in opened.classes
        ],
        "show": {name: name in show for name in ("prototypes", "trails", *LAYERS)},
        "legend": _legend(opened, has_trails="trails" in show),
        "shape": None if shape is None else {"polygon": shape.polygon, "step": shape.step},
        "selects": selected is not None,
        "twin": twin,
        "title": title or (twin_title(twin, step) if twin else ""),
        "fitted": [] if beside is None else [beside],
    }


def _points(
    opened: OpenedRun,
    step: int,
    *,
    shown: NDArray[np.bool_],
    color_of: NDArray[np.int64],
    selected: NDArray[np.int64] | None,
    has_regions: bool,
) -> pd.DataFrame:
    """Return one row a probe pixel, in the few bytes the component takes."""
    pixels, predictions = recorded.pixels(opened.path), recorded.predictions(opened.path, step)
    strong = np.full(len(shown), selected is None)
    if selected is not None:
        strong[selected] = True
    nearest = np.full(len(shown), -1)
    if has_regions:
        nearest = map_data.nearest_prototypes(opened.path, step)
    return pd.DataFrame(
        {
            "class_id": map_data.point_classes(opened, step).astype(np.int16),
            "domain": pixels["domain"].astype(np.uint8),
            "image": pixels["image"].astype(np.int16),
            "row": pixels["row"].astype(np.int16),
            "column": pixels["column"].astype(np.int16),
            "predicted": predictions["class_id"].astype(np.int16),
            "sure": _percent(predictions["confidence"]),
            "nearest": nearest.astype(np.int16),
            "shown": shown.astype(np.uint8),
            "color": color_of.astype(np.int16),
            "strong": strong.astype(np.uint8),
        }
    )


def _legend(opened: OpenedRun, *, has_trails: bool) -> list[list[str]]:
    """Return (mark, words) of everything on the map."""
    is_crowded = len(opened.names) > MOST_CLASSES
    prototype = "prototype, named where there is room" if is_crowded else "prototype"
    since = "step 0" if opened.before is None else "adaptation began"
    return [
        ["ring", f"source pixel ({opened.info.domain_name('source')})"],
        ["disc", f"target pixel ({opened.info.domain_name('target')})"],
        ["diamond", prototype],
        *([["trail", f"its path since {since}"]] if has_trails else []),
    ]


def _note(opened: OpenedRun, layout: Layout, show: Sequence[str]) -> str:
    awaited = (
        "" if opened.step in layout.steps else f"The map of step {opened.step:,} is being made."
    )
    layers = layer_notes(show, opened.info.domain_name("source"), opened.info.domain_name("target"))
    return " ".join(filter(None, (_NOTE, layers, _AWAITED.get(layout.method), awaited)))


def _percent(confidence: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """Return shares in percent; 255 where the run records none."""
    percent = np.rint(100 * confidence.astype(float))
    return np.where(np.isnan(percent), 255, percent).astype(np.uint8)
