"""Feature map: where the network puts every probe pixel, and which pixels a group is made of."""

import streamlit as st

from dashboard.components.class_legend.class_legend import class_legend, legend_values
from dashboard.data import recorded
from dashboard.data.map import shown as map_data
from dashboard.data.opened_run import OpenedRun
from dashboard.text import absent
from dashboard.text import map as words
from dashboard.views.common import header, open_page
from dashboard.views.map_cards import classes, image, maps, selection, toolbar


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
    color_by, show = toolbar.draw(opened)
    step = map_data.step_on(layout, opened)
    selected = selection.selected_of(opened, step, show)
    shown = maps.Shown(opened, layout, color_by, show, selected)
    if maps.are_two(shown, step):
        maps.draw_two(shown, step)
        left, middle, right = st.columns(3)
    else:
        left, right = st.columns([768, 352])
        middle = right
        with left:
            maps.draw_one(shown)
        left = right
    with left:
        toolbar.find(opened)
        with st.container(border=True):
            told = classes.told(opened, measures, step) if not len(selected) else None
            class_legend(
                legend_values(opened, told, selects=True),
                key="map-legend",
                on_select=lambda name: classes.select(opened, name, step),
            )
        image.card(opened, step, selected)
    if maps.are_two(shown, step):
        with middle:
            classes.changed_card(opened, measures)
    with right, st.container(border=True, gap="xsmall"):
        selection.card(opened, step, selected)
