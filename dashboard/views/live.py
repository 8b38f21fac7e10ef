"""Live: is it working, how long still, did a class collapse; answered in the first screen."""

import pandas as pd
import streamlit as st

from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun, opened_first
from dashboard.data.whole_scores import last_scores
from dashboard.text import common as words
from dashboard.text.alarms import alarm_phrase
from dashboard.text.live import progress
from dashboard.text.live.measured import measured_at, never_occurring
from dashboard.text.live.summary import (
    headline,
    target_summary,
    three_sentences,
)
from dashboard.text.scores import baselines
from dashboard.views.common import header, open_page, plain, problem
from dashboard.views.parts import live_cards
from dashboard.views.parts.baselines_card import baselines_card, marks_of, missing_note
from spcl.store.errors import StoreError

LOOK_EVERY_SECONDS = 4.0


def render(opened: OpenedRun) -> None:
    """Draw the page: moving parts look at the disk by themselves, controls stand outside them."""
    open_page(opened, "Live", needs_snapshot=False)
    iou = recorded.iou_frame(opened.path, tuple(opened.steps), opened.names)
    every = LOOK_EVERY_SECONDS if _moves(opened) else None
    look = opened_first(opened)
    st.fragment(lambda: _moving(look(), iou), run_every=every)()
    if opened.step is None:
        live_cards.lines(opened, iou)
        return
    found = marks_of(opened)
    live_cards.figures(opened, iou, opened.step)
    strip, lines, alarms = st.columns([552, 336, 216])
    with strip:
        live_cards.strip(opened, iou)
    with lines:
        live_cards.lines(opened, iou, found)
    with alarms:
        live_cards.alarms(opened, iou, opened.step)
    baselines_card(opened, found)
    live_cards.masks(opened, opened.step)


def _moves(opened: OpenedRun) -> bool:
    return opened.selection.live and opened.status.kind in ("running", "stalled")


def _moving(opened: OpenedRun | None, iou: pd.DataFrame) -> None:
    """Draw what changes with every step: headline, status, stages; nothing if it is unreadable."""
    if opened is None:
        return
    left, right = st.columns([5, 2], vertical_alignment="bottom")
    with left:
        try:
            _top(opened, iou)
        except StoreError as error:
            problem("Live", str(error))
    with right:
        dot = ":blue[●]" if opened.status.kind in ("running", "finished") else ":orange[●]"
        sentence = words.status_sentence(opened.info, opened.status)
        st.markdown(f"{dot} {plain(sentence)}", text_alignment="right")
    _stages(opened)


def _top(opened: OpenedRun, iou: pd.DataFrame) -> None:
    kicker = f"Live · {opened.title}"
    if opened.step is None:
        header(kicker, *words.nothing_recorded(opened.info, opened.status))
        return
    scores = recorded.scores(opened.path, opened.step)
    summary = target_summary(
        opened.info,
        iou=last_scores(iou, opened.step),
        images=recorded.image_frame(opened.path, opened.step, opened.before),
        step=opened.step,
        before=opened.before,
        num_snapshots=len(opened.steps),
        left_out=never_occurring(opened.info, scores.get("target")),
    )
    first = next(iter(live_cards.active_alarms(opened, opened.step)), None)
    alarm = alarm_phrase(first, live_cards.shown(opened, first))
    measured = measured_at(opened.info, scores, opened.step)
    status, found = opened.status.kind, marks_of(opened)
    compared = baselines.clause(found)
    header(kicker, headline(summary, alarm, status=status, compared=compared), measured)
    if not summary.warming_up:
        st.markdown(plain(" ".join(three_sentences(summary))))
        missing_note(opened, found)


def _stages(opened: OpenedRun) -> None:
    updates = recorded.updates(opened.run)
    stages = progress.stages_now(opened.info, updates)
    left = progress.time_left(opened.info, updates) if opened.status.kind == "running" else None
    with st.container(border=True):
        columns = st.columns([3] * len(stages) + [2], vertical_alignment="center")
        for column, stage in zip(columns, stages, strict=False):
            with column:
                _stage(stage)
        with columns[-1], st.container(gap="xsmall"):
            if left is not None:
                st.markdown(f"**{plain(left[0])}**", text_alignment="right")
                st.caption(plain(left[1]), text_alignment="right")
            else:
                st.caption(plain(_length(opened)), text_alignment="right")


def _length(opened: OpenedRun) -> str:
    if opened.status.kind == "running":
        if "plan" in opened.info.absent:
            return "Time left is not known: the training did not say how many steps it takes"
        return "Time left appears after a few steps"
    seconds = words.run_seconds(opened.info)
    return f"{words.counted(opened.info.step, 'step')} in {words.duration(seconds)}"


def _stage(stage: progress.StageNow) -> None:
    icon = "check_circle" if stage.share >= 1 else "play_circle" if stage.share else "circle"
    color = "blue" if 0 < stage.share < 1 else "gray"
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
            st.markdown(f":{color}[:material/{icon}:] **{plain(stage.name)}**", width="content")
            st.caption(plain(stage.text), width="content")
        st.progress(stage.share)
