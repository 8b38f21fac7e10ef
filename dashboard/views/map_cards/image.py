"""The image that was found or that a clicked point lies in, whole."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.components.image_area.image_area import area_values, image_area
from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun
from dashboard.data.selection import remember
from dashboard.text.common import first_upper
from dashboard.views.common import plain
from dashboard.views.links import page_link


def card(opened: OpenedRun, step: int, selected: NDArray[np.int64]) -> None:
    """Draw the image that the selection names, with its probe pixels; nothing without one."""
    images = recorded.images(opened.path)
    keys = [image.key for image in images]
    if opened.selection.image not in keys:
        return
    at = keys.index(opened.selection.image)
    name = f"{first_upper(opened.info.domain_name(images[at].domain))} {images[at].name}"
    with st.container(border=True, gap="xsmall"):
        with st.container(
            horizontal=True,
            horizontal_alignment="distribute",
            vertical_alignment="center",
            gap="small",
        ):
            st.subheader(plain(name), anchor=False, width="content")
            st.button("Close", on_click=lambda: remember(image=None), type="tertiary")
        values = area_values(opened, step, images[at], selected)
        image_area(values, opened, at, key="map-image")
        page_link("masks", "Show in masks", image=images[at].key, at=_only(opened, at, selected))


def _only(opened: OpenedRun, image: int, selected: NDArray[np.int64]) -> tuple[int, int] | None:
    """Return row and column of the pixel selected, where it is one and lies in the image."""
    pixels = recorded.pixels(opened.path)
    mine = selected[pixels["image"][selected] == image]
    if len(mine) != 1 or len(selected) != 1:
        return None
    return int(pixels["row"][mine[0]]), int(pixels["column"][mine[0]])
