"""Separability: which classes are confused with which, in which domain, since when."""

import pandas as pd
import streamlit as st

from dashboard.cards import separability as cards
from dashboard.cards.cells import to_click
from dashboard.data import recorded
from dashboard.data.classes.chosen import pair_word
from dashboard.data.opened_run import OpenedRun
from dashboard.data.selection import remember
from dashboard.text import absent
from dashboard.text.most import MOST_CLASSES
from dashboard.text.separability import classes as words
from dashboard.text.separability.classes import MEASURES, ClassRow
from dashboard.text.separability.rivals import pair_of_cell, rival_reading, rival_table
from dashboard.views.common import card, header, how_to_read, look_here, open_page, show
from dashboard.views.links import clicked, go
from dashboard.views.parts.measures_table import measures_table

_SCROLLED_PX = 432
"""Height of the table of rivals where the classes are very many."""
# On a narrow page the cards stand below each other, so that their columns stay apart.
_WRAP = """<style>
.st-key-separability-cards [data-testid="stHorizontalBlock"]:has(.stPlotlyChart) {
  flex-wrap: wrap; }
.st-key-separability-cards [data-testid="stColumn"] { min-width: min(100%, 420px); }
.st-key-separability-cards [data-testid="stColumn"]:first-child { min-width: min(100%, 600px); }
</style>"""


def render(run: OpenedRun) -> None:
    """Draw the page."""
    opened = open_page(run, "Separability", shows_measures=True)
    if opened is None or opened.step is None:
        return
    label = _chosen_label(opened)
    measure = MEASURES[label]
    measures = cards.measures_of(opened, measure)
    if absent.lacks(opened.info, "features"):
        header(_kicker(opened), *absent.ONLY_CONFUSION)
        _rivals(opened, measures)
        measures_table(opened, measures, opened.step)
        return
    if not cards.is_measured(opened, measures):
        header(
            _kicker(opened),
            "Not measured yet",
            f"The analysis of {opened.title} has not reached step {opened.step:,}; it takes about "
            "a second per snapshot. If nothing happens, run: python -m spcl analyse RUN_DIR",
        )
        return
    rows = cards.rows_of(opened, measures, measure)
    _headline(opened, measures, rows, measure)
    st.session_state["separability-measure"] = label
    st.segmented_control(
        "Measure", list(MEASURES), required=True, key="separability-measure",
        on_change=lambda: remember(measure=MEASURES[st.session_state["separability-measure"]]),
    )  # fmt: skip
    with st.container(key="separability-cards"):
        st.html(_WRAP)
        left, right = st.columns([672, 448])
        look = look_here(opened)
        with left:
            shown = cards.dumbbell(opened, rows, look, measure)
            row = clicked(show(opened, shown, "separability-dumbbell", clicks=True))
        with right:
            shown = to_click(cards.matrix(opened, measures, look), opened)
            cell = clicked(show(opened, shown, "separability-matrix", clicks=True))
            show(opened, cards.gap(opened, measures, look), "separability-gap")
    if cell is not None:
        go("pixels", pair=pair_word(*cell), name=cell[0], by="prototype")
    if row is not None:
        go("class", name=row[0])
    _rivals(opened, measures)
    measures_table(opened, measures, opened.step)


def _chosen_label(opened: OpenedRun) -> str:
    """Return the name of the measure chosen; the first where none is."""
    labels = {measure: label for label, measure in MEASURES.items()}
    return labels.get(opened.selection.measure or "", next(iter(MEASURES)))


def _kicker(opened: OpenedRun) -> str:
    return f"Separability · step {opened.step or 0:,}"


def _headline(
    opened: OpenedRun, measures: pd.DataFrame, rows: list[ClassRow], measure: str
) -> None:
    num_pixels = len(recorded.pixels(opened.path)["image"])
    header(
        _kicker(opened),
        words.headline(
            rows,
            measure,
            labels=words.labels_used(measures, "target"),
            target=opened.info.domain_name("target"),
            num_snapshots=len(opened.steps),
        ),
        f"Measured in the full feature space on {num_pixels:,} probe pixels of the val splits, "
        f"with {_labels(measures)}."
        + words.of_those_shown(len(opened.shown_names), len(opened.names)),
    )


def _labels(measures: pd.DataFrame) -> str:
    by_truth = words.labels_used(measures, "target") == "truth"
    return "true labels" if by_truth else "pseudo labels on the target"


def _rivals(opened: OpenedRun, measures: pd.DataFrame) -> None:
    table = rival_table(
        measures, opened.step or 0, names=opened.shown_names, display=opened.displays
    )
    with card(f"Nearest rival on {opened.info.domain_name('target')}, asked in three ways"):
        if table.empty:
            without = absent.lacks(opened.info, "features")
            st.caption(absent.NO_LABELS if without else "Appears with the first prototypes.")
            return
        event = st.dataframe(
            table, hide_index=True, width="stretch", key="separability-rivals",
            height="content" if len(table) <= MOST_CLASSES else _SCROLLED_PX,
            on_select="rerun", selection_mode="single-cell",
        )  # fmt: skip
        how_to_read(rival_reading(table))
    cells = event.selection.cells
    if cells:
        row, column = cells[0]
        name, rival = pair_of_cell(table, row, column, opened.displays)
        by = None if column == "By confusion" else "prototype"
        pair = None if rival is None else pair_word(name, rival)
        go("class" if rival is None else "pixels", name=name, pair=pair, by=by)
