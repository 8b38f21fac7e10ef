"""Live: is it working, how long still, did a class collapse; answered in the first screen."""

import pandas as pd
import streamlit as st

from dashboard.data import recorded
from dashboard.data.selection import selection
from dashboard.text import common as words
from dashboard.text import progress
from dashboard.text.alarms import alarm_phrase
from dashboard.text.live import headline, measured_at, target_summary, three_sentences
from dashboard.views import live_cards
from dashboard.views.common import Page, header, load, open_page, plain, title_of
from spcl.store.errors import StoreError

LOOK_EVERY_SECONDS = 4.0


def render() -> None:
    """Draw the page: moving parts look at the disk by themselves, controls stand outside them."""
    page = open_page("Live", needs_snapshot=False)
    if page is None:
        return
    iou = recorded.iou_frame(page.path, tuple(page.steps))
    every = LOOK_EVERY_SECONDS if _moves(page) else None
    st.fragment(lambda: _moving(iou), run_every=every)()
    if page.step is None:
        live_cards.lines(page, iou)
        return
    live_cards.figures(page, iou, page.step)
    strip, lines, alarms = st.columns([552, 336, 216])
    with strip:
        live_cards.strip(page, iou, page.step)
    with lines:
        live_cards.lines(page, iou)
    with alarms:
        live_cards.alarms(page, page.step)
    live_cards.masks(page, page.step)


def _moves(page: Page) -> bool:
    return page.selection.live and page.status.kind in ("running", "stalled")


def _now() -> Page | None:
    """Read the run again; a page that cannot be read leaves its place as it is."""
    try:
        return load(selection())
    except StoreError:
        return None


def _moving(iou: pd.DataFrame) -> None:
    """Draw what changes with every step: headline, status, stages."""
    page = _now()
    if page is None:
        return
    left, right = st.columns([5, 2], vertical_alignment="bottom")
    with left:
        _top(page, iou)
    with right:
        dot = ":blue[●]" if page.status.kind in ("running", "finished") else ":orange[●]"
        sentence = words.status_sentence(page.info, page.status)
        st.markdown(f"{dot} {plain(sentence)}", text_alignment="right")
    _stages(page)


def _top(page: Page, iou: pd.DataFrame) -> None:
    kicker = f"Live · {title_of(page)}"
    if page.step is None:
        header(kicker, *words.nothing_recorded(page.info, page.status))
        return
    summary = target_summary(
        page.info,
        iou=iou,
        images=recorded.image_frame(page.path, page.step, page.before),
        step=page.step,
        before=page.before,
        num_snapshots=len(page.steps),
    )
    first = next(iter(live_cards.active_alarms(page, page.step)), None)
    alarm = alarm_phrase(first, live_cards.shown(page, first))
    scores = recorded.scores(page.path, page.step)
    measured = measured_at(page.info, scores, page.step)
    header(kicker, headline(summary, alarm, status=page.status.kind), measured)
    if not summary.warming_up:
        st.markdown(plain(" ".join(three_sentences(summary))))


def _stages(page: Page) -> None:
    rows = recorded.metrics_rows(page.run)
    stages = progress.stages_now(page.info, rows)
    left = progress.time_left(page.info, rows) if page.status.kind == "running" else None
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
                st.caption(plain(_length(page)), text_alignment="right")


def _length(page: Page) -> str:
    if page.status.kind == "running":
        return "Time left appears after a few steps"
    return (
        f"{words.counted(page.info.step, 'step')} in {words.duration(words.run_seconds(page.info))}"
    )


def _stage(stage: progress.StageNow) -> None:
    icon = "check_circle" if stage.share >= 1 else "play_circle" if stage.share else "circle"
    color = "blue" if 0 < stage.share < 1 else "gray"
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
            st.markdown(f":{color}[:material/{icon}:] **{plain(stage.name)}**", width="content")
            st.caption(plain(stage.text), width="content")
        st.progress(stage.share)
