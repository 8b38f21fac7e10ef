"""The map of the step shown, alone or with the one before adaptation beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.components.feature_map.coloring import ColorBy
from dashboard.components.feature_map.feature_map import feature_map
from dashboard.components.feature_map.payload import Twin, map_values
from dashboard.data.opened_run import OpenedRun
from dashboard.data.pixels import chosen
from dashboard.style import dark
from dashboard.views.map_cards.toolbar import BESIDE
from spcl.store.derived.reader import Layout


@dataclass(frozen=True)
class Shown:
    """What a map shows."""

    opened: OpenedRun
    layout: Layout
    color_by: ColorBy
    show: Sequence[str]
    selected: NDArray[np.int64]


def are_two(shown: Shown, step: int) -> bool:
    """Return whether the map before adaptation is wanted, and there in the same projection."""
    before = shown.opened.compared_step
    return BESIDE in shown.show and before in shown.layout.steps and before != step


def draw_one(shown: Shown) -> None:
    """Draw the map of the step."""
    _draw(shown, key="feature-map")


def draw_two(shown: Shown, step: int) -> None:
    """Draw both maps; they share camera, selection and the point under the pointer."""
    before = shown.opened.compared_step
    assert before is not None, "there is nothing to compare with"
    only = replace(shown.layout, steps={before: shown.layout.steps[before]}, refits=())
    then = replace(shown, opened=replace(shown.opened, step=before), layout=only)
    left, right = st.columns(2)
    with left:
        _draw(then, key="feature-map-before", twin="before", beside=step)
    with right:
        _draw(shown, key="feature-map", twin="now", beside=before)


def _draw(shown: Shown, *, key: str, twin: Twin = "", beside: int | None = None) -> None:
    opened, selected = shown.opened, shown.selected
    values = map_values(
        opened,
        shown.layout,
        color_by=shown.color_by,
        show=shown.show,
        selected=selected if len(selected) else None,
        shape=chosen.outline_of(opened),
        dark=dark(),
        twin=twin,
        beside=beside,
    )
    feature_map(values, opened, shown.layout, show=shown.show, key=key)
