"""The feature map: points, prototypes and trails; a circled shape comes back, not a list of ids."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.components.loader import component
from dashboard.state import remember

_mount = component("feature_map")
_SELECTED = "spcl.map.selection"


def feature_map(values: Mapping[str, Any], *, key: str) -> None:
    """Draw the map.

    Args:
        values: what `map_data.map_values` returned.
        key: identity; zoom, tool and player are kept as long as it stays.
    """
    _mount(
        key=key,
        data=dict(values),
        on_step_change=lambda: _on_step(key),
        on_selection_change=lambda: _on_selection(key),
    )


def selected_shape(run_id: str) -> tuple[list[list[float]], int, int | None] | None:
    """Return the circled shape in stored map units, its step, and the point that was clicked."""
    found = st.session_state.get(_SELECTED)
    if not found or found["run"] != run_id or len(found["polygon"]) < 3:
        return None
    return found["polygon"], int(found["step"]), found["point"]


def clear_selection() -> None:
    """Forget the circled shape."""
    st.session_state.pop(_SELECTED, None)


def _on_step(key: str) -> None:
    step = st.session_state[key].get("step")
    if isinstance(step, int | float):
        remember(step=int(step))


def _on_selection(key: str) -> None:
    found = st.session_state[key].get("selection")
    if not isinstance(found, dict):
        return
    polygon = [[float(x), float(y)] for x, y in (place[:2] for place in found.get("polygon", ()))]
    point = found.get("point")
    st.session_state[_SELECTED] = {
        "run": st.session_state.get("spcl.map.run"),
        "polygon": polygon[:2000],
        "step": found.get("step") or 0,
        "point": int(point) if isinstance(point, int | float) else None,
    }
