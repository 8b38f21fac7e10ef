"""What the colour of a point on the map says, and the key that says it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from dashboard.colors import casing_color, mark_color, ramp
from dashboard.data import recorded
from dashboard.data.map import shown as map_data
from dashboard.data.opened_run import OpenedRun
from dashboard.data.pixels.measured import CHANGES, margin_limit, pixel_changes, pixel_margins
from dashboard.text.common import signed
from spcl.store.classes import IGNORE_INDEX

ColorBy = Literal["class", "predicted", "domain", "correct", "confidence", "margin", "change"]
COLOR_BY: tuple[ColorBy, ...] = get_args(ColorBy)
LEVELS = 9
"""Of a scale."""

# Every one of them stands out from the page by 3 : 1; a test says so.
BLUE = {False: "#2B55DB", True: "#93AEFF"}
ORANGE = {False: "#D0661A", True: "#E88A3E"}
GREY = {False: "#868E9A", True: "#7B8594"}
UNKNOWN = {False: "#5B8A8A", True: "#5E9090"}
DARK = {False: "#2A303B", True: "#E9ECF1"}
SURE = {False: ("#8A92A8", "#4D68C1", "#12287A"), True: ("#5F6A86", "#7690E0", "#D6E0FF")}
MARGIN = {
    False: ("#A34708", "#D0661A", "#868E9A", "#4D68C1", "#12287A"),
    True: ("#FFC08A", "#E88A3E", "#6F7988", "#7690E0", "#D6E0FF"),
}


@dataclass(frozen=True)
class Coloring:
    """Colours, and which of them each point has.

    Attributes:
        colors: "#RRGGBB".
        casings: colours of a thin edge around the points, one for each of `colors`; or none.
        color_of: index into both, (N,).
        names: what each colour stands for; empty for a scale.
        scale: title, and what its low end, middle and high end are called; None without a scale.
    """

    colors: Sequence[str]
    casings: Sequence[str]
    color_of: NDArray[np.int64]
    names: Sequence[str]
    scale: tuple[str, str, str, str] | None = None

    def key(self, shown: NDArray[np.bool_]) -> dict[str, Any]:
        """Return what the map shows as its key, with the count of points shown for each name."""
        counts = np.bincount(self.color_of[shown], minlength=len(self.colors))
        swatches = [
            {"color": color, "name": name, "count": int(count)}
            for color, name, count in zip(self.colors, self.names, counts, strict=False)
        ]
        if self.scale is None:
            return {"swatches": swatches, "scale": None}
        title, low, middle, high = self.scale
        scale = {"title": title, "low": low, "middle": middle, "high": high}
        return {"swatches": [], "scale": {**scale, "colors": list(self.colors)}}


def coloring(opened: OpenedRun, color_by: ColorBy, step: int, dark: bool) -> Coloring:
    """Return how the points of a step are coloured."""
    return _MADE[color_by](opened, step, dark)


def offered(opened: OpenedRun, lacks_confidence: bool) -> list[ColorBy]:
    """Return what can be coloured by at all in a run."""
    absent = {"confidence"} if lacks_confidence else set()
    if opened.compared_step is None:
        absent.add("change")
    return [one for one in COLOR_BY if one not in absent]


def _of_classes(opened: OpenedRun, ids: NDArray[np.int64], dark: bool) -> Coloring:
    palette = opened.selection.palette
    safe = palette == "safe"
    return Coloring(
        [mark_color(info, palette, dark) for info in opened.classes],
        [casing_color(info, palette, dark) for info in opened.classes] if safe else [],
        ids,
        [],
    )


def _by_class(opened: OpenedRun, step: int, dark: bool) -> Coloring:
    return _of_classes(opened, map_data.point_classes(opened, step), dark)


def _by_predicted(opened: OpenedRun, step: int, dark: bool) -> Coloring:
    ids = recorded.predictions(opened.path, step)["class_id"].astype(np.int64)
    return _of_classes(opened, ids, dark)


def _by_domain(opened: OpenedRun, step: int, dark: bool) -> Coloring:
    names = [opened.info.domain_name("source"), opened.info.domain_name("target")]
    domain = recorded.pixels(opened.path)["domain"].astype(np.int64)
    return Coloring([GREY[dark], BLUE[dark]], [], domain, names)


def _by_correct(opened: OpenedRun, step: int, dark: bool) -> Coloring:
    truth = recorded.pixels(opened.path)["class_id"]
    wrong = (recorded.predictions(opened.path, step)["class_id"] != truth).astype(np.int64)
    kind = np.where(truth == IGNORE_INDEX, 2, wrong)
    colors = [BLUE[dark], ORANGE[dark], UNKNOWN[dark]]
    return Coloring(colors, [], kind, ["right", "wrong", "no label"])


def _by_confidence(opened: OpenedRun, step: int, dark: bool) -> Coloring:
    sure = recorded.predictions(opened.path, step)["confidence"].astype(float)
    scale = ("confidence of the prediction", "0 %", "50 %", "100 %")
    return Coloring(ramp(SURE[dark], LEVELS), [], _levels(sure), [], scale)


def _by_margin(opened: OpenedRun, step: int, dark: bool) -> Coloring:
    margins = pixel_margins(opened, step).astype(float)
    limit = margin_limit(margins)
    title = "margin, cosine in the full feature space: below 0 another prototype is nearer"
    scale = (title, f"≤ {signed(-limit, 2)}", "0", f"≥ {signed(limit, 2)}")
    return Coloring(ramp(MARGIN[dark], LEVELS), [], _levels((margins / limit + 1) / 2), [], scale)


def _by_change(opened: OpenedRun, step: int, dark: bool) -> Coloring:
    colors = [GREY[dark], BLUE[dark], ORANGE[dark], DARK[dark], UNKNOWN[dark]]
    before = opened.compared_step
    if before is None:
        return _by_correct(opened, step, dark)
    return Coloring(colors, [], pixel_changes(opened, before, step), CHANGES)


_MADE: dict[ColorBy, Callable[[OpenedRun, int, bool], Coloring]] = {
    "class": _by_class,
    "predicted": _by_predicted,
    "domain": _by_domain,
    "correct": _by_correct,
    "confidence": _by_confidence,
    "margin": _by_margin,
    "change": _by_change,
}


def _levels(shares: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """Return the level of each share in [0, 1]; the middle one where nothing is known."""
    known = np.where(np.isfinite(shares), shares, 0.5)
    levels = np.clip(np.rint(known * (LEVELS - 1)), 0, LEVELS - 1)
    return np.asarray(levels, np.int64)
