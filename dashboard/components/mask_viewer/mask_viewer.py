"""The mask viewer: exact class ids, coloured in the browser; this side only says what there is."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.components.loader import component
from dashboard.data.selection import remember

_mount = component("mask_viewer")


def mask_viewer(values: Mapping[str, Any], *, key: str) -> None:
    """Draw the viewer; a chosen image or set of classes comes back as the page's selection.

    Args:
        values: what `payload.mask_values` returned.
        key: identity; zoom, layers and sliders are kept as long as it stays.
    """
    _mount(
        key=key,
        data=dict(values),
        on_image_change=lambda: _remember(key, "image"),
        on_classes_change=lambda: _remember(key, "classes"),
    )


def _remember(key: str, name: str) -> None:
    value = st.session_state[key].get(name)
    if value is not None:
        remember(**{name: value})
