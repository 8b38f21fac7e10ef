"""The keys of every page: `p` and Esc begin and leave presenter scale, `?` lists them."""

import streamlit as st

from dashboard.components.loader import component
from dashboard.data.selection import remember

_mount = component("page_keys")
_KEY = "page_keys"


def page_keys(*, presenter: bool) -> None:
    """Listen to the keys and draw a quiet control that shows them.

    Args:
        presenter: whether the page is shown at presenter scale.
    """
    _mount(key=_KEY, data={"presenter": presenter}, on_presenter_change=_on_presenter)


def _on_presenter() -> None:
    wanted = st.session_state[_KEY].get("presenter")
    if isinstance(wanted, bool):
        remember(presenter=wanted)
