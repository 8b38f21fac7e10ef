"""Feature map: where the network puts every probe pixel, and which pixels a group is made of."""

from typing import cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.charts.map import ClassCount, count_bars
from dashboard.colors import mark_color
from dashboard.components.feature_map.feature_map import (
    clear_selection,
    feature_map,
    selected_shape,
)
from dashboard.components.feature_map.payload import ColorBy, map_values
from dashboard.data import map as map_data
from dashboard.data import recorded
from dashboard.data.classes.chosen import Pair, chosen_pair
from dashboard.data.classes.pairs import pair_pixels
from dashboard.data.opened_run import OpenedRun
from dashboard.data.selection import remember
from dashboard.style import dark
from dashboard.text import absent
from dashboard.text import map as words
from dashboard.text.common import counted
from dashboard.views.classes.crops import crop_rows
from dashboard.views.common import header, open_page, plain
from spcl.store.derived.reader import Layout

_COLORS = {"Class": "class", "Right or wrong": "correct", "Confidence": "confidence"}
_SHOW = {
    "○ Source": "source",
    "● Target": "target",
    "◆ Prototypes": "prototypes",
    "╱ Trails": "trails",
}
_ROWS = 4


def render(run: OpenedRun) -> None:
    """Draw the page."""
    opened = open_page(run, "Feature map", shows_measures=True)
    if opened is None or opened.step is None:
        return
    if absent.lacks(opened.info, "features"):
        header(f"Feature map · step {opened.step:,}", *absent.NO_MAP)
        return
    measures = recorded.measures_frame(opened.run, at=(opened.step,))
    target = opened.info.domain_name("target")
    header(
        f"Feature map · step {opened.step:,}",
        words.headline(
            measures,
            opened.step,
            names=opened.displays,
            target=target,
            num_snapshots=len(opened.steps),
        ),
        f"Each dot is one pixel of a probe image of {opened.title} (val splits). Dots close "
        "together look alike to the network.",
    )
    layout = map_data.best_layout(opened)
    if layout is None:
        st.info(
            "The map is being computed and appears a few seconds after the first snapshot. "
            "If it does not, run: `python -m spcl analyse RUN_DIR`",
            icon=":material/hourglass_top:",
        )
        return
    color_by, show = _toolbar(opened)
    step = map_data.step_on(layout, opened)
    shape = selected_shape(opened.info.id)
    if shape is not None and shape.step not in layout.steps:
        shape = None
    selected = None if shape is None else map_data.selected_pixels(opened, layout, shape, show)
    pair = chosen_pair(opened) if shape is None else None
    if pair is not None:
        found = pair_pixels(opened, step, pair).indices
        selected = found if len(found) else None
    left, right = st.columns([768, 352])
    with left:
        values = map_values(
            opened,
            layout,
            color_by=color_by,
            show=show,
            selected=selected,
            shape=shape,
            dark=dark(),
        )
        feature_map(values, run_id=opened.info.id, key="feature-map")
    with right, st.container(border=True, gap="xsmall"):
        _panel(opened, layout, step, selected, pair=pair)


def _toolbar(opened: OpenedRun) -> tuple[ColorBy, list[str]]:
    names = opened.displays
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        colors = {value: label for label, value in _COLORS.items()}
        offered = [
            label
            for label, value in _COLORS.items()
            if value != "confidence" or not absent.lacks(opened.info, "confidence")
        ]
        asked_color = colors.get(opened.selection.color or "", "Class")
        st.session_state["map-color"] = asked_color if asked_color in offered else "Class"
        color_by = st.segmented_control(
            "Colour by", offered, required=True, key="map-color", width="content",
            on_change=lambda: remember(color=_COLORS[st.session_state["map-color"]]),
        )  # fmt: skip
        asked = opened.selection.show
        st.session_state["map-show"] = [
            label for label, name in _SHOW.items() if asked is None or name in asked
        ]
        show = st.segmented_control(
            "Show", list(_SHOW), selection_mode="multi", key="map-show", width="content",
            on_change=lambda: remember(show=_shown(st.session_state["map-show"])),
        )  # fmt: skip
        st.multiselect(
            "Classes",
            list(names),
            default=list(opened.selection.classes),
            format_func=lambda name: names[name],
            placeholder=f"All {len(names)}",
            key="map-classes",
            on_change=lambda: remember(classes=tuple(st.session_state["map-classes"])),
            width=240,
        )
    chosen = cast(ColorBy, _COLORS[color_by or "Class"])
    return chosen, [_SHOW[name] for name in show]


def _shown(labels: list[str]) -> tuple[str, ...] | None:
    """Return what is shown as the address has it: None for everything."""
    return None if len(labels) == len(_SHOW) else tuple(_SHOW[label] for label in labels)


def _panel(
    opened: OpenedRun,
    layout: Layout,
    step: int,
    selected: NDArray[np.int64] | None,
    *,
    pair: Pair | None,
) -> None:
    if selected is None or not len(selected):
        st.subheader("Circle some points", anchor=False)
        st.markdown(
            "Draw a lasso around a group, or click one point. Its pixels appear here, cut out of "
            "the input, the predictions before and now, and the truth."
        )
        if selected is not None:
            st.caption("Nothing inside that outline. Draw around some dots.")
        return
    domain = recorded.pixels(opened.path)["domain"][selected]
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        st.subheader(f"{counted(len(selected), 'pixel')} selected", anchor=False, width="content")
        st.button("Clear", on_click=_clear, type="tertiary")
    of_pair = "" if pair is None else f" · {pair[0].display} → {pair[1].display.lower()}"
    counts = f"{int((domain == 0).sum()):,} source, {int((domain == 1).sum()):,} target"
    st.caption(plain(f"{counts}{of_pair}"))
    st.html(count_bars(_counts(opened, step, selected, domain)))
    _full_space(opened, step, selected)
    _pixels(opened, step, selected)


def _clear() -> None:
    clear_selection()
    remember(pair=None)


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
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        st.subheader("What these dots look like", anchor=False, width="content")
    spread = np.random.default_rng(0).permutation(selected)
    crop_rows(opened, step, spread, rows=_ROWS, key="map-pixels")
