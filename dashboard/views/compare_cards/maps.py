"""Two runs on one map, side by side: made on request, then one camera and one selection."""

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.charts.map import share_bars
from dashboard.colors import mark_color
from dashboard.components.feature_map.coloring import ColorBy
from dashboard.components.feature_map.feature_map import feature_map
from dashboard.components.feature_map.payload import Twin, map_values
from dashboard.data import recorded
from dashboard.data.classes.chosen import chosen_pair
from dashboard.data.compared import requests
from dashboard.data.compared.maps import Parts, cell_pixels, opened_at, parts_of, request_of
from dashboard.data.compared.requests import JointRequest
from dashboard.data.compared.runs import Contender
from dashboard.data.opened_run import OpenedRun
from dashboard.data.pixels import chosen
from dashboard.data.selection import remember
from dashboard.style import dark
from dashboard.text.compared import maps as words
from dashboard.text.compared.transfer import cell_title
from dashboard.text.pixels import COLOR_NAMES
from dashboard.views.common import card, how_to_read, plain
from spcl.store.derived.joint import why_apart

Names = tuple[str, str]
_SHOW = ("source", "target", "prototypes")


def map_cards(opened: OpenedRun, first: Contender, second: Contender, names: Names) -> None:
    """Draw both maps and the classes by their neighbours, or what leads there."""
    st.subheader(words.TITLE, anchor=False)
    reason = why_apart(first.run, second.run)
    if reason:
        st.caption(plain(reason))
        return
    st.caption(plain(words.WHAT))
    parts = parts_of(first, second)
    if parts is None:
        _asking(request_of(first, second), len(recorded.pixels(first.path)["image"]))
        return
    _maps(opened, (first, second), parts, names)
    _kept(opened, parts.first.kept, names)


def _asking(request: JointRequest, num_pixels: int) -> None:
    how = requests.asked(request)
    if how is not None and how.kind == "failed":
        st.warning(plain(how.said), icon=":material/warning:")
    if how is None or how.kind == "failed":
        st.caption(plain(words.before_asking(num_pixels)))
        st.button(words.ASK, on_click=lambda: requests.ask(request), type="primary")
        return
    _progress(request)


@st.fragment(run_every=0.5)
def _progress(request: JointRequest) -> None:
    """Show how far the map is; once it is there, or failed, the page is drawn anew."""
    how = requests.asked(request)
    if how is None or how.kind == "failed":
        st.rerun()
    share, said = words.progress(how.said)
    st.progress(share, text=plain(said))


def _maps(opened: OpenedRun, pair: tuple[Contender, Contender], parts: Parts, names: Names) -> None:
    color_by = _color(opened)
    selected = _selected(opened, pair, names)
    columns = st.columns(2)
    twins: Sequence[Twin] = ("before", "now")
    for column, one, layout, twin, name in zip(columns, pair, parts, twins, names, strict=True):
        run = opened_at(one, opened)
        values = map_values(
            run,
            layout,
            color_by=color_by,
            show=_SHOW,
            selected=selected if len(selected) else None,
            shape=None,
            dark=dark(),
            twin=twin,
            title=words.map_title(name, one.side.step),
        )
        with column:
            feature_map(values, run, layout, show=_SHOW, key=f"compare-map-{twin}")


def _color(opened: OpenedRun) -> ColorBy:
    asked = opened.selection.color
    st.session_state["compare-color"] = asked if asked in words.COLOR_BY else words.COLOR_BY[0]
    found = st.segmented_control(
        "Colour by", words.COLOR_BY, format_func=lambda one: COLOR_NAMES[cast(ColorBy, one)],
        key="compare-color", required=True,
        on_change=lambda: remember(color=st.session_state["compare-color"]),
    )  # fmt: skip
    return cast(ColorBy, found)


def _selected(
    opened: OpenedRun, pair: tuple[Contender, Contender], names: Names
) -> NDArray[np.int64]:
    """Return the pixels of the cell that is chosen, else those that were circled."""
    cell = chosen_pair(opened)
    if cell is None:
        return chosen.chosen_pixels(opened)
    found = cell_pixels(*pair, (cell[0].id, cell[1].id))
    title = cell_title((cell[0].display, cell[1].display), names)
    said = words.of_cell(len(found), title)
    if said:
        st.caption(plain(said))
    return found


def _kept(opened: OpenedRun, kept: Mapping[str, float], names: Names) -> None:
    """Draw the classes by how few of their neighbours both runs share, least first."""
    infos = {info.name: info for info in opened.classes}
    rows = sorted(((share, name) for name, share in kept.items() if name in infos))
    with card("Whose neighbours differ most", "ten nearest shared"):
        if not rows:
            st.caption("No target pixel of these runs has a class.")
            return
        palette = opened.selection.palette
        st.html(
            share_bars(
                [
                    (infos[name].display, mark_color(infos[name], palette, dark()), share)
                    for share, name in rows
                ]
            )
        )
        named = [(infos[name].display, share) for share, name in rows]
        how_to_read(words.kept_reading(named, opened.info.domain_name("target"), names))
