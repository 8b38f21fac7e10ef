"""Bars over the steps: which limit was exceeded, by which class, from when to when."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard import colors
from dashboard.charts.clicks import bar_to_click
from dashboard.charts.common import Look, base, text_of
from dashboard.text.alarms import KINDS, OTHERS, label
from dashboard.text.timeline import Span, span_text
from spcl.store.names import EventKind

_LANE_HEIGHT = 18


def timeline_figure(
    spans: Sequence[Span],
    ids: Mapping[str, int],
    look: Look,
    *,
    steps: Sequence[int],
    total: int,
    step: int,
) -> go.Figure:
    """Return a bar for each span, a row for each kind of event; grey marks steps still to come.

    Args:
        spans: the spans to draw.
        ids: class name -> id.
        look: names and colours of the classes.
        steps: snapshots recorded, ascending.
        total: planned updates.
        step: the chosen snapshot, marked by a line.
    """
    figure = go.Figure()
    end = max(total, steps[-1])
    lane = 0
    ticks = []
    for kind in _kinds(spans):
        own = sorted((s for s in spans if s.kind == kind), key=lambda s: (-s.last, s.first))
        lanes = [own] if kind == EventKind.MAP_REBUILT else [[span] for span in own]
        ticks.append((lane + (len(lanes) - 1) / 2, text_of(label(kind))))
        for in_lane in lanes:
            for span in in_lane:
                _span(figure, span, lane=lane, end=end, ids=ids, look=look)
            lane += 1
        figure.add_hline(lane - 0.5, line={"color": colors.BORDER[look.dark], "width": 1})
    if steps[-1] < total:
        _still_to_come(figure, steps[-1], total, look.dark)
    figure.add_vline(step, line={"color": colors.BETTER[look.dark], "width": 1})
    _axes(figure, ticks, lanes=max(lane, 1), end=end, dark=look.dark)
    return figure


def _kinds(spans: Sequence[Span]) -> list[str]:
    """Return the kinds that occur, most urgent first, those without words last."""
    present = {span.kind for span in spans}
    known = [kind for kind in (*KINDS, *OTHERS) if kind in present]
    return known + sorted(present - set(known))


def _axes(
    figure: go.Figure, ticks: Sequence[tuple[float, str]], *, lanes: int, end: int, dark: bool
) -> None:
    margin = {"l": 8, "r": 190, "t": 8, "b": 28}
    base(figure, dark, height=56 + _LANE_HEIGHT * lanes, margin=margin)
    grid = {"gridcolor": colors.BORDER[dark], "zeroline": False}
    figure.update_xaxes(range=[0, end], tickformat=",", nticks=8, **grid)
    figure.update_yaxes(tickvals=[at for at, _ in ticks], ticktext=[text for _, text in ticks])
    figure.update_yaxes(range=[lanes - 0.4, -0.6], showgrid=False, zeroline=False, automargin=True)


def _span(
    figure: go.Figure,
    span: Span,
    *,
    lane: int,
    end: int,
    ids: Mapping[str, int],
    look: Look,
) -> None:
    displays = {name: look.displays[index] for name, index in ids.items()}
    marks = [look.marks[ids[name]] for name in span.classes if name in ids]
    marks = marks or [colors.INK_3[look.dark]]
    edges = np.linspace(lane - 0.3, lane + 0.3, len(marks) + 1)
    half = max(1.0, 0.004 * end)
    first, last = max(0.0, span.first - half), min(float(end), span.last + half)
    for color, top, bottom in zip(marks, edges[:-1], edges[1:], strict=True):
        box = {"x0": first, "x1": last, "y0": top, "y1": bottom}
        figure.add_shape(type="rect", fillcolor=color, line={"width": 0}, **box)
    told = (span.first, span.classes[0] if span.classes else "")
    bar_to_click(figure, first, last, lane, spacing=end / 40, data=told)
    figure.add_trace(
        go.Scatter(
            x=[last],
            y=[lane],
            mode="text",
            text=[f" {text_of(span_text(span, displays))}"],
            textposition="middle right",
            textfont={"size": 12, "color": colors.INK_2[look.dark]},
            cliponaxis=False,
            hovertemplate=f"step {span.first:,} to {span.last:,}<extra></extra>",
        )
    )


def _still_to_come(figure: go.Figure, last: int, total: int, dark: bool) -> None:
    figure.add_vrect(last, total, fillcolor=colors.FILL[dark], line_width=0, layer="below")
    if total - last > 0.1 * total:
        note = {"text": "still to come", "showarrow": False, "yref": "paper"}
        figure.add_annotation(x=(last + total) / 2, y=0.5, font={"size": 12}, **note)
