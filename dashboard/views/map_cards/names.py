"""Selections under names: kept beside the run, chosen again, held against what is selected."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.charts.map import comparison_table
from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun
from dashboard.data.pixels import chosen
from dashboard.data.pixels.kept import Kept, forget, keep, kept_selections
from dashboard.data.pixels.measured import group_of
from dashboard.text import pixels as words
from dashboard.views.classes.crops import pixel_row
from dashboard.views.common import plain

_TROUBLE = "spcl.map.names.trouble"


def choice(opened: OpenedRun) -> None:
    """Draw the named selections to choose one from; nothing where there is none."""
    kept = kept_selections(opened.run)
    _troubles(kept)
    if not kept.selections:
        return
    st.session_state["map-named"] = None
    st.selectbox(
        "Named selections",
        [one.name for one in kept.selections],
        index=None,
        placeholder=f"{len(kept.selections)} kept with this run",
        key="map-named",
        on_change=lambda: _choose(opened, kept, st.session_state["map-named"]),
    )


def keep_and_compare(opened: OpenedRun, step: int, selected: NDArray[np.int64]) -> None:
    """Draw what keeps the selected pixels under a name, and what holds them against others."""
    kept = kept_selections(opened.run)
    _troubles(kept)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        with st.popover("Keep under a name", width="content"):
            st.text_input(
                "Name", key="map-name", max_chars=60, placeholder="Riders taken for persons"
            )
            st.button("Keep", on_click=lambda: _keep(opened, step, selected), type="primary")
            for one in kept.selections:
                st.button(
                    f"Remove {plain(one.name)}",
                    key=f"map-forget.{one.name}",
                    on_click=lambda name=one.name: _forget(opened, name),
                    type="tertiary",
                )
        if kept.selections:
            with_name = st.selectbox(
                "Compare with",
                [one.name for one in kept.selections],
                index=None,
                placeholder="Compare with …",
                key="map-compared",
                label_visibility="collapsed",
                width=170,
            )
            other = kept.named(with_name)
    if kept.selections and other is not None:
        _comparison(opened, step, selected, other.name, other.indices(_count(opened)))


def _comparison(
    opened: OpenedRun,
    step: int,
    selected: NDArray[np.int64],
    name: str,
    other: NDArray[np.int64] | None,
) -> None:
    if other is None:
        st.caption(f"{plain(name)} was made for another set of probe pixels.")
        return
    groups = [group_of(opened, step, indices) for indices in (selected, other)]
    source, target = opened.info.domain_name("source"), opened.info.domain_name("target")
    rows = words.group_rows(groups, list(opened.displays.values()), source=source, target=target)
    typical = [
        [pixel_row(opened, step, index, has_before=False).pictures[0] for index in group.typical]
        for group in groups
    ]
    st.html(comparison_table(("Selected", name), rows, typical))
    shared = len(np.intersect1d(selected, other))
    st.caption(plain(words.overlap_sentence(shared, len(selected), len(other))))


def _choose(opened: OpenedRun, kept: Kept, name: str | None) -> None:
    one = kept.named(name)
    found = None if one is None else one.indices(_count(opened))
    if one is not None and found is None:
        st.session_state[_TROUBLE] = f"{one.name} was made for another set of probe pixels."
    if found is not None:
        chosen.choose(opened, found, "set")


def _keep(opened: OpenedRun, step: int, selected: NDArray[np.int64]) -> None:
    word = chosen.word_of(opened, selected)
    st.session_state[_TROUBLE] = keep(opened.run, st.session_state["map-name"], word, step)


def _forget(opened: OpenedRun, name: str) -> None:
    st.session_state[_TROUBLE] = forget(opened.run, name)


def _troubles(kept: Kept) -> None:
    trouble = st.session_state.pop(_TROUBLE, "") or kept.trouble
    if trouble:
        st.warning(plain(trouble), icon=":material/warning:")


def _count(opened: OpenedRun) -> int:
    return len(recorded.pixels(opened.path)["image"])
