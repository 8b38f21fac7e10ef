"""Feature map: where the network puts every probe pixel, and which pixels a group is made of."""

from typing import cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.charts.map import ClassCount, PixelRow, count_bars, pixel_rows
from dashboard.colors import mark_color
from dashboard.components.feature_map.feature_map import (
    clear_selection,
    feature_map,
    selected_shape,
)
from dashboard.data import crops, recorded
from dashboard.data import map as map_data
from dashboard.data.selection import remember
from dashboard.text import map as words
from dashboard.text.common import counted
from dashboard.views.common import Page, dark, header, open_page, plain, title_of
from spcl.store.derived_reader import Layout
from spcl.store.schema import IGNORE_INDEX

_COLORS = {"Class": "class", "Right or wrong": "correct", "Confidence": "confidence"}
_SHOW = {
    "○ Source": "source",
    "● Target": "target",
    "◆ Prototypes": "prototypes",
    "╱ Trails": "trails",
}
_ROWS = 4


def render() -> None:
    """Draw the page."""
    page = open_page("Feature map", shows_measures=True)
    if page is None or page.step is None:
        return
    names = {info.name: info.display for info in recorded.classes(page.run)}
    measures = recorded.measures_frame(page.run)
    target = page.info.domain_name("target")
    header(
        f"Feature map · step {page.step:,}",
        words.headline(
            measures, page.step, names=names, target=target, num_snapshots=len(page.steps)
        ),
        f"Each dot is one pixel of a probe image of {title_of(page)} (val splits). Dots close "
        "together look alike to the network.",
    )
    layout = map_data.best_layout(page)
    if layout is None:
        st.info(
            "The map is being computed and appears a few seconds after the first snapshot. "
            "If it does not, run: `python -m spcl analyse RUN_DIR`",
            icon=":material/hourglass_top:",
        )
        return
    color_by, show = _toolbar(page, names)
    step = map_data.step_on(layout, page)
    shape = selected_shape(page.info.id)
    if shape is not None and shape.step not in layout.steps:
        shape = None
    selected = None if shape is None else map_data.selected_pixels(page, layout, shape, show)
    left, right = st.columns([768, 352])
    with left:
        values = map_data.map_values(
            page, layout, color_by=color_by, show=show, selected=selected, shape=shape
        )
        feature_map(values, run_id=page.info.id, key="feature-map")
    with right, st.container(border=True, gap="xsmall"):
        _panel(page, layout, step, selected)


def _toolbar(page: Page, names: dict[str, str]) -> tuple[map_data.ColorBy, list[str]]:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        color_by = st.segmented_control(
            "Colour by",
            list(_COLORS),
            default="Class",
            required=True,
            key="map-colour",
            width="content",
        )
        show = st.segmented_control(
            "Show", list(_SHOW), default=list(_SHOW), selection_mode="multi", key="map-show",
            width="content",
        )  # fmt: skip
        st.multiselect(
            "Classes",
            list(names),
            default=list(page.selection.classes),
            format_func=lambda name: names[name],
            placeholder=f"All {len(names)}",
            key="map-classes",
            on_change=lambda: remember(classes=tuple(st.session_state["map-classes"])),
            width=240,
        )
    chosen = cast(map_data.ColorBy, _COLORS[color_by or "Class"])
    return chosen, [_SHOW[name] for name in show]


def _panel(page: Page, layout: Layout, step: int, selected: NDArray[np.int64] | None) -> None:
    if selected is None or not len(selected):
        st.subheader("Circle some points", anchor=False)
        st.markdown(
            "Draw a lasso around a group, or click one point. Its pixels appear here, cut out of "
            "the input, the predictions before and now, and the truth."
        )
        if selected is not None:
            st.caption("Nothing inside that outline. Draw around some dots.")
        return
    domain = recorded.pixels(page.path)["domain"][selected]
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        st.subheader(f"{counted(len(selected), 'pixel')} selected", anchor=False, width="content")
        st.button("Clear", on_click=clear_selection, type="tertiary")
    st.caption(f"{int((domain == 0).sum()):,} source, {int((domain == 1).sum()):,} target")
    st.html(count_bars(_counts(page, step, selected, domain)))
    _full_space(page, step, selected)
    _pixels(page, step, selected)


def _counts(
    page: Page, step: int, selected: NDArray[np.int64], domain: NDArray[np.int64]
) -> list[ClassCount]:
    of_class = map_data.point_classes(page, step)[selected]
    found = []
    for info in recorded.classes(page.run):
        mine = of_class == info.id
        if mine.any():
            shown = mark_color(info, page.selection.palette, dark())
            source, target = int((mine & (domain == 0)).sum()), int((mine & (domain == 1)).sum())
            found.append(ClassCount(info.display, shown, source, target))
    return sorted(found, key=lambda one: -one.total)[:6]


def _full_space(page: Page, step: int, selected: NDArray[np.int64]) -> None:
    found = map_data.nearer_to_another(page, step, selected)
    classes = recorded.classes(page.run)
    channels = recorded.prototypes(page.path, step)["vectors"].shape[1]
    st.caption(f"Measured on all {channels} feature values, not on the map")
    if found is None:
        domain = recorded.pixels(page.path)["domain"][selected]
        target = page.info.domain_name("target")
        st.markdown(plain(words.own_sentence(int((domain == 1).sum()), target)))
        return
    sentence = words.nearer_sentence(
        found.share,
        found.count,
        target=page.info.domain_name("target"),
        own=classes[found.class_id].display,
        rival=classes[found.rival].display,
    )
    st.markdown(plain(sentence))


def _pixels(page: Page, step: int, selected: NDArray[np.int64]) -> None:
    pages = -(-len(selected) // _ROWS)
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        st.subheader("What these dots look like", anchor=False, width="content")
    spread = np.random.default_rng(0).permutation(selected)
    place = min(st.session_state.get("map-pixels", 1), pages)
    shown = spread[(place - 1) * _ROWS : place * _ROWS]
    has_before = page.before is not None and page.before < step
    heads = ["Input", *(["Before"] if has_before else []), "Now", "Truth"]
    rows = [_pixel(page, step, int(i), has_before) for i in shown]
    st.html(pixel_rows(rows, heads, dark=dark()))
    if pages > 1:
        st.pagination(pages, key="map-pixels", max_visible_pages=5)


def _pixel(page: Page, step: int, index: int, has_before: bool) -> PixelRow:
    pixels = recorded.pixels(page.path)
    row, column = int(pixels["row"][index]), int(pixels["column"][index])
    image = recorded.images(page.path)[int(pixels["image"][index])]
    truth = int(pixels["class_id"][index])
    classes = recorded.classes(page.run)

    def cut(at: int | None) -> str:
        return crops.crop(page.path, at, image.key, row, column, page.selection.palette)

    def predicted(at: int) -> tuple[str, str, bool | None]:
        class_id = int(recorded.predictions(page.path, at)["class_id"][index])
        verdict = None if truth == IGNORE_INDEX else class_id == truth
        return classes[class_id].display, cut(at), verdict

    name = classes[truth].display if truth != IGNORE_INDEX else "no label"
    before = [predicted(page.before)] if has_before and page.before is not None else []
    pictures = [(image.name, cut(None), None), *before, predicted(step), (name, cut(-1), None)]
    return PixelRow(image.name, tuple(pictures))
