"""Prototypes: which classes the network sees as alike, and what moved when."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.charts import prototypes as charts
from dashboard.charts.common import Look
from dashboard.charts.timeline import timeline_figure
from dashboard.data import recorded
from dashboard.text import prototypes as words
from dashboard.text.timeline import latest_of_each_kind, spans, timeline_reading
from dashboard.views.common import Page, card, dark, header, how_to_read, open_page, plain
from spcl.store.limits import Limits

_MOST_PAIRS = 4
# On a narrow page the two cards stand below each other, so that their numbers stay apart.
_WRAP = """<style>
.st-key-prototypes-top [data-testid="stHorizontalBlock"] { flex-wrap: wrap; }
.st-key-prototypes-top [data-testid="stColumn"] { min-width: 440px; }
</style>"""


def render() -> None:
    """Draw the page."""
    page = open_page("Prototypes", shows_measures=True)
    if page is None or page.step is None:
        return
    look = _look(page)
    measures = recorded.measures_frame(page.run)
    bank = _bank(page)
    now = words.cosine_grid(measures, _names(page), page.step)
    header(
        f"Prototypes · step {page.step:,}",
        words.headline(
            look.displays,
            seen=bank["seen"],
            ages=bank["age"],
            left=_left(page),
            grid=now,
            num_snapshots=len(page.steps),
            limits=_limits(page),
        ),
        "A prototype is the running mean of the features of a class, one vector per class. "
        "Everything here is measured on the full vectors.",
    )
    with st.container(key="prototypes-top"):
        st.html(_WRAP)
        left, right = st.columns([512, 608])
        with left:
            _likeness(page, measures, now, look)
        with right:
            _movement(page, measures, look)
    _timeline(page, look, now)


def _limits(page: Page) -> Limits:
    return Limits.of(page.info.config)


def _names(page: Page) -> list[str]:
    return [info.name for info in page.info.label_space]


def _bank(page: Page) -> dict[str, list[Any]]:
    """Return pixel_count, age and seen of every class at the step shown."""
    bank = recorded.prototypes(page.path, page.step or 0)
    return {name: bank[name].tolist() for name in ("pixel_count", "age", "seen")}


def _left(page: Page) -> list[float | None]:
    return words.lengths_left(recorded.events(page.run), _names(page), page.step or 0)


def _look(page: Page) -> Look:
    infos, palette = list(page.info.label_space), page.selection.palette
    return Look(
        displays=[info.display for info in infos],
        swatches=[recorded.color(info, palette) for info in infos],
        marks=[recorded.mark_color(info, palette, dark()) for info in infos],
        dark=dark(),
    )


def _draw(figure: go.Figure, key: str) -> None:
    config = {"displayModeBar": False, "scrollZoom": False}
    st.plotly_chart(figure, theme=None, config=config, key=key)


def _likeness(page: Page, measures: pd.DataFrame, now: words.Grid, look: Look) -> None:
    compared = page.before is not None and page.before != page.step
    unit = (
        f"cosine · below the diagonal: now, above: step {page.before:,}" if compared else "cosine"
    )
    with card("How alike two prototypes are", unit):
        if not np.isfinite(now).any():
            st.caption(plain(words.waiting(page.step or 0)))
            return
        before, limits = None, _limits(page)
        if compared and page.before is not None:
            before = words.cosine_grid(measures, _names(page), page.before)
        _draw(charts.cosine_figure(now, before, look, limits), "prototypes.likeness")
        how_to_read(words.grid_reading(look.displays, now, limits))


def _movement(page: Page, measures: pd.DataFrame, look: Look) -> None:
    unit = f"1 − cosine to step {page.before:,}, from 0 to 2" if page.before is not None else ""
    bank = _bank(page)
    found = words.histories(
        measures,
        _names(page),
        before=page.before,
        step=page.step or 0,
        pixels=bank["pixel_count"],
        ages=bank["age"],
        left=_left(page),
    )
    with card("How far each prototype has moved", unit):
        if not found:
            st.caption(plain(words.no_movement(page.info.before_step, page.step or 0)))
            return
        st.caption(
            "Largest movement first; under each line, the pixels of the last update and when it was"
        )
        _draw(charts.drift_figure(found, look, _limits(page)), "prototypes.movement")
        how_to_read(words.drift_reading(look.displays, found))


def _timeline(page: Page, look: Look, now: words.Grid) -> None:
    found = spans(recorded.events(page.run), page.steps)
    kept, left_out = latest_of_each_kind(found)
    with card("What happened, and when", "step"):
        if kept:
            figure = timeline_figure(
                kept,
                {name: index for index, name in enumerate(_names(page))},
                look,
                steps=page.steps,
                total=page.info.total_steps,
                step=page.step or 0,
            )
            _draw(figure, "prototypes.timeline")
            how_to_read(timeline_reading(kept, left_out, look.displays, page.info))
        else:
            st.caption("No alarm has been raised so far.")
        pairs = words.closest_pairs(now)[:_MOST_PAIRS]
        if pairs:
            with st.container(horizontal=True, gap="large"):
                st.markdown("**Closest pairs now**", width="content")
                st.html(charts.pair_list(pairs, look, _limits(page)))
