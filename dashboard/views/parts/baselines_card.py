"""What a run's gain is worth: the ruler, and the words that every page with a gain shows."""

import math
from collections.abc import Sequence

import streamlit as st

from dashboard.cards.scores import marks_of, ruler_card, target_mean
from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun
from dashboard.style import dark
from dashboard.text import absent
from dashboard.text.scores import baselines as words
from dashboard.text.scores.baselines import Mark
from dashboard.views.common import plain, show
from spcl.store.errors import StoreError

__all__ = ["baselines_card", "marks_of", "missing_note"]


def baselines_card(opened: OpenedRun, found: Sequence[Mark]) -> None:
    """Draw the run among its baselines; nothing where there are none."""
    try:
        recorded.baselines(opened.run)
    except StoreError as error:
        st.warning(plain(str(error)), icon=":material/warning:")
    shown = ruler_card(found, dark=dark())
    if shown.is_drawn:
        show(opened, shown, "live.ruler")


def missing_note(opened: OpenedRun, found: Sequence[Mark]) -> None:
    """Say below a gain that nothing was compared with it, and what to type."""
    if any(map(words.is_baseline, found)) or opened.compared_step is None:
        return
    if math.isnan(target_mean(opened, opened.step)) or not _is_of_the_method(opened):
        return
    if absent.lacks(opened.info, "settings"):
        st.caption(plain(absent.no_baseline(opened.run.path)))
        return
    is_finished = opened.status.kind == "finished"
    st.caption(plain(words.missing(opened.run.path, is_finished=is_finished)))


def _is_of_the_method(opened: OpenedRun) -> bool:
    """Return whether the run adapts; a source-only run is itself a baseline."""
    adapt = opened.info.config.get("adapt")
    return not isinstance(adapt, dict) or adapt.get("arm", "spcl") == "spcl"
