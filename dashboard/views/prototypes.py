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
from dashboard.text import prototypes as words
from dashboard.text.timeline import latest_of_each_kind, spans, timeline_reading
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
    measures = recorded.measures_frame(
        opened.run, at=(opened.step, opened.before), over=("prototype_drift",)
    )
    bank = _bank(opened)
    now = words.cosine_grid(measures, opened.names, opened.step)
    header(
        f"Prototypes · step {opened.step:,}",
        words.headline(
            look.displays,
            seen=bank["seen"],
            ages=bank["age"],
            left=_left(opened),
            grid=now,
            num_snapshots=len(opened.steps),
            limits=_limits(opened),
        ),
        "A prototype is the running mean of the features of a class, one vector per class. "
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
    return words.lengths_left(recorded.events(opened.run), opened.names, opened.step or 0)


def _likeness(opened: OpenedRun, measures: pd.DataFrame, now: words.Grid, look: Look) -> None:
    compared = opened.before is not None and opened.before != opened.step
    unit = (
        f"cosine · below the diagonal: now, above: step {opened.before:,}" if compared else "cosine"
    )
    with card("How alike two prototypes are", unit):
        if not np.isfinite(now).any():
            st.caption(plain(words.waiting(opened.step or 0)))
            return
        before, limits = None, _limits(opened)
        if compared and opened.before is not None:
            before = words.cosine_grid(measures, opened.names, opened.before)
        draw(charts.cosine_figure(now, before, look, limits), "prototypes.likeness")
        how_to_read(words.grid_reading(look.displays, now, limits))


def _movement(opened: OpenedRun, measures: pd.DataFrame, look: Look) -> None:
    unit = f"1 − cosine to step {opened.before:,}, from 0 to 2" if opened.before is not None else ""
    bank = _bank(opened)
    histories = words.histories(
        measures,
        opened.names,
        before=opened.before,
        step=opened.step or 0,
        pixels=bank["pixel_count"],
        ages=bank["age"],
        left=_left(opened),
    )
    with card("How far each prototype has moved", unit):
        if not histories:
            st.caption(plain(words.no_movement(opened.info.before_step, opened.step or 0)))
            return
        st.caption(
            "Largest movement first; under each line, the pixels of the last update and when it was"
        )
        draw(charts.drift_figure(histories, look, _limits(opened)), "prototypes.movement")
        how_to_read(words.drift_reading(look.displays, histories))


def _timeline(opened: OpenedRun, look: Look, now: words.Grid) -> None:
    recorded_spans = spans(recorded.events(opened.run), opened.steps)
    kept, left_out = latest_of_each_kind(recorded_spans)
    with card("What happened, and when", "step"):
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
            how_to_read(timeline_reading(kept, left_out, look.displays, opened.info))
        else:
            st.caption("No alarm has been raised so far.")
        pairs = words.closest_pairs(now)[:_MOST_PAIRS]
        if pairs:
            with st.container(horizontal=True, gap="large"):
                st.markdown("**Closest pairs now**", width="content")
                st.html(charts.pair_list(pairs, look, _limits(opened)))
