"""Which runs the Compare page holds against the one shown, and at which snapshot."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.data.compared.runs import MOST_RUNS, Contender, has_snapshot
from dashboard.data.opened_run import OpenedRun
from dashboard.data.selection import remember
from spcl.store.formats.text import one_line


def chosen_runs(opened: OpenedRun, possible: Mapping[str, str]) -> list[str]:
    """Return the ids chosen; where there are none, the newest other run with a snapshot."""
    chosen = [one for one in opened.selection.others if one in possible]
    if chosen:
        return chosen
    with_snapshot = (one for one in possible if has_snapshot(one))
    return [one for one in (next(with_snapshot, None),) if one is not None]


def choose_runs(
    possible: Mapping[str, str], chosen: Sequence[str], first: Contender | None
) -> None:
    """Draw the list of runs, and the step of the first of those chosen.

    Args:
        possible: id -> what it is called.
        chosen: ids.
        first: the first of them; None if it cannot be compared.
    """
    if not possible:
        return
    key = "compare-with"
    st.session_state[key] = list(chosen)
    left, right = st.columns([3, 1])
    with left:
        st.multiselect(
            "Compare with",
            list(possible),
            format_func=lambda run_id: possible.get(run_id, one_line(run_id, 80)),
            key=key,
            max_selections=MOST_RUNS,
            placeholder="Other runs of this folder",
            on_change=lambda: remember(**{"with": st.session_state[key], "with_step": None}),
        )
    with right:
        if first is not None and len(first.steps) > 1:
            _choose_step(first)


def _choose_step(first: Contender) -> None:
    """Let a run be seen at another snapshot than its latest."""
    key = f"compare-step.{first.info.id}.{first.steps[-1]}"
    st.session_state[key] = first.side.step
    st.select_slider(
        "Step of the first of them",
        first.steps,
        format_func=lambda step: f"{step:,}",
        key=key,
        on_change=lambda: remember(with_step=st.session_state[key]),
    )
