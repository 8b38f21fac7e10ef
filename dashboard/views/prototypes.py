"""Prototypes: which classes the network sees as alike, and what moved when."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.charts import prototypes as charts
from dashboard.charts.common import Look
from dashboard.charts.timeline import timeline_figure
from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun
from dashboard.text import prototypes as words_prototypes
from dashboard.text import timeline as words_timeline
from dashboard.views.common import card, draw, header, how_to_read, look_of, open_page, plain
from spcl.store.limits import Limits

_MOST_PAIRS = 4
# On a narrow page the two cards stand below each other, so that their numbers stay apart.
_WRAP = """<style>
.st-key-prototypes-top [data-testid="stHorizontalBlock"] { flex-wrap: wrap; }
.st-key-prototypes-top [data-testid="stColumn"] { min-width: 440px; }
</style>"""


def render(run: OpenedRun) -> None:
    """Draw the page."""
    opened = open_page(run, "Prototypes", shows_measures=True)
    if opened is None or opened.step is None:
        return
    look = look_of(opened)
    measures = recorded.measures_frame(opened.run)
    bank = _bank(opened)
    now = words_prototypes.cosine_grid(measures, opened.names, opened.step)
    header(
        f"Prototypes · step {opened.step:,}",
        words_prototypes.headline(
            look.displays,
            seen=bank["seen"],
            ages=bank["age"],
            left=_left(opened),
            grid=now,
            num_snapshots=len(opened.steps),
            limits=_limits(opened),
        ),
        "A prototype is the running centre of a class, one vector per class. "
        "Everything here is measured on the full vectors.",
    )
    with st.container(key="prototypes-top"):
        st.html(_WRAP)
        left, right = st.columns([512, 608])
        with left:
            _likeness(opened, measures, now, look)
        with right:
            _movement(opened, measures, look)
    _timeline(opened, look, now)


def _limits(opened: OpenedRun) -> Limits:
    return Limits.of(opened.info.config)


def _bank(opened: OpenedRun) -> dict[str, list[Any]]:
    """Return pixel_count, age and seen of every class at the step shown."""
    bank = recorded.prototypes(opened.path, opened.step or 0)
    return {name: bank[name].tolist() for name in ("pixel_count", "age", "seen")}


def _left(opened: OpenedRun) -> list[float | None]:
    return words_prototypes.lengths_left(
        recorded.events(opened.run), opened.names, opened.step or 0
    )


def _likeness(
    opened: OpenedRun, measures: pd.DataFrame, now: words_prototypes.Grid, look: Look
) -> None:
    compared = opened.before is not None and opened.before != opened.step
    unit = (
        f"cosine · below the diagonal: now, above: step {opened.before:,}" if compared else "cosine"
    )
    with card("How alike two prototypes are", unit):
        if not np.isfinite(now).any():
            st.caption(plain(words_prototypes.waiting(opened.step or 0)))
            return
        before, limits = None, _limits(opened)
        if compared and opened.before is not None:
            before = words_prototypes.cosine_grid(measures, opened.names, opened.before)
        draw(charts.cosine_figure(now, before, look, limits), "prototypes.likeness")
        how_to_read(words_prototypes.grid_reading(look.displays, now, limits))


def _movement(opened: OpenedRun, measures: pd.DataFrame, look: Look) -> None:
    unit = f"1 − cosine to its place at step {opened.before:,}" if opened.before is not None else ""
    bank = _bank(opened)
    drifts = words_prototypes.courses(
        measures,
        opened.names,
        before=opened.before,
        step=opened.step or 0,
        pixels=bank["pixel_count"],
        ages=bank["age"],
        left=_left(opened),
    )
    with card("How far each prototype has moved", unit):
        if not drifts:
            st.caption(
                plain(words_prototypes.no_movement(opened.info.before_step, opened.step or 0))
            )
            return
        st.caption("Most moved first; below, the pixels of its last update and when that was")
        draw(charts.drift_figure(drifts, look, _limits(opened)), "prototypes.movement")
        how_to_read(words_prototypes.course_reading(look.displays, drifts))


def _timeline(opened: OpenedRun, look: Look, now: words_prototypes.Grid) -> None:
    spans = words_timeline.spans(recorded.events(opened.run), opened.steps)
    kept, left_out = words_timeline.most_telling(spans)
    with card("What happened when", "step"):
        if kept:
            figure = timeline_figure(
                kept,
                {name: index for index, name in enumerate(opened.names)},
                look,
                steps=opened.steps,
                total=opened.info.total_steps,
                step=opened.step or 0,
            )
            draw(figure, "prototypes.timeline")
            how_to_read(words_timeline.timeline_reading(kept, left_out, look.displays, opened.info))
        else:
            st.caption("No limit was passed so far.")
        pairs = words_prototypes.closest_pairs(now)[:_MOST_PAIRS]
        if pairs:
            with st.container(horizontal=True, gap="large"):
                st.markdown("**Closest pairs now**", width="content")
                st.html(charts.pair_list(pairs, look, _limits(opened)))
