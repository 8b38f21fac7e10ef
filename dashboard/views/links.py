"""Ways from a chart to what stands behind it: addresses of pages, and clicks in figures."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.data.addresses import page_address
from dashboard.data.selection import address_after
from dashboard.views.common import PAGES, plain


def address(page_name: str, /, **changes: Any) -> str:
    """Return the address of a page with the choices as they are, but for some changes."""
    return page_address(page_name, address_after(**changes))


def page_link(page_name: str, label: str, /, *, icon: str | None = None, **changes: Any) -> None:
    """Draw a link to a page with the choices as they are, but for some changes.

    Where there is no such page, the label stands there as text.
    """
    page = st.session_state.get(PAGES, {}).get(page_name)
    if page is None:
        st.markdown(plain(label))
    else:
        st.page_link(page, label=plain(label), icon=icon, query_params=address_after(**changes))


def go(page_name: str, /, **changes: Any) -> None:
    """Go to a page with some changes of the choices; nowhere where there is no such page."""
    page = st.session_state.get(PAGES, {}).get(page_name)
    if page is not None:
        st.switch_page(page, query_params=address_after(**changes))


def clicked(event: Any) -> Any:
    """Return what the mark that was clicked stands for, its `customdata`; None for no click."""
    points = event.get("selection", {}).get("points", []) if isinstance(event, Mapping) else []
    return points[0].get("customdata") if points else None
