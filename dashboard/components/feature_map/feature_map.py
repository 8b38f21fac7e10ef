"""The feature map: points, prototypes and trails; a circled shape comes back, not a list of ids."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.components.loader import component
from dashboard.data.lasso import Shape, shape_of
from dashboard.data.selection import remember

_mount = component("feature_map")
_SELECTED = "spcl.map.selection"


def feature_map(values: Mapping[str, Any], *, run_id: str, key: str) -> None:
    """Draw the map.

    Args:
        values: what `payload.map_values` returned.
        run_id: the run a circled shape belongs to.
        key: identity; zoom, tool and player are kept as long as it stays.
    """
    _mount(
        key=key,
        data=dict(values),
        on_step_change=lambda: _on_step(key),
        on_selection_change=lambda: _on_selection(key, run_id),
    )


def selected_shape(run_id: str) -> Shape | None:
    """Return the shape circled on the map of a run, if any."""
    owner, shape = st.session_state.get(_SELECTED, (None, None))
    return shape if owner == run_id else None


def clear_selection() -> None:
    """Forget the circled shape."""
    st.session_state.pop(_SELECTED, None)


def _on_step(key: str) -> None:
    step = st.session_state[key].get("step")
    if isinstance(step, int | float):
        remember(step=int(step))


def _on_selection(key: str, run_id: str) -> None:
    sent = st.session_state[key].get("selection")
    if isinstance(sent, Mapping):
        st.session_state[_SELECTED] = (run_id, shape_of(sent))
        st.session_state.pop("map-pixels", None)
