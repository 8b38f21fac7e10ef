"""The keys of every page, and the links in its pictures, which lead there without a new session.

`p` and Esc begin and leave presenter scale, `?` lists the keys.
"""

from collections.abc import Mapping

import streamlit as st

from dashboard.components.loader import component
from dashboard.data.selection import remember, take

_mount = component("page_keys")
_KEY = "page_keys"
_GO = "spcl.go"


def page_keys(*, presenter: bool) -> None:
    """Listen to the keys and draw a quiet control that shows them.

    Args:
        presenter: whether the page is shown at presenter scale.
    """
    _mount(
        key=_KEY,
        data={"presenter": presenter},
        on_presenter_change=_on_presenter,
        on_go_change=_on_go,
    )


def _on_presenter() -> None:
    wanted = st.session_state[_KEY].get("presenter")
    if isinstance(wanted, bool):
        remember(presenter=wanted)


def followed_link() -> str | None:
    """Return the name of the page that a link in a picture leads to, once."""
    name = st.session_state.pop(_GO, None)
    return None if name is None else str(name)


def _on_go() -> None:
    asked = st.session_state[_KEY].get("go")
    if isinstance(asked, Mapping) and isinstance(asked.get("choices"), Mapping):
        take({str(key): str(value) for key, value in asked["choices"].items()})
        st.session_state[_GO] = str(asked.get("page"))
