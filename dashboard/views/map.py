"""Feature map: where the network puts every probe pixel, and which pixels a group is made of."""

import streamlit as st

from dashboard.components.class_legend.class_legend import class_legend, legend_values
from dashboard.components.feature_map.feature_map import feature_map
from dashboard.components.feature_map.payload import map_values
from dashboard.data import map as map_data
from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun
from dashboard.data.pixels import chosen
from dashboard.style import dark
from dashboard.text import absent
from dashboard.text import map as words
from dashboard.views.common import header, open_page
from dashboard.views.map_cards import classes, image, selection, toolbar


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
    left, right = st.columns([768, 352])
    with left:
        values = map_values(
            opened,
            layout,
            color_by=color_by,
            show=show,
            selected=selected if len(selected) else None,
            shape=chosen.outline_of(opened),
            dark=dark(),
        )
        feature_map(values, opened, layout, show=show, key="feature-map")
    with right:
        toolbar.find(opened)
        with st.container(border=True):
            told = classes.told(opened, measures, step) if not len(selected) else None
            class_legend(
                legend_values(opened, told, selects=True),
                key="map-legend",
                on_select=lambda name: classes.select(opened, name, step),
            )
        image.card(opened, step, selected)
        with st.container(border=True, gap="xsmall"):
            selection.card(opened, step, selected)
