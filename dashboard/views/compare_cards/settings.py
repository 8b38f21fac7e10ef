"""How compared runs were set: the keys that differ, with what is a default or not recorded."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dashboard.colors import INK_3
from dashboard.style import dark
from dashboard.text.common import counted
from dashboard.text.compared import settings as words
from dashboard.views.common import card, plain
from spcl.store.compared.settings import Difference, differences
from spcl.store.schema import RunInfo

_SHOWN = 6
"""Rows that stand on the page; the others, which matter less, behind a fold."""


def settings_card(infos: Sequence[RunInfo], letters: Sequence[str]) -> None:
    """Draw the settings in which runs differ, those that change training first."""
    found = differences(infos)
    with card("What was set differently", counted(len(found), "key") if found else ""):
        st.caption(plain(words.settings_sentence(found)))
        if not found:
            return
        _table(found[:_SHOWN], letters, key="compare-settings")
        if found[_SHOWN:]:
            with st.expander(f"{len(found) - _SHOWN} more"):
                _table(found[_SHOWN:], letters, key="compare-more-settings")
        notes = words.settings_notes(found, letters)
        if notes:
            st.caption(plain(notes))


def _table(found: Sequence[Difference], letters: Sequence[str], *, key: str) -> None:
    quiet = f"color: {INK_3[dark()]}"
    looks = [["", *(quiet if one else "" for one in row.defaults), ""] for row in found]
    table = words.settings_table(found, letters)
    styled = table.style.apply(lambda _: np.array(looks), axis=None)
    st.dataframe(styled, hide_index=True, width="stretch", height="content", key=key)
