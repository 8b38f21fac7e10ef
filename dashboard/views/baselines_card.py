"""What a run's gain is worth: the ruler, and the words that every page with a gain shows."""

import math
from collections.abc import Sequence

import streamlit as st

from dashboard.charts.ruler import ruler
from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun
from dashboard.style import dark
from dashboard.text import baselines as words
from dashboard.text.baselines import Mark
from dashboard.views.common import card, how_to_read, plain
from spcl.store.errors import StoreError


def marks_of(opened: OpenedRun) -> tuple[Mark, ...]:
    """Return the run among its baselines; empty where no gain is claimed or nothing compared."""
    before, now = _target_mean(opened, opened.compared_step), _target_mean(opened, opened.step)
    if math.isnan(before) or math.isnan(now):
        return ()
    try:
        found = recorded.baselines(opened.run)
    except StoreError:
        return ()
    if not found:
        return ()
    is_final = opened.step == opened.info.total_steps
    step = None if is_final else opened.step
    return words.marks(found, before=before, now=now, seed=opened.info.seed, step=step)


def _target_mean(opened: OpenedRun, step: int | None) -> float:
    if step is None:
        return math.nan
    scored = recorded.scores(opened.path, step).get("target") or {}
    mean = scored.get("mean_iou")
    return math.nan if mean is None else float(mean)


def baselines_card(opened: OpenedRun, found: Sequence[Mark]) -> None:
    """Draw the run among its baselines; nothing where there are none."""
    try:
        recorded.baselines(opened.run)
    except StoreError as error:
        st.warning(plain(str(error)), icon=":material/warning:")
    if not any(map(words.is_baseline, found)):
        return
    with card("Against simpler methods", "target mIoU, %"):
        st.html(ruler(found, dark=dark()))
        how_to_read(words.reading(found))


def missing_note(opened: OpenedRun, found: Sequence[Mark]) -> None:
    """Say below a gain that nothing was compared with it, and what to type."""
    if any(map(words.is_baseline, found)) or opened.compared_step is None:
        return
    if math.isnan(_target_mean(opened, opened.step)) or not _is_of_the_method(opened):
        return
    is_finished = opened.status.kind == "finished"
    st.caption(plain(words.missing(opened.run.path, is_finished=is_finished)))


def _is_of_the_method(opened: OpenedRun) -> bool:
    """Return whether the run adapts; a source-only run is itself a baseline."""
    adapt = opened.info.config.get("adapt")
    return not isinstance(adapt, dict) or adapt.get("arm", "spcl") == "spcl"
