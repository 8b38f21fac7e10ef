"""A figure as it is shown to a room: letters, marks, lines and heights larger by one factor."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

_LENGTHS = {"height", "xshift", "yshift", "standoff", "ticklen", "thickness"}


class Scale(NamedTuple):
    """How much larger, and pixels of the smallest letters."""

    factor: float
    smallest: float


def larger(figure: go.Figure, factor: float, *, smallest: float = 0) -> go.Figure:
    """Return a copy of a figure, larger by `factor`; its width is that of its place.

    Args:
        figure: left as it is.
        factor: of letters, marks, lines and heights.
        smallest: letters have at least that many pixels.
    """
    scaled = _scaled(figure.to_plotly_json(), Scale(factor, smallest), inside="")
    return go.Figure(scaled, skip_invalid=False)


def _scaled(value: Any, scale: Scale, *, inside: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _entry(key, item, scale, inside=inside) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_scaled(item, scale, inside=inside) for item in value]
    return value


def _entry(key: str, value: Any, scale: Scale, *, inside: str) -> Any:
    if key == "size" and inside.endswith("font"):
        return max(_length(value, scale.factor), scale.smallest)
    if _is_length(key, inside):
        return _length(value, scale.factor)
    return _scaled(value, scale, inside=key)


def _is_length(key: str, inside: str) -> bool:
    is_size = key == "size" and inside == "marker"
    is_width = key == "width" and inside == "line"
    return key in _LENGTHS or inside == "margin" or is_size or is_width


def _length(value: Any, factor: float) -> Any:
    if isinstance(value, list | tuple):
        return [_length(item, factor) for item in value]
    if isinstance(value, np.ndarray):
        return value * factor
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value * factor if is_number else value
