"""A shape drawn on the feature map: what travels instead of a list of pixels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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


def shape_of(sent: Mapping[str, Any]) -> Shape | None:
    """Return the shape a browser sent; None where it encloses nothing or is malformed."""
    try:
        polygon = [[float(x), float(y)] for x, y in sent["polygon"][:_MOST_CORNERS]]
        return Shape(polygon, int(sent["step"])) if len(polygon) >= 3 else None
    except (KeyError, TypeError, ValueError):
        return None
