"""A figure as it is shown to a room: letters, marks, lines and heights larger by one factor."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

_LENGTHS = {"height", "xshift", "yshift", "standoff", "ticklen", "thickness"}


def larger(figure: go.Figure, factor: float) -> go.Figure:
    """Return a copy of a figure, larger by `factor`; its width is that of its place."""
    return go.Figure(_scaled(figure.to_plotly_json(), factor, inside=""), skip_invalid=False)


def _scaled(value: Any, factor: float, *, inside: str) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _length(item, factor)
            if _is_length(key, inside)
            else _scaled(item, factor, inside=key)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_scaled(item, factor, inside=inside) for item in value]
    return value


def _is_length(key: str, inside: str) -> bool:
    is_size = key == "size" and (inside == "marker" or inside.endswith("font"))
    is_width = key == "width" and inside == "line"
    return key in _LENGTHS or inside == "margin" or is_size or is_width


def _length(value: Any, factor: float) -> Any:
    if isinstance(value, list | tuple):
        return [_length(item, factor) for item in value]
    if isinstance(value, np.ndarray):
        return value * factor
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value * factor if is_number else value
