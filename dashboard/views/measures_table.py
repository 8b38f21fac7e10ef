"""The bottom of the separability page: every measure of the step in one table, made once opened."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard.data.opened_run import OpenedRun
from dashboard.text import measures as words
from dashboard.views.common import how_to_read, plain

_OPEN = "separability-all-measures"
_NUMBERS = {name: st.column_config.NumberColumn(step=0.0001) for name in ("Value", "Change")}


@st.fragment
def measures_table(opened: OpenedRun, measures: pd.DataFrame, step: int) -> None:
    """Draw a closed expander; its table is made when somebody opens it, without the page."""
    with st.expander("All measures", key=_OPEN, on_change="rerun") as expander:
        if expander.open:
            _table(opened, measures, step)


def _table(opened: OpenedRun, measures: pd.DataFrame, step: int) -> None:
    domains = {name: opened.info.domain_name(name) for name in ("source", "target")}
    table = words.measure_table(
        measures,
        step=step,
        before=opened.compared_step,
        displays=opened.displays,
        domains=domains,
    )
    chosen = _filtered(table)
    st.dataframe(
        chosen.drop(columns="Key"),
        hide_index=True,
        height=432,
        column_config=_NUMBERS,
        key="separability-measures-table",
    )
    left, right = st.columns([4, 1], vertical_alignment="top")
    with left:
        how_to_read(words.reading(chosen))
    with right:
        st.download_button(
            "Download CSV",
            partial(words.csv_bytes, chosen),
            words.file_name(opened.info.id, step),
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            key="separability-measures-csv",
        )


def _filtered(table: pd.DataFrame) -> pd.DataFrame:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        domain = st.selectbox(
            "Domain",
            [name for name in table["Domain"].unique() if name],
            index=None,
            placeholder="All",
            key="separability-measures-domain",
            width=240,
        )
        class_name = st.selectbox(
            "Class",
            list(table["Class"].unique()),
            index=None,
            placeholder="All",
            key="separability-measures-class",
            width=240,
        )
        chosen = words.chosen_rows(table, domain=domain, class_name=class_name)
        st.caption(plain(f"{len(chosen):,} of {len(table):,} values"))
    return chosen
