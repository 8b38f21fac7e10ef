"""The page script: take over the URL, open the run, draw navigation, sidebar and page."""

import gc

import streamlit as st

from dashboard import navigation, sidebar, style
from dashboard.components.page_keys.page_keys import followed_link, page_keys
from dashboard.data import selection as state
from dashboard.data.opened_run import OpenedRun, open_run
from dashboard.views.common import from_elsewhere, problem
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
    opened = _open()
    chosen = st.navigation(navigation.pages(opened), expanded=True)
    if chosen.url_path != "story":  # it fills the window by itself
        _keys()
    navigation.follow(followed_link())
    sidebar.draw(None if isinstance(opened, StoreError) else opened, chosen.url_path)
    from_elsewhere()
    try:
        chosen.run()
    except StoreError as error:
        problem(chosen.title, str(error))
    _freeze()


def _keys() -> None:
    presenter = state.selection().presenter
    if presenter:
        style.apply_presenter()
    page_keys(presenter=presenter)


def _open() -> OpenedRun | StoreError | None:
    """Return the chosen run, opened once for sidebar and page, or why it cannot be shown."""
    try:
        return open_run(state.selection())
    except StoreError as error:
        return error


main()
