"""The page script: takes over the URL, draws navigation and sidebar, runs the chosen page."""

import gc
import importlib
import importlib.util

import streamlit as st

from dashboard import place, sidebar, state, style
from dashboard.data import run_list
from dashboard.page import problem
from spcl.store.errors import StoreError

_VIEWS = {
    "Watch": [("live", "Live", "monitoring")],
    "Inspect": [
        ("map", "Feature map", "scatter_plot"),
        ("separability", "Separability", "stacked_line_chart"),
        ("prototypes", "Prototypes", "hub"),
        ("masks", "Masks", "image"),
    ],
}


@st.cache_resource(show_spinner=False)
def _freeze() -> bool:
    """Keep what is loaded once out of the full collection that follows every rerun."""
    gc.collect()
    gc.freeze()
    return True


def _pages(has_runs: bool) -> dict[str, list[st.Page]]:
    """Return the pages by section; without runs they are one, called Start."""
    sections: dict[str, list[st.Page]] = {}
    for section, views in _VIEWS.items():
        for name, title, icon in views:
            if importlib.util.find_spec(f"dashboard.views.{name}") is None:
                continue
            view = importlib.import_module(f"dashboard.views.{name}")
            if not has_runs:
                title, icon, section = ("Start", "home", "") if name == "live" else (title, icon, "")
            page = st.Page(
                view.render,
                title=title,
                icon=f":material/{icon}:",
                url_path=name,
                visibility="visible" if has_runs or name == "live" else "hidden",
            )
            sections.setdefault(section, []).append(page)
    return sections


def main() -> None:
    """Draw one page."""
    st.set_page_config("SPCL", style.ICON, layout="wide", initial_sidebar_state=240)
    style.apply()
    state.arrive()
    has_runs = bool(run_list(str(place.runs_dir())))
    chosen = st.navigation(_pages(has_runs), expanded=True)
    sidebar.draw()
    try:
        chosen.run()
    except StoreError as error:
        problem(chosen.title, str(error))
    _freeze()


main()
