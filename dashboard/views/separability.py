"""Separability: which classes are confused with which, in which domain, since when."""

import pandas as pd
import streamlit as st

from dashboard.charts import separability as charts
from dashboard.charts.domain_gap import gap_figure
from dashboard.colors import mark_color
from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun
from dashboard.style import dark
from dashboard.text.separability import classes as words
from dashboard.text.separability.classes import MEASURES, ClassRow
from dashboard.text.separability.domain_gap import gap_changes, gap_histories, gap_reading
from dashboard.text.separability.rivals import rival_reading, rival_table
from dashboard.views.common import card, draw, header, how_to_read, open_page, plain
from dashboard.views.measures_table import measures_table

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
    measure = MEASURES[st.session_state.get("separability-measure") or next(iter(MEASURES))]
    measures = recorded.measures_frame(
        opened.run, at=(opened.step, opened.compared_step), over=(measure, "domain_gap")
    )
    here = measures[measures["step"] == opened.step]
    if here.empty:
        header(
            _kicker(opened),
            "Not measured yet",
            f"The analysis of {opened.title} has not reached step {opened.step:,}; it takes about "
            "a second per snapshot. If nothing happens, run: python -m spcl analyse RUN_DIR",
        )
        return
    rows = words.class_rows(
        measures,
        measure,
        step=opened.step,
        before=opened.compared_step,
        names=opened.shown_names,
    )
    _headline(opened, measures, rows, measure)
    st.segmented_control(
        "Measure", list(MEASURES), default=next(iter(MEASURES)), required=True,
        key="separability-measure",
    )  # fmt: skip
    with st.container(key="separability-cards"):
        st.html(_WRAP)
        left, right = st.columns([672, 448])
        with left:
            _dumbbell(opened, rows, measure)
        with right:
            _matrix(opened, measures)
            _gap(opened, measures)
    _rivals(opened, measures)
    measures_table(opened, measures, opened.step)


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
        f"with {_labels(measures)}.",
    )


def _marks(opened: OpenedRun) -> dict[str, str]:
    palette = opened.selection.palette
    return {info.name: mark_color(info, palette, dark()) for info in opened.classes}


def _labels(measures: pd.DataFrame) -> str:
    by_truth = words.labels_used(measures, "target") == "truth"
    return "true labels" if by_truth else "pseudo labels on the target"


def _dumbbell(opened: OpenedRun, rows: list[ClassRow], measure: str) -> None:
    names = [opened.info.domain_name("source"), opened.info.domain_name("target")]
    with card(words.title_of(measure), words.unit_of(measure)):
        if not rows:
            st.caption("No class has pixels and a prototype yet.")
            return
        st.caption(plain(f"○ {names[0]} now,  ● {names[1]} now,  ┃ {names[1]} before adaptation"))
        figure = charts.dumbbell_figure(
            rows, measure, display=opened.displays, mark=_marks(opened), dark=dark()
        )
        draw(figure, "separability-dumbbell")
        if any(row.target == row.target for row in rows):
            how_to_read(words.reading(rows, measure, opened.displays, names[1]))


def _matrix(opened: OpenedRun, measures: pd.DataFrame) -> None:
    target = opened.info.domain_name("target")
    shares = words.share_rows(measures, opened.step or 0)
    with card(f"Which classes overlap on {target}", "% of the row"):
        if shares.empty:
            st.caption("Appears with the first prototypes.")
            return
        display = opened.displays
        figure = charts.matrix_figure(
            shares, names=opened.shown_names, display=display, dark=dark()
        )
        draw(figure, "separability-matrix")
        others = shares[shares["class"] != shares["rival"]].sort_values("value", ascending=False)
        if len(others):
            name, rival, value = others.iloc[0][["class", "rival", "value"]]
            how_to_read(
                f"rows are classes, columns the nearest prototype: {100 * value:.0f} % of the "
                f"{display[str(name)].lower()} pixels lie nearest to {display[str(rival)].lower()}."
            )


def _rivals(opened: OpenedRun, measures: pd.DataFrame) -> None:
    table = rival_table(
        measures, opened.step or 0, names=opened.shown_names, display=opened.displays
    )
    with card(f"Nearest rival on {opened.info.domain_name('target')}, asked in three ways"):
        if table.empty:
            st.caption("Appears with the first prototypes.")
            return
        st.dataframe(
            table, hide_index=True, width="stretch", height="content", key="separability-rivals"
        )
        how_to_read(rival_reading(table))


def _gap(opened: OpenedRun, measures: pd.DataFrame) -> None:
    histories = gap_histories(measures, opened.step or 0)
    histories = {
        name: history
        for name, history in histories.items()
        if history and name in opened.shown_names
    }
    with card("Domain gap", "in class spreads, lower is better"):
        if not histories:
            st.caption("Appears once a class has pixels in both domains.")
            return
        changes = gap_changes(histories, opened.before)
        figure = gap_figure(
            histories, changes, display=opened.displays, mark=_marks(opened), dark=dark()
        )
        draw(figure, "separability-gap")
        how_to_read(gap_reading(changes, opened.displays))
