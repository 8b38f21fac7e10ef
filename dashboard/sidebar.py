"""The sidebar all pages share: run, how it stands, snapshot step, class colours.

Controls stand outside the part that looks at the disk every two seconds.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dashboard.components.announcer.announcer import announcer
from dashboard.components.class_legend.class_legend import class_legend, legend_values
from dashboard.components.copy_link.copy_link import copy_link
from dashboard.components.navigation_list.navigation_list import navigation_list
from dashboard.data import recorded, runs_folder
from dashboard.data.classes.chosen import chosen_class
from dashboard.data.connection import connection
from dashboard.data.opened_run import OpenedRun, opened_first
from dashboard.data.selection import Selection, remember, selection
from dashboard.text import common as words
from dashboard.text.runs.connection import origin, sentences
from dashboard.views.common import plain
from spcl.store.formats.text import one_line
from spcl.store.reader import RunSummary

LOOK_EVERY_SECONDS = 2.0
FILTERED = ("map", "separability", "masks", "compare")
"""Pages that show the chosen classes only."""
_DOTS = {
    "running": ":blue[●]",
    "stalled": ":orange[●]",
    "crashed": ":orange[●]",
    "failed": ":orange[●]",
    "damaged": ":orange[●]",
}


def draw(opened: OpenedRun | None, page: str = "") -> None:
    """Draw the sidebar and start looking at the disk while there is something to wait for.

    Args:
        opened: the run, None without one.
        page: name of the page beside it, "" for any that shows all classes.
    """
    chosen = selection()
    runs = recorded.run_list(str(runs_folder.runs_dir()))
    with st.sidebar:
        if not runs:
            st.caption("Live, Feature map, Masks and the other pages appear with the first run.")
            st.divider()
        _run_select(chosen, runs)
        waiting = opened is None or not _settled(opened) or connection() is not None
        every = _pause(opened) if chosen.live and waiting else None
        seen, look = signature(opened), opened_first(opened)
        st.fragment(lambda: _look(seen, look), run_every=every)()
        if opened is not None:
            _live_switch(opened)
            _step_controls(opened)
            _class_select(opened)
            _palette(opened)
            if page in FILTERED:
                _classes(opened)
            copy_link(key="sidebar.link")
        _where_from()
        navigation_list(key="sidebar.pages")


def _where_from() -> None:
    """Say whether anything leaves this machine, and where the runs come from."""
    now = connection()
    if now is None:
        with st.container(key="sidebar-local"):
            st.caption(":material/lock: Local. Nothing leaves this machine")
    else:
        with st.container(key="sidebar-remote"):
            st.caption(f":material/cloud_download: {plain(origin(now))}")


def _pause(opened: OpenedRun | None) -> float:
    """Return the seconds between two looks; half as long while the first picture is awaited."""
    is_beginning = opened is None or len(opened.steps) < 2
    return LOOK_EVERY_SECONDS / 2 if is_beginning else LOOK_EVERY_SECONDS


def signature(opened: OpenedRun | None) -> tuple[object, ...]:
    """Return what must differ before the whole page is drawn again."""
    runs = tuple(run.id for run in recorded.run_list(str(runs_folder.runs_dir())))
    now = connection()
    said = (origin(now), *sentences(now, selection().run_id)) if now else ()
    if opened is None:
        return (runs, said)
    status, info = opened.status.kind, opened.info
    steps, marks = tuple(opened.steps), opened.derived_marks
    return (runs, said, info.id, status, info.stage, info.notes, steps, marks)


def _settled(opened: OpenedRun) -> bool:
    """Return whether nothing more is to come: the run has ended and everything is derived."""
    ended = opened.status.kind in ("finished", "stopped", "failed", "crashed")
    return ended and not opened.arriving and recorded.is_derived(opened.run, opened.steps)


def _look(seen: tuple[object, ...], look: Callable[[], OpenedRun | None]) -> None:
    """Draw how the run stands; draw everything again when the disk has something new."""
    opened = look()
    if signature(opened) != seen:
        st.empty()  # where a click has arrived meanwhile, this acts on it: a rerun would replace it
        st.rerun(scope="app")
    if opened is not None:
        sentence = words.short_status(opened.info, opened.status)
        dot = _DOTS.get(opened.status.kind, ":gray[●]")
        st.caption(f"{dot} {plain(sentence)}")
        if opened.arriving:
            st.caption(f":material/downloading: {plain(words.arriving(opened.arriving))}")
        announcer(opened, key="sidebar.announcer")


def _run_select(chosen: Selection, runs: Sequence[RunSummary]) -> None:
    if not runs:
        st.selectbox("Run", ["None yet"], disabled=True)
        return
    alike = Counter(run.title for run in runs)
    labels = {run.id: one_line(_label(run, alike), most=120) for run in runs}
    st.session_state["sidebar.run"] = chosen.run_id
    st.selectbox(
        "Run",
        list(labels),
        format_func=lambda run_id: labels.get(run_id, one_line(run_id)),
        key="sidebar.run",
        on_change=lambda: remember(run=st.session_state["sidebar.run"]),
    )


def _label(run: RunSummary, alike: Mapping[str, int]) -> str:
    """Return the title, or the id where titles are not unique."""
    if run.status == "damaged":
        return f"{run.id} (cannot be read)"
    return run.id if alike[run.title] > 1 else run.title


def _live_switch(opened: OpenedRun) -> None:
    if opened.status.kind not in ("running", "stalled"):
        return
    st.session_state["sidebar.live"] = opened.selection.live
    st.toggle(
        "Live updates",
        key="sidebar.live",
        on_change=lambda: remember(live=st.session_state["sidebar.live"]),
    )


def _step_controls(opened: OpenedRun) -> None:
    """Draw the step and whether to follow the latest.

    Keys change with what the disk changed, so that a late answer of the browser about an older
    slider is never taken for a choice.
    """
    if opened.step is None:
        return
    step, follows = opened.step, opened.selection.step is None
    if len(opened.steps) > 1:
        key = f"sidebar.step.{opened.steps[-1]}"
        st.session_state[key] = step
        st.select_slider(
            "Snapshot step",
            opened.steps,
            format_func=lambda shown: f"{shown:,}",
            key=key,
            on_change=lambda: _choose_step(key, shown=step),
        )
    else:
        st.caption(f"Snapshot step {step:,}, the first")
    st.toggle(
        "Follow latest",
        follows,
        key=f"sidebar.follow.{follows}",
        on_change=lambda: _choose_follow(f"sidebar.follow.{follows}", step=step),
    )


def _choose_step(key: str, *, shown: int) -> None:
    """Take a moved slider as a choice; one that reports the step already shown is none."""
    chosen = st.session_state[key]
    if chosen != shown:
        remember(step=chosen)


def _choose_follow(key: str, *, step: int) -> None:
    """Follow the latest, or stay at the step shown, as the switch says now."""
    remember(step=None if st.session_state[key] else step)


def _classes(opened: OpenedRun) -> None:
    """Draw the one filter of classes; closed, it still says how many are shown and clears it."""
    values = legend_values(opened)
    shown, known = len(opened.shown_names), len(opened.classes)
    with st.expander("Classes shown", expanded=False):
        class_legend(values, key="sidebar.classes")
    if shown < known:
        with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
            st.caption(f":material/filter_alt: {values['line']}", width="content")
            st.button(
                "Show all",
                key="sidebar.all-classes",
                on_click=lambda: remember(classes=()),
                type="tertiary",
            )


def _class_select(opened: OpenedRun) -> None:
    """Let somebody choose a class; the cross in the control chooses none."""
    chosen = chosen_class(opened)
    st.session_state["sidebar.class"] = None if chosen is None else chosen.name
    st.selectbox(
        "Chosen class",
        list(opened.names),
        index=None,
        placeholder="None",
        format_func=lambda name: one_line(opened.displays[name]),
        key="sidebar.class",
        on_change=lambda: remember(name=st.session_state["sidebar.class"]),
    )


def _palette(opened: OpenedRun) -> None:
    names = {"dataset": "Data set", "safe": "Safe"}
    st.session_state["sidebar.palette"] = opened.selection.palette
    st.segmented_control(
        "Class colours",
        list(names),
        format_func=lambda name: names[name],
        key="sidebar.palette",
        required=True,
        on_change=lambda: remember(palette=st.session_state["sidebar.palette"]),
        help="Safe: colours that colour-blind people can tell apart.",
    )
