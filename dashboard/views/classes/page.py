"""Class: everything of one class on one screen; "what happened to the cyclists?"."""

import streamlit as st

from dashboard.cards.classes import over_steps as small
from dashboard.cards.classes import pictures as large
from dashboard.charts.common import Card
from dashboard.data.classes.chosen import chosen_class, pair_word
from dashboard.data.classes.confusion import fate, most_changed
from dashboard.data.classes.history import ClassHistory, class_history
from dashboard.data.classes.images import class_images
from dashboard.data.opened_run import OpenedRun
from dashboard.text.classes import readings
from dashboard.text.classes import told as words
from dashboard.views.common import (
    Files,
    card,
    header,
    look_here,
    open_page,
    plain,
    show,
    show_inside,
)
from dashboard.views.links import address, page_link
from spcl.store.classes import ClassInfo

# On a narrow page two small cards stand beside each other, and the large ones below each other.
_WRAP = """<style>
.st-key-class-small > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"],
.st-key-class-large > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"] {
  flex-wrap: wrap; }
.st-key-class-small > * > * > [data-testid="stColumn"] { min-width: min(100%, 250px); }
.st-key-class-large > * > * > [data-testid="stColumn"] { min-width: min(100%, 480px); }
</style>"""


def render(run: OpenedRun) -> None:
    """Draw the page."""
    opened = open_page(run, "Class", shows_measures=True)
    if opened is None or opened.step is None:
        return
    chosen = chosen_class(opened)
    info = chosen if chosen is not None else opened.classes[most_changed(opened)]
    _headline(opened, info, is_chosen=chosen is not None)
    look, history = look_here(opened), class_history(opened, info)
    with st.container(key="class-small"):
        st.html(_WRAP)
        columns = st.columns(4)
        with columns[0]:
            show(opened, small.iou_card(opened, history, look), "class.iou", stretches=True)
        with columns[1]:
            shown = small.labels_card(opened, history, info, look)
            show(opened, shown, "class.labels", stretches=True)
        with columns[2]:
            _margin(opened, info, history, small.margin_card(opened, history, info, look))
        with columns[3]:
            shown = small.prototype_card(opened, history, look)
            show(opened, shown, "class.prototype", stretches=True)
    fates = (fate(opened, info.id, opened.step), fate(opened, info.id, opened.compared_step))
    with st.container(key="class-large"):
        left, right = st.columns(2)
        with left:
            shown = large.flow_card(opened, info, fates, look, address)
            show(opened, shown, "class.flow", stretches=True)
        with right:
            images = class_images(opened, info)
            shown = large.images_card(opened, info, images, look, address)
            show(opened, shown, "class.images", stretches=True)


def _headline(opened: OpenedRun, info: ClassInfo, *, is_chosen: bool) -> None:
    story = words.Story(
        info.display,
        list(opened.displays.values()),
        opened.info.domain_name("target"),
        now=fate(opened, info.id, opened.step),
        before=fate(opened, info.id, opened.compared_step),
    )
    kicker = f"Class · {info.display} · step {opened.step or 0:,}"
    header(kicker, words.headline(story), words.caption(story))
    if not is_chosen:
        is_compared = opened.compared_step is not None
        asked = opened.selection.name
        st.caption(
            plain(
                words.without_choice(
                    info.display,
                    is_asked=asked,
                    is_compared=is_compared,
                    is_scored=story.now is not None,
                )
            )
        )


def _margin(opened: OpenedRun, info: ClassInfo, history: ClassHistory, shown: Card) -> None:
    """Draw the margin, and below it the closest rivals as links to the pixels they take."""
    with card(shown.title, shown.unit, files=Files(opened, shown, "class.margin"), stretches=True):
        show_inside(shown, "class.margin")
        with st.container(gap=None):
            for rival in history.rivals:
                text = readings.rival_text(rival, opened.displays[rival.name], history.pixels)
                pair = pair_word(info.name, rival.name)
                page_link("pixels", text, name=info.name, pair=pair, by="prototype")
