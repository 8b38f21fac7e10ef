"""The pages and their sections, and links from one to another that keep the choices."""

import importlib

import streamlit as st

from dashboard.views.common import plain

_VIEWS = {
    "Watch": [("live", "Live", "monitoring")],
    "Inspect": [
        ("map", "Feature map", "scatter_plot"),
        ("separability", "Separability", "stacked_line_chart"),
        ("prototypes", "Prototypes", "hub"),
        ("masks", "Masks", "image"),
    ],
}
_SESSION = "spcl.pages"


def pages(has_runs: bool) -> dict[str, list[st.Page]]:
    """Return the pages by section; without runs they are one, called Start.

    The default page is hidden and leads to the first one: a default has no address of its own.
    """
    home = st.Page(_home, title="SPCL", default=True, visibility="hidden")
    sections: dict[str, list[st.Page]] = {"": [home]}
    by_name = {}
    for section, views in _VIEWS.items():
        for name, title, icon in views:
            by_name[name] = _page(name, title, icon, has_runs)
            sections.setdefault(section if has_runs else "", []).append(by_name[name])
    st.session_state[_SESSION] = by_name
    return sections


def load_views() -> None:
    """Import every page, so that the first person does not wait for it."""
    for name, _, _ in (view for views in _VIEWS.values() for view in views):
        importlib.import_module(f"dashboard.views.{name}")


def _page(name: str, title: str, icon: str, has_runs: bool) -> st.Page:
    view = importlib.import_module(f"dashboard.views.{name}")
    if not has_runs and name == "live":
        title, icon = "Start", "home"
    return st.Page(
        view.render,
        title=title,
        icon=f":material/{icon}:",
        url_path=name,
        visibility="visible" if has_runs or name == "live" else "hidden",
    )


def _home() -> None:
    st.switch_page(st.session_state[_SESSION]["live"])


def link(name: str, label: str) -> None:
    """Draw a link to the page `name`."""
    page = st.session_state.get(_SESSION, {}).get(name)
    if page is not None:
        st.page_link(page, label=plain(label))
