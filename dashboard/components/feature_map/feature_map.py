"""The feature map: points, prototypes and trails; what was drawn comes back, not a list of ids."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from dashboard.components.loader import component
from dashboard.data.map import shown as map_data
from dashboard.data.opened_run import OpenedRun
from dashboard.data.pixels import chosen
from dashboard.data.pixels.shape import in_shape, mode_of, shape_of
from dashboard.data.selection import remember
from spcl.store.derived.reader import Layout

_mount = component("feature_map")


def feature_map(
    values: Mapping[str, Any],
    opened: OpenedRun,
    layout: Layout,
    *,
    show: Sequence[str],
    key: str,
) -> None:
    """Draw the map; what somebody draws on it changes the selected pixels.

    Args:
        values: what `payload.map_values` returned.
        opened: the run.
        layout: the projection drawn.
        show: which domains can be selected.
        key: identity; zoom, tool and player are kept as long as it stays.
    """
    _mount(
        key=key,
        data=dict(values),
        on_step_change=lambda: _on_step(key),
        on_selection_change=lambda: _on_selection(key, opened, layout, show),
        on_undo_change=lambda: chosen.undo(opened),
    )


def _on_step(key: str) -> None:
    step = st.session_state[key].get("step")
    if isinstance(step, int | float):
        remember(step=int(step))


def _on_selection(key: str, opened: OpenedRun, layout: Layout, show: Sequence[str]) -> None:
    sent = st.session_state[key].get("selection")
    if not isinstance(sent, Mapping):
        return
    if sent.get("mode") == "clear":
        chosen.clear(opened)
        return
    shape = shape_of(sent)
    if shape is None or shape.step not in layout.steps:
        return
    found = in_shape(opened, layout, shape, show)
    point = sent.get("point")
    if isinstance(point, int | float) and int(point) in found:
        found = np.array([int(point)])
        remember(image=map_data.image_of(opened, int(point)))
    st.session_state.pop("map-pixels", None)
    is_empty = not len(found)
    st.session_state[EMPTY] = is_empty
    if not is_empty:
        chosen.choose(opened, found, mode_of(sent), shape)


EMPTY = "spcl.map.empty"
"""Where the session keeps whether the last outline held no points."""
