"""Bars over the steps: which limit was exceeded, by which class, from when to when."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from dashboard import colors
from dashboard.charts.common import Look, base
from dashboard.text.alarms import KINDS, OTHERS, label
from dashboard.text.timeline import Span, span_text

_LANE = 18


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
    kinds = [kind for kind in (*KINDS, *OTHERS) if any(span.kind == kind for span in spans)]
    kinds += sorted({span.kind for span in spans} - {*KINDS, *OTHERS})
    end = max(total, steps[-1])
    half = max(1.0, 0.004 * end)
    lane = 0
    ticks = []
    for kind in kinds:
        own = sorted((s for s in spans if s.kind == kind), key=lambda s: (-s.last, s.first))
        lanes = [own] if kind == "map_rebuilt" else [[span] for span in own]
        ticks.append((lane + (len(lanes) - 1) / 2, label(kind)))
        for inside in lanes:
            for span in inside:
                _span(figure, span, lane=lane, half=half, end=end, ids=ids, look=look)
            lane += 1
        figure.add_hline(lane - 0.5, line={"color": colors.BORDER[look.dark], "width": 1})
    if steps[-1] < total:
        _still_to_come(figure, steps[-1], total, look.dark)
    figure.add_vline(step, line={"color": colors.BETTER[look.dark], "width": 1})
    base(
        figure,
        look.dark,
        height=56 + _LANE * max(lane, 1),
        margin={"l": 8, "r": 190, "t": 8, "b": 28},
    )
    figure.update_xaxes(range=[0, end], tickformat=",", zeroline=False)
    figure.update_xaxes(gridcolor=colors.BORDER[look.dark], nticks=8)
    names = [escape(name) for _, name in ticks]
    figure.update_yaxes(tickvals=[at for at, _ in ticks], ticktext=names, showgrid=False)
    figure.update_yaxes(range=[max(lane, 1) - 0.4, -0.6], zeroline=False, automargin=True)
    return figure


def _span(
    figure: go.Figure,
    span: Span,
    *,
    lane: int,
    half: float,
    end: int,
    ids: Mapping[str, int],
    look: Look,
) -> None:
    displays = {name: look.displays[index] for name, index in ids.items()}
    marks = [look.marks[ids[name]] for name in span.classes if name in ids]
    marks = marks or [colors.INK_3[look.dark]]
    edges = np.linspace(lane - 0.3, lane + 0.3, len(marks) + 1)
    first, last = max(0.0, span.first - half), min(float(end), span.last + half)
    for color, top, bottom in zip(marks, edges[:-1], edges[1:], strict=True):
        box = {"x0": first, "x1": last, "y0": top, "y1": bottom}
        figure.add_shape(type="rect", fillcolor=color, line={"width": 0}, **box)
    figure.add_trace(
        go.Scatter(
            x=[last],
            y=[lane],
            mode="text",
            text=[f" {escape(span_text(span, displays))}"],
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
