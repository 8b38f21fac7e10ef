"""Separability: which classes are confused with which, in which domain, since when."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.charts import separability as charts
from dashboard.charts.domain_gap import gap_figure
from dashboard.data import recorded
from dashboard.text import separability as words
from dashboard.text.domain_gap import gap_changes, gap_histories, gap_reading
from dashboard.text.rivals import rival_reading, rival_table
from dashboard.text.separability import MEASURES, ClassRow
from dashboard.views.common import Page, card, dark, header, how_to_read, open_page, plain, title_of

# On a narrow page the cards stand below each other, so that their columns stay apart.
_WRAP = """<style>
.st-key-separability-cards [data-testid="stHorizontalBlock"]:has(.stPlotlyChart) {
  flex-wrap: wrap; }
.st-key-separability-cards [data-testid="stColumn"] { min-width: min(100%, 420px); }
.st-key-separability-cards [data-testid="stColumn"]:first-child { min-width: min(100%, 600px); }
</style>"""


def render() -> None:
    """Draw the page."""
    page = open_page("Separability", shows_measures=True)
    if page is None or page.step is None:
        return
    measures = recorded.measures_frame(page.run)
    here = measures[measures["step"] == page.step]
    target = page.info.domain_name("target")
    kicker = f"Separability · step {page.step:,}"
    if here.empty:
        header(
            kicker,
            "Not measured yet",
            f"The analysis of {title_of(page)} has not reached step {page.step:,}; it takes about "
            "a second per snapshot. If nothing happens, run: python -m spcl analyse RUN_DIR",
        )
        return
    measure = MEASURES[st.session_state.get("separability-measure") or next(iter(MEASURES))]
    rows = words.class_rows(
        measures,
        measure,
        step=page.step,
        before=page.before if page.before is not None and page.before < page.step else None,
        names=_names(page),
    )
    header(
        kicker,
        words.headline(
            rows,
            measure,
            labels=words.labels_used(measures, "target"),
            target=target,
            num_snapshots=len(page.steps),
        ),
        f"Measured in the full feature space on {len(recorded.pixels(page.path)['image']):,} probe "
        f"pixels of the val splits, with {_labels(measures)}.",
    )
    st.segmented_control(
        "Measure", list(MEASURES), default=next(iter(MEASURES)), required=True,
        key="separability-measure",
    )  # fmt: skip
    with st.container(key="separability-cards"):
        st.html(_WRAP)
        left, right = st.columns([672, 448])
        with left:
            _dumbbell(page, rows, measure)
            _rivals(page, measures)
        with right:
            _matrix(page, measures)
            _gap(page, measures)


def _names(page: Page) -> list[str]:
    shown = set(page.selection.classes)
    return [c.name for c in recorded.classes(page.run) if not shown or c.name in shown]


def _display(page: Page) -> dict[str, str]:
    return {info.name: info.display for info in recorded.classes(page.run)}


def _marks(page: Page) -> dict[str, str]:
    palette = page.selection.palette
    return {c.name: recorded.mark_color(c, palette, dark()) for c in recorded.classes(page.run)}


def _labels(measures: pd.DataFrame) -> str:
    by_truth = words.labels_used(measures, "target") == "truth"
    return "true labels" if by_truth else "pseudo labels on the target"


def _draw(figure: go.Figure, key: str) -> None:
    st.plotly_chart(figure, theme=None, config={"displayModeBar": False}, key=key)


def _dumbbell(page: Page, rows: list[ClassRow], measure: str) -> None:
    names = [page.info.domain_name("source"), page.info.domain_name("target")]
    with card(words.title_of(measure), words.unit_of(measure)):
        if not rows:
            st.caption("No class has pixels and a prototype yet.")
            return
        st.caption(plain(f"○ {names[0]} now,  ● {names[1]} now,  ┃ {names[1]} before adaptation"))
        figure = charts.dumbbell_figure(
            rows, measure, display=_display(page), mark=_marks(page), dark=dark()
        )
        _draw(figure, "separability-dumbbell")
        if any(row.target == row.target for row in rows):
            how_to_read(words.reading(rows, measure, _display(page), names[1]))


def _matrix(page: Page, measures: pd.DataFrame) -> None:
    target = page.info.domain_name("target")
    shares = words.share_rows(measures, page.step or 0)
    with card(f"Which classes overlap on {target}", "% of the row"):
        if shares.empty:
            st.caption("Appears with the first prototypes.")
            return
        display = _display(page)
        figure = charts.matrix_figure(shares, names=_names(page), display=display, dark=dark())
        _draw(figure, "separability-matrix")
        others = shares[shares["class"] != shares["rival"]].sort_values("value", ascending=False)
        if len(others):
            name, rival, value = others.iloc[0][["class", "rival", "value"]]
            how_to_read(
                f"rows are classes, columns the nearest prototype: {100 * value:.0f} % of the "
                f"{display[str(name)].lower()} pixels lie nearest to {display[str(rival)].lower()}."
            )


def _rivals(page: Page, measures: pd.DataFrame) -> None:
    table = rival_table(measures, page.step or 0, names=_names(page), display=_display(page))
    with card(f"Nearest rival on {page.info.domain_name('target')}, asked in three ways"):
        if table.empty:
            st.caption("Appears with the first prototypes.")
            return
        st.dataframe(
            table, hide_index=True, width="stretch", height="content", key="separability-rivals"
        )
        how_to_read(rival_reading(table))


def _gap(page: Page, measures: pd.DataFrame) -> None:
    histories = gap_histories(measures, page.step or 0)
    histories = {
        name: history for name, history in histories.items() if history and name in _names(page)
    }
    with card("Domain gap", "in class spreads, lower is better"):
        if not histories:
            st.caption("Appears once a class has pixels in both domains.")
            return
        changes = gap_changes(histories, page.before)
        figure = gap_figure(
            histories, changes, display=_display(page), mark=_marks(page), dark=dark()
        )
        _draw(figure, "separability-gap")
        how_to_read(gap_reading(changes, _display(page)))
