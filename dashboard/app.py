"""The page script: takes over the URL, draws navigation and sidebar, runs the chosen page."""

import gc

import streamlit as st

from dashboard import navigation, sidebar, style
from dashboard.data import runs_folder
from dashboard.data import selection as state
from dashboard.data.recorded import run_list
from dashboard.views.common import problem
from spcl.store.errors import StoreError


@st.cache_resource(show_spinner=False)
def _freeze() -> bool:
    """Keep what is loaded once out of the full collection that follows every rerun."""
    gc.collect()
    gc.freeze()
    return True


def main() -> None:
    """Draw one page."""
    st.set_page_config("SPCL", style.ICON, layout="wide", initial_sidebar_state=240)
    style.apply()
    state.arrive()
    has_runs = bool(run_list(str(runs_folder.runs_dir())))
    chosen = st.navigation(navigation.pages(has_runs), expanded=True)
    sidebar.draw()
    try:
        chosen.run()
    except StoreError as error:
        problem(chosen.title, str(error))
    _freeze()


main()
