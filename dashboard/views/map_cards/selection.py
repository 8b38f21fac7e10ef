"""The selected pixels: how many, of which classes, what they look like, kept under names."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from dashboard.charts.map import ClassCount, count_bars
from dashboard.colors import mark_color
from dashboard.components.feature_map.feature_map import EMPTY
from dashboard.data import recorded
from dashboard.data.classes.chosen import chosen_pair
from dashboard.data.map import shown as map_data
from dashboard.data.opened_run import OpenedRun
from dashboard.data.pixels import chosen
from dashboard.style import dark
from dashboard.text import map as words
from dashboard.text.common import counted
from dashboard.views.classes.crops import crop_rows
from dashboard.views.common import plain
from dashboard.views.map_cards import names

_ROWS = 4


def selected_of(opened: OpenedRun, step: int, show: Sequence[str]) -> NDArray[np.int64]:
    """Return those of the selected pixels that are shown."""
    found = chosen.chosen_pixels(opened)
    return found[map_data.shown_pixels(opened, step, show)[found]]


def card(opened: OpenedRun, step: int, selected: NDArray[np.int64]) -> None:
    """Draw what is selected, or how to select."""
    if st.session_state.pop(EMPTY, False):
        st.caption("Nothing inside that outline, so nothing changed. Draw around some dots.")
    if len(selected):
        _selected(opened, step, selected)
    else:
        _how_to(opened)


def _how_to(opened: OpenedRun) -> None:
    with _title_row():
        st.subheader("Circle some points", anchor=False, width="content")
        _undo(opened)
    st.markdown(
        "Draw a lasso around a group, or click one point. Its pixels appear here, cut out of "
        "the input, the predictions before and now, and the truth. Shift adds, Ctrl takes away."
    )
    names.choice(opened)


def _selected(opened: OpenedRun, step: int, selected: NDArray[np.int64]) -> None:
    domain = recorded.pixels(opened.path)["domain"][selected]
    with _title_row():
        st.subheader(f"{counted(len(selected), 'pixel')} selected", anchor=False, width="content")
        with st.container(horizontal=True, width="content", gap="small"):
            _undo(opened)
            st.button("Clear", on_click=lambda: chosen.clear(opened), type="tertiary")
    hidden = len(chosen.chosen_pixels(opened)) - len(selected)
    more = f"; {hidden:,} more are hidden" if hidden else ""
    counts = f"{int((domain == 0).sum()):,} source, {int((domain == 1).sum()):,} target{more}"
    pair = chosen_pair(opened)
    of_pair = "" if pair is None else f" · {pair[0].display} → {pair[1].display.lower()}"
    st.caption(plain(f"{counts}{of_pair}"))
    st.html(count_bars(_counts(opened, step, selected, domain)))
    _full_space(opened, step, selected)
    names.keep_and_compare(opened, step, selected)
    _pixels(opened, step, selected)


def _title_row() -> DeltaGenerator:
    return st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        gap="small",
    )


def _undo(opened: OpenedRun) -> None:
    if chosen.can_undo(opened):
        st.button(
            "Undo",
            on_click=lambda: chosen.undo(opened),
            type="tertiary",
            help="Ctrl Z on the map does the same",
        )


def _counts(
    opened: OpenedRun, step: int, selected: NDArray[np.int64], domain: NDArray[np.int64]
) -> list[ClassCount]:
    of_class = map_data.point_classes(opened, step)[selected]
    counts = []
    for info in opened.classes:
        mine = of_class == info.id
        if mine.any():
            shown = mark_color(info, opened.selection.palette, dark())
            source, target = int((mine & (domain == 0)).sum()), int((mine & (domain == 1)).sum())
            counts.append(ClassCount(info.display, shown, source, target))
    return sorted(counts, key=lambda one: -one.total)[:6]


def _full_space(opened: OpenedRun, step: int, selected: NDArray[np.int64]) -> None:
    nearer = map_data.nearer_to_another(opened, step, selected)
    classes = opened.classes
    channels = recorded.prototypes(opened.path, step)["vectors"].shape[1]
    st.caption(f"Measured on all {channels} feature values, not on the map")
    if nearer is None:
        domain = recorded.pixels(opened.path)["domain"][selected]
        target = opened.info.domain_name("target")
        st.markdown(plain(words.own_sentence(int((domain == 1).sum()), target)))
        return
    sentence = words.nearer_sentence(
        nearer.share,
        nearer.count,
        target=opened.info.domain_name("target"),
        own=classes[nearer.class_id].display,
        rival=classes[nearer.rival].display,
    )
    st.markdown(plain(sentence))


def _pixels(opened: OpenedRun, step: int, selected: NDArray[np.int64]) -> None:
    st.subheader("What these dots look like", anchor=False, width="content")
    spread = np.random.default_rng(0).permutation(selected)
    crop_rows(opened, step, spread, rows=_ROWS, key="map-pixels")
