"""Controls of the map: what colours say, what is shown, and the search for an image."""

import streamlit as st

from dashboard.components.feature_map.coloring import COLOR_BY, ColorBy, offered
from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun
from dashboard.data.pixels import chosen
from dashboard.data.pixels.shape import of_image
from dashboard.data.selection import remember
from dashboard.text import absent
from dashboard.text.common import first_upper
from dashboard.text.pixels import COLOR_NAMES, SHOW_NAMES, SHOWN_AT_FIRST
from spcl.store.formats.text import one_line

BESIDE = "before"
"""Among what is shown: the map before adaptation, beside the other."""


def draw(opened: OpenedRun) -> tuple[ColorBy, list[str]]:
    """Draw the controls; return what colours say and what is shown."""
    with st.container(
        horizontal=True, gap="medium", vertical_alignment="bottom", key="map-toolbar"
    ):
        color_by = _color(opened)
        show = _show(opened)
        if _beside(opened):
            show = [*show, BESIDE]
    return color_by, show


def _color(opened: OpenedRun) -> ColorBy:
    options = offered(opened, lacks_confidence=absent.lacks(opened.info, "confidence"))
    asked = next((one for one in options if one == opened.selection.color), COLOR_BY[0])
    st.session_state["map-color"] = asked
    color_by: ColorBy = st.selectbox(
        "Colour by",
        options,
        format_func=lambda value: COLOR_NAMES[value],
        key="map-color",
        width=190,
        on_change=lambda: remember(color=_unless_first(st.session_state["map-color"])),
    )
    return color_by


def _unless_first(value: str) -> str | None:
    return None if value == COLOR_BY[0] else value


def _show(opened: OpenedRun) -> list[str]:
    asked = opened.selection.show
    st.session_state["map-show"] = [
        name for name in SHOW_NAMES if name in (SHOWN_AT_FIRST if asked is None else asked)
    ]
    return st.segmented_control(
        "Show",
        list(SHOW_NAMES),
        format_func=lambda name: SHOW_NAMES[name],
        selection_mode="multi",
        key="map-show",
        width="content",
        on_change=lambda: _remember(opened),
    )


def _beside(opened: OpenedRun) -> bool:
    """Draw the switch for two maps; False where there is nothing to compare with."""
    if opened.compared_step is None:
        return False
    st.session_state["map-beside"] = BESIDE in (opened.selection.show or ())
    return st.toggle("Before | now", key="map-beside", on_change=lambda: _remember(opened))


def _remember(opened: OpenedRun) -> None:
    names = [*st.session_state["map-show"]]
    if st.session_state.get("map-beside") and opened.compared_step is not None:
        names.append(BESIDE)
    remember(show=_unless_default(names))


def _unless_default(names: list[str]) -> tuple[str, ...] | None:
    """Return what is shown as the address has it: None for what is shown at first."""
    shown = tuple(name for name in (*SHOW_NAMES, BESIDE) if name in names)
    return None if shown == SHOWN_AT_FIRST else shown


def find(opened: OpenedRun) -> None:
    """Draw the search: the points of an image light up, and the image opens."""
    names = {image.key: _name(opened, image.key) for image in recorded.images(opened.path)}
    asked = opened.selection.image
    st.session_state["map-find"] = asked if asked in names else None
    st.selectbox(
        "Find image",
        list(names),
        index=None,
        format_func=lambda key: names.get(key, key),
        placeholder=f"Find one of {len(names)} images",
        key="map-find",
        label_visibility="collapsed",
        on_change=lambda: _found(opened, st.session_state["map-find"]),
    )


def _name(opened: OpenedRun, key: str) -> str:
    image = next(one for one in recorded.images(opened.path) if one.key == key)
    return one_line(f"{first_upper(opened.info.domain_name(image.domain))} {image.name}")


def _found(opened: OpenedRun, key: str | None) -> None:
    remember(image=key)
    if key is not None:
        chosen.choose(opened, of_image(opened, key), "set")
