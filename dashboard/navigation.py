"""The pages and their sections, and which of them a folder without runs has."""

import importlib
import logging
from collections.abc import Callable
from functools import partial
from types import ModuleType

import streamlit as st

from dashboard.data.opened_run import OpenedRun
from dashboard.views import start
from dashboard.views.common import PAGES, problem
from spcl.store.errors import StoreError

_MODULES = {"class": "classes.page", "pixels": "classes.pixels"}
_log = logging.getLogger(__name__)
_VIEWS = {
    "Watch": [("live", "Live", "monitoring"), ("runs", "Runs", "lists")],
    "Inspect": [
        ("map", "Feature map", "scatter_plot"),
        ("separability", "Separability", "stacked_line_chart"),
        ("prototypes", "Prototypes", "hub"),
        ("class", "Class", "label"),
        ("pixels", "Pixels", "grid_on"),
        ("masks", "Masks", "image"),
        ("compare", "Compare", "compare_arrows"),
    ],
    "Present": [("story", "Story", "slideshow")],
}
_OF_THE_FOLDER = ("runs",)
"""Pages that show all runs, whichever is chosen and whether or not it can be read."""


def pages(opened: OpenedRun | StoreError | None) -> dict[str, list[st.Page]]:
    """Return the pages by section; without runs they are one, called Start.

    The default page is hidden and leads to the first one: a default has no address of its own.

    Args:
        opened: the run that the pages show, or why it cannot be shown; None without any run.
    """
    home = st.Page(_home, title="SPCL", default=True, visibility="hidden")
    sections: dict[str, list[st.Page]] = {"": [home]}
    by_name = {}
    for section, views in _VIEWS.items():
        for name, title, icon in views:
            by_name[name] = _page(name, title, icon, opened)
            sections.setdefault(section if opened else "", []).append(by_name[name])
    st.session_state[PAGES] = by_name
    return sections


def follow(name: str | None) -> None:
    """Go to the page that a link in a picture leads to; a name that no page has leads nowhere."""
    page = st.session_state[PAGES].get(name)
    if page is not None:
        st.switch_page(page, query_params=dict(st.query_params))


def load_views() -> None:
    """Import every page, so that the first person does not wait for it."""
    for name, _, _ in (view for views in _VIEWS.values() for view in views):
        _view(name)


def _view(name: str) -> ModuleType:
    """Return the module of a page; "class" is no name that a module can have."""
    return importlib.import_module(f"dashboard.views.{_MODULES.get(name, name)}")


def _page(name: str, title: str, icon: str, opened: OpenedRun | StoreError | None) -> st.Page:
    if opened is None and name == "live":
        title, icon = "Start", "home"
    return st.Page(
        _shows(name, title, opened),
        title=title,
        icon=f":material/{icon}:",
        url_path=name,
        visibility="visible" if opened or name == "live" else "hidden",
    )


def _shows(name: str, title: str, opened: OpenedRun | StoreError | None) -> Callable[[], None]:
    """Return what draws a page: its view, the start page without runs, or what is wrong."""
    view = _view(name)

    def show() -> None:
        if opened is None:
            start.render()
        elif name in _OF_THE_FOLDER:
            _draw(view.render, title)
        elif isinstance(opened, StoreError):
            problem(title, str(opened))
        else:
            _draw(partial(view.render, opened), title)

    return show


def _draw(render: Callable[[], None], title: str) -> None:
    """Draw a page; whatever the files of a run make it raise is a sentence on this page alone."""
    try:
        render()
    except StoreError as error:
        problem(title, str(error))
    except Exception as error:
        _log.warning("%s could not be drawn", title, exc_info=error)
        kind = type(error).__name__
        problem(title, f"A file of this run holds something unexpected ({kind}); copy it again.")


def _home() -> None:
    st.switch_page(st.session_state[PAGES]["live"])
