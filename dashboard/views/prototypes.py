"""Prototypes: which classes the network sees as alike, and what moved when."""

from typing import Any

import streamlit as st

from dashboard.cards import prototypes as cards
from dashboard.cards.cells import to_click
from dashboard.charts.common import Look
from dashboard.charts.prototypes import pair_list
from dashboard.data.classes.chosen import pair_word
from dashboard.data.opened_run import OpenedRun
from dashboard.text import absent
from dashboard.text import prototypes as words
from dashboard.views.common import (
    Files,
    card,
    header,
    look_here,
    open_page,
    show,
    show_inside,
)
from dashboard.views.links import clicked, go

_MOST_PAIRS = 4
# On a narrow page the two cards stand below each other, so that their numbers stay apart.
_WRAP = """<style>
.st-key-prototypes-top [data-testid="stHorizontalBlock"] { flex-wrap: wrap; }
.st-key-prototypes-top [data-testid="stColumn"] { min-width: 440px; }
</style>"""


def render(run: OpenedRun) -> None:
    """Draw the page."""
    opened = open_page(run, "Prototypes", shows_measures=True)
    if opened is None or opened.step is None:
        return
    if absent.lacks(opened.info, "features"):
        header(f"Prototypes · step {opened.step:,}", *absent.NO_PROTOTYPES)
        return
    look, measures, bank = look_here(opened), cards.measures_of(opened), cards.bank_of(opened)
    now = words.cosine_grid(measures, opened.names, opened.step)
    header(
        f"Prototypes · step {opened.step:,}",
        words.headline(
            look.displays,
            seen=bank["seen"],
            ages=bank["age"],
            left=cards.lengths_left(opened),
            grid=now,
            num_snapshots=len(opened.steps),
            limits=cards.limits_of(opened),
        ),
        absent.what_prototypes_are(opened.info),
    )
    with st.container(key="prototypes-top"):
        st.html(_WRAP)
        left, right = st.columns([512, 608])
        with left:
            shown = to_click(cards.likeness(opened, measures, look), opened, way="and")
            cell = clicked(show(opened, shown, "prototypes.likeness", clicks=True))
        with right:
            show(opened, cards.movement(opened, measures, look), "prototypes.movement")
    span = _timeline(opened, look, now)
    if cell is not None:
        go("pixels", pair=pair_word(*cell), name=cell[0], by="prototype")
    if span is not None:
        first, name = span
        go("class" if name else "prototypes", step=first, name=name or None)


def _timeline(opened: OpenedRun, look: Look, now: words.Grid) -> Any:
    """Draw the alarms and the closest pairs; return step and class of a bar that was clicked."""
    shown = cards.timeline(opened, look)
    key = "prototypes.timeline"
    with card(shown.title, shown.unit, files=Files(opened, shown, key)):
        event = show_inside(shown, key, clicks=True)
        pairs = words.closest_pairs(now)[:_MOST_PAIRS]
        if pairs:
            with st.container(horizontal=True, gap="large"):
                st.markdown("**Closest pairs now**", width="content")
                st.html(pair_list(pairs, look, cards.limits_of(opened)))
    return clicked(event)
