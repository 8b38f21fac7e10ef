"""Runs: those in training side by side, and the list of all, to find, note, compare and clear."""

from collections.abc import Sequence

import streamlit as st

from dashboard.charts.runs import Curves, common_range, small_multiple
from dashboard.data import recorded, runs_folder
from dashboard.data.growing.iou_history import iou_history
from dashboard.data.runs.table import RunRow, class_names, matching, run_rows
from dashboard.data.selection import encodable, remember
from dashboard.style import dark
from dashboard.text import alarms as alarm_words
from dashboard.text.live.progress import time_left
from dashboard.text.runs import listed as words
from dashboard.views.common import PAGES, card, header, plain
from dashboard.views.parts.runs_actions import actions, last_binned
from spcl.store.errors import StoreError
from spcl.store.reader import Run

LOOK_EVERY_SECONDS = 4.0
_MOST_CARDS = 9
_A_ROW = 3
_SHOWN_ROWS = 14
_LIST_PIXELS = 528


def render() -> None:
    """Draw the page; trainings look at the disk by themselves, the list with each rerun."""
    rows = _rows()
    header("Runs", words.headline(rows), words.caption(rows))
    living = any(row.is_living for row in rows)
    st.fragment(_trainings, run_every=LOOK_EVERY_SECONDS if living else None)()
    last_binned()
    with card("All runs"):
        _list(rows)


def _rows() -> list[RunRow]:
    return run_rows(recorded.run_list(str(runs_folder.runs_dir())))


def _trainings() -> None:
    """Draw a card for each training, three in a row."""
    living = [row for row in _rows() if row.is_living]
    shown = living[:_MOST_CARDS]
    if not shown:
        return
    many = [_curves(row) for row in shown]
    within = common_range(many)
    for first in range(0, len(shown), _A_ROW):
        columns = st.columns(_A_ROW)
        pairs = list(zip(shown, many, strict=True))[first : first + _A_ROW]
        for column, (row, curves) in zip(columns, pairs, strict=False):
            with column, st.container(border=True, gap="xsmall", height="stretch"):
                _training(row, curves, within)
    st.caption(plain(words.curves_caption(len(living) - len(shown))))


def _training(row: RunRow, curves: Curves, within: tuple[float, float]) -> None:
    assert row.info is not None, "a training has said what it is"
    title = row.summary.title
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        st.subheader(plain(title), anchor=False, width="content")
        color = "blue" if row.summary.status == "running" else "orange"
        st.markdown(f":{color}[●] seed {row.info.seed}", width="content")
    line, run = words.now_line(row), Run(row.summary.path)
    left = time_left(row.info, recorded.updates(run))
    st.caption(plain(f"{line} · {left[0]}" if left else line))
    st.progress(min(1.0, row.info.step / max(1, row.info.total_steps)))
    score = words.score_line(row)
    label = f"{title}: {score}"
    st.html(small_multiple(curves, within, label=label, dark=dark()))
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        st.markdown(f"**{plain(score)}**", width="content")
        alarms = _alarms(row)
        icon = ":orange[:material/warning:] " if alarms else ""
        st.caption(f"{icon}{plain(words.alarms_line(alarms))}", width="content")
    if st.button(
        "Open", key=f"runs.open.{encodable(row.summary.id)}", icon=":material/monitoring:"
    ):
        open_live(row.summary.id)


def _curves(row: RunRow) -> Curves:
    assert row.info is not None, "a training has said what it is"
    run, info = Run(row.summary.path), row.info
    nothing = Curves((), (), (), info.before_step, info.total_steps)
    try:
        published = tuple(run.steps())
        names = info.label_space.names
        frame = iou_history(str(run.path), len(names)).frame(published, names)
    except StoreError:
        return nothing
    means = frame[frame["class"].isna()].pivot_table(index="step", columns="domain", values="iou")
    wide = means.reindex(columns=["source", "target"]).astype(float)
    steps = tuple(int(step) for step in wide.index)
    source, target = (tuple(wide[name].tolist()) for name in ("source", "target"))
    before = info.before_step if info.before_step in steps else None
    return Curves(steps, target, source, before, info.total_steps)


def _alarms(row: RunRow) -> int:
    run = Run(row.summary.path)
    measured = recorded.measured_steps(run, max(run.steps(), default=0))
    return len(alarm_words.active_alarms(recorded.events(run), measured))


def open_live(run_id: str) -> None:
    """Choose a run and turn to its live page."""
    remember(run=run_id)
    st.switch_page(st.session_state[PAGES]["live"])


def _list(rows: Sequence[RunRow]) -> None:
    tags = sorted({tag for row in rows for tag in row.notes.tags})
    names = words.score_names(class_names(rows))
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        text = st.text_input("Find", key="runs.find", placeholder="Title, id, tag or note")
        chosen_tags = st.multiselect("Tags", tags, key="runs.tags", placeholder="Any")
        score = st.selectbox(
            "Score",
            list(names),
            format_func=lambda name: names.get(name, ""),
            key="runs.score",
        )
        archived = st.toggle("Show archived", key="runs.archived")
    found = [
        row
        for row in matching(rows, text=text, tags=chosen_tags)
        if archived or not row.notes.archived
    ]
    st.caption(plain(words.asked(rows, found)))
    picked = _table(found, score or None) if found else []
    actions(picked, open_run=open_live)


def _table(rows: Sequence[RunRow], score: str | None) -> list[RunRow]:
    """Draw the table; return the rows that are picked in it."""
    number = st.column_config.NumberColumn
    table = st.dataframe(
        words.runs_table(rows, score),
        hide_index=True,
        height="content" if len(rows) <= _SHOWN_ROWS else _LIST_PIXELS,
        column_config={
            "Seed": number(width=56),
            "Step": number(format="localized", width=72),
            **{name: number(format="%.1f", width=72) for name in words.NUMBERS},
            "Tags": st.column_config.ListColumn(width=104),
            "Note": st.column_config.TextColumn(width=128),
            "Began": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm", width=136),
            "Minutes": number(format="%.1f", width=76),
            "Data": st.column_config.TextColumn(
                width=72, help="Equal for runs whose data have the same file names and sizes."
            ),
        },
        on_select="rerun",
        selection_mode="multi-row",
        key=f"runs.table.{hash(tuple(row.summary.id for row in rows))}",
    )
    return [rows[index] for index in table.selection.rows if index < len(rows)]
