"""What can be done with the runs picked in the list: open, compare, note, archive, bin.

Forms stand in popovers, not in dialogs: a dialog is closed whenever the page is drawn anew, as by
a snapshot that arrives.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from dashboard.data import recorded, runs_folder
from dashboard.data.compared.runs import MOST_RUNS
from dashboard.data.runs.notes import bin_folder, bin_run, keep_notes, notes_of, restore_run
from dashboard.data.runs.table import RunRow
from dashboard.data.selection import remember
from dashboard.text.runs import listed as words
from dashboard.views.common import PAGES, plain
from spcl.store.edits.notes import LONGEST_NOTE, LONGEST_TAG, MOST_TAGS, RunNotes
from spcl.store.reader import Run

_BINNED = "spcl.binned"
"""Where the session keeps what was moved last, so that it can be undone."""
_DONE = "spcl.runs.done"
"""Where it counts what was done: each time the popovers are new ones, which are closed."""
_PROBLEM = "spcl.runs.problem"


def actions(picked: Sequence[RunRow], *, open_run: Callable[[str], None]) -> None:
    """Draw the buttons for the runs that are picked, and say how to pick where none is."""
    problem = st.session_state.pop(_PROBLEM, "")
    if problem:
        st.error(plain(problem), icon=":material/error:")
    if not picked:
        st.caption("Tick runs to open, compare, tag, archive or remove them; a heading sorts.")
        return
    done = st.session_state.get(_DONE, 0)
    with st.container(horizontal=True, gap="small"):
        if len(picked) == 1:
            if st.button("Open", icon=":material/monitoring:", type="primary", key="runs.open"):
                open_run(picked[0].summary.id)
        else:
            _compare_button(picked)
        with st.popover("Tags and note", icon=":material/sell:", key=f"runs.note.{done}"):
            _note(picked)
        every = all(row.notes.archived for row in picked)
        label = "Back to the list" if every else "Archive"
        if st.button(label, icon=":material/archive:", key="runs.archive"):
            _archive(picked, archived=not every)
        if runs_folder.may_bin():
            _bin(picked, key=f"runs.bin.{done}")


def _compare_button(picked: Sequence[RunRow]) -> None:
    too_many = len(picked) > MOST_RUNS + 1
    clicked = st.button(
        "Compare",
        icon=":material/compare_arrows:",
        type="primary",
        disabled=too_many,
        help=f"At most {MOST_RUNS + 1} runs can be compared." if too_many else None,
        key="runs.compare",
    )
    if clicked:
        first, *others = (row.summary.id for row in picked)
        remember(run=first)
        remember(**{"with": others, "with_step": None})
        st.switch_page(st.session_state[PAGES]["compare"])


def _note(picked: Sequence[RunRow]) -> None:
    known = [row.notes for row in picked]
    common = [tag for tag in known[0].tags if all(tag in one.tags for one in known)]
    of_these = "-".join(row.summary.id for row in picked)
    with st.form(f"runs.note.{hash(of_these)}", border=False, width=360):
        tags = st.text_input(
            "Tags" if len(picked) == 1 else f"Tags of all {len(picked)}",
            ", ".join(common),
            max_chars=MOST_TAGS * (LONGEST_TAG + 2),
            placeholder="Words with commas between them",
        ).split(",")
        note = known[0].note
        if len(picked) == 1:
            note = st.text_input("Note", note, max_chars=LONGEST_NOTE)
        if not st.form_submit_button("Keep", type="primary"):
            return
    problems = []
    for row in picked:
        old = notes_of(Run(row.summary.path))
        own = [tag for tag in old.tags if tag not in common]
        text = note if len(picked) == 1 else old.note
        new = RunNotes.of(tags=[*own, *tags], note=text, archived=old.archived)
        problems.append(keep_notes(Run(row.summary.path), new))
    _done(problems)


def _archive(picked: Sequence[RunRow], *, archived: bool) -> None:
    problems = []
    for row in picked:
        old = notes_of(Run(row.summary.path))
        new = RunNotes(old.tags, old.note, archived)
        problems.append(keep_notes(Run(row.summary.path), new))
    _done(problems)


def _bin(picked: Sequence[RunRow], *, key: str) -> None:
    living = any(row.is_living for row in picked)
    with st.popover(
        "Move to the bin",
        icon=":material/delete:",
        disabled=living,
        help="A training that is running cannot be moved." if living else None,
        key=key,
    ):
        with st.container(width=360):
            st.markdown(plain(words.bin_question(picked, str(bin_folder()))))
        if not st.button("Move", type="primary", key=f"{key}.move"):
            return
    places, problems = zip(*(bin_run(row.summary.id) for row in picked), strict=True)
    st.session_state[_BINNED] = [place for place in places if place is not None]
    _done(problems)


def last_binned() -> None:
    """Say what was moved into the bin last, with a way to undo it."""
    places: list[Path] = st.session_state.get(_BINNED, [])
    if not places:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        said = words.binned(len(places), str(places[0].parent))
        st.markdown(f":material/delete: {plain(said)}", width="content")
        if st.button("Undo", key="runs.undo"):
            st.session_state.pop(_BINNED)
            _done([restore_run(place) for place in places])


def _done(problems: Sequence[str]) -> None:
    """Draw the page anew, and on it what went wrong."""
    recorded.run_list.clear()
    st.session_state[_DONE] = st.session_state.get(_DONE, 0) + 1
    st.session_state[_PROBLEM] = " ".join(problem for problem in problems if problem)
    st.rerun()
