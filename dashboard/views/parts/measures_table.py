"""The bottom of the separability page: every measure of the step in one table, made once opened."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard.data.opened_run import OpenedRun
from dashboard.text.common import csv_bytes
from dashboard.text.separability import all_measures as words
from dashboard.views.common import how_to_read, plain

_OPEN = "separability-all-measures"
_WIDTHS = {
    **{"Measure": 184, "Class": 96, "Value": 76, "Change": 76, "Better": 72},
    **{"Domain": 124, "Labels": 96, "Against": 96, "Unit": 136, "Formula": 560},
}
_COLUMNS = {name: st.column_config.Column(width=width) for name, width in _WIDTHS.items()}


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
    chosen = _filtered(table, words.file_name(opened.info.id, step))
    st.dataframe(
        chosen.drop(columns="Key"),
        hide_index=True,
        height=432,
        column_config=_COLUMNS,
        key="separability-measures-table",
    )
    how_to_read(words.reading(chosen))


def _filtered(table: pd.DataFrame, file_name: str) -> pd.DataFrame:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        domain = st.selectbox(
            "Domain",
            [name for name in table["Domain"].unique() if name],
            index=None,
            placeholder="All",
            key="separability-measures-domain",
            width=180,
        )
        class_name = st.selectbox(
            "Class",
            list(table["Class"].unique()),
            index=None,
            placeholder="All",
            key="separability-measures-class",
            width=180,
        )
        chosen = words.chosen_rows(table, domain=domain, class_name=class_name)
        st.caption(plain(f"{len(chosen):,} of {len(table):,} values"))
        st.space("stretch")
        st.download_button(
            "Download CSV",
            partial(csv_bytes, chosen),
            file_name,
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            key="separability-measures-csv",
        )
    return chosen
