"""The bottom of the masks page: where in the image the errors stand, counted once it is opened."""

import streamlit as st

from dashboard.cards.classes import errors as cards
from dashboard.data.classes.chosen import chosen_class
from dashboard.data.opened_run import OpenedRun
from dashboard.style import dark
from dashboard.text.classes.errors import TITLE
from dashboard.views.common import show


@st.fragment
def errors_card(opened: OpenedRun, step: int) -> None:
    """Draw a closed expander; all observed masks are read when somebody opens it."""
    with st.expander(TITLE, key="masks-errors", on_change="rerun") as expander:
        if expander.open:
            found = cards.errors_card(opened, step, chosen_class(opened), dark=dark())
            show(opened, found, "masks.errors")
