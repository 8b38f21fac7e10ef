"""What somebody drew around pixels, on the map or in an image: what travels instead of ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from dashboard.data import recorded
from dashboard.data.map.shown import inside, shown_pixels
from dashboard.data.opened_run import OpenedRun
from spcl.store.derived.reader import Layout

Mode = Literal["set", "add", "remove"]
_MOST_CORNERS = 2000


@dataclass(frozen=True)
class Shape:
    """What was circled, boxed or clicked.

    Attributes:
        polygon: corners (x, y) in stored map units.
        step: the snapshot that was shown.
    """

    polygon: list[list[float]]
    step: int


@dataclass(frozen=True)
class Area:
    """A rectangle of an image: rows top to bottom, columns left to right, ends included."""

    image: int
    top: int
    left: int
    bottom: int
    right: int


def shape_of(sent: Mapping[str, Any]) -> Shape | None:
    """Return the shape a browser sent; None where it encloses nothing or is malformed."""
    try:
        polygon = [[float(x), float(y)] for x, y in sent["polygon"][:_MOST_CORNERS]]
        return Shape(polygon, int(sent["step"])) if len(polygon) >= 3 else None
    except (KeyError, TypeError, ValueError):
        return None


def area_of(sent: Mapping[str, Any], image: int) -> Area | None:
    """Return the area of an image a browser sent; None where it is malformed."""
    try:
        top, left, bottom, right = (int(sent[side]) for side in ("top", "left", "bottom", "right"))
    except (KeyError, OverflowError, TypeError, ValueError):
        return None
    return Area(image, min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def mode_of(sent: Mapping[str, Any]) -> Mode:
    """Return what is to be done with the pixels; anything unknown selects them."""
    asked = sent.get("mode")
    return cast(Mode, asked) if asked in ("add", "remove") else "set"


def in_shape(
    opened: OpenedRun, layout: Layout, shape: Shape, show: Sequence[str]
) -> NDArray[np.int64]:
    """Return the probe pixels shown that lay inside a shape when it was drawn."""
    places = recorded.positions(opened.path, layout.name, shape.step)
    if places is None:
        return np.zeros(0, np.int64)
    here = inside(shape.polygon, places[: layout.num_pixels] / layout.scale)
    return np.flatnonzero(here & shown_pixels(opened, shape.step, show)).astype(np.int64)


def in_area(opened: OpenedRun, area: Area) -> NDArray[np.int64]:
    """Return the probe pixels in an area of an image."""
    pixels = recorded.pixels(opened.path)
    row, column = pixels["row"], pixels["column"]
    found = pixels["image"] == area.image
    found &= (row >= area.top) & (row <= area.bottom)
    found &= (column >= area.left) & (column <= area.right)
    return np.flatnonzero(found)


def of_image(opened: OpenedRun, key: str) -> NDArray[np.int64]:
    """Return the probe pixels of an image; none where there is no such image."""
    keys = [image.key for image in recorded.images(opened.path)]
    if key not in keys:
        return np.zeros(0, np.int64)
    return np.flatnonzero(recorded.pixels(opened.path)["image"] == keys.index(key))
