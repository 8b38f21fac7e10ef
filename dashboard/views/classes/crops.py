"""Probe pixels as rows of crops: the input, the predictions before and now, and the truth."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.charts.map import PixelRow, pixel_rows
from dashboard.colors import color
from dashboard.data import crops, recorded
from dashboard.data.opened_run import OpenedRun
from dashboard.style import dark
from dashboard.views.links import address
from spcl.store.classes import IGNORE_INDEX


def crop_rows(
    opened: OpenedRun, step: int, indices: NDArray[np.int64], *, rows: int, key: str
) -> None:
    """Draw some of the pixels, with a way to the next ones; `key` names what is paged through."""
    pages = -(-len(indices) // rows)
    place = min(st.session_state.get(key, 1), pages)
    has_before = opened.before is not None and opened.before < step
    heads = ["Input", *(["Before"] if has_before else []), "Now", "Truth"]
    shown = indices[(place - 1) * rows : place * rows].tolist()
    drawn = [pixel_row(opened, step, index, has_before=has_before) for index in shown]
    st.html(pixel_rows(drawn, heads, dark=dark()))
    if pages > 1:
        st.pagination(pages, key=key, max_visible_pages=5)


def pixel_row(opened: OpenedRun, step: int, index: int, *, has_before: bool) -> PixelRow:
    """Return the crops around a probe pixel, each with its class and whether that is right."""
    pixels = recorded.pixels(opened.path)
    row, column = int(pixels["row"][index]), int(pixels["column"][index])
    image = recorded.images(opened.path)[int(pixels["image"][index])]
    truth = int(pixels["class_id"][index])
    classes = opened.classes

    colors = tuple(color(info, opened.selection.palette) for info in classes)

    def cut(at: int | None) -> str:
        return crops.crop(opened.path, at, image.key, row, column, colors)

    def predicted(at: int) -> tuple[str, str, bool | None]:
        class_id = int(recorded.predictions(opened.path, at)["class_id"][index])
        verdict = None if truth == IGNORE_INDEX else class_id == truth
        return classes[class_id].display, cut(at), verdict

    name = classes[truth].display if truth != IGNORE_INDEX else "no label"
    before = [predicted(opened.before)] if has_before and opened.before is not None else []
    pictures = [(image.name, cut(None), None), *before, predicted(step), (name, cut(-1), None)]
    whole = address("masks", image=image.key, at=(row, column))
    return PixelRow(image.name, tuple(pictures), whole)
