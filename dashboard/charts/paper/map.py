"""The feature map as a figure: pixels by class or by domain, prototypes on top, panel by panel."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from dashboard import colors
from dashboard.charts.common import Look, base, text_of
from dashboard.data.map.sample import MapSample

By = Literal["class", "domain"]
_SIDE = 400
"""Width of a panel in pixels: half of two columns, or one."""
_ROOM = 0.03
_LETTER, _LINE = 0.0165, 0.036
"""Width of a letter and height of a line, as shares of a panel."""
_MARK = 0.012
"""Half a prototype's mark, likewise."""
_DOMAINS = (colors.WORSE_MARK[False], colors.BETTER[False])
"""Colours of source and target where colour says the domain."""


def map_figure(
    sample: MapSample, steps: Sequence[int], heads: Sequence[str], look: Look, *, by: By
) -> go.Figure:
    """Return one panel for each step, all seen by one camera.

    Args:
        sample: where pixels and prototypes stand.
        steps: those to show, of the sample's.
        heads: what stands above each panel.
        look: names and colours of the classes.
        by: what the colour of a pixel says.
    """
    rows, columns = (len(steps), 1) if look.narrow else (1, len(steps))
    gap = {"horizontal_spacing": 0.02, "vertical_spacing": 0.06}
    figure = make_subplots(rows, columns, subplot_titles=[text_of(head) for head in heads], **gap)
    figure.update_annotations(font_size=12)
    fills, edges = (look.marks, _edges(look)) if by == "class" else (_DOMAINS, _DOMAINS)
    coded = sample.class_id if by == "class" else sample.domain
    fill, edge = (np.take(colors_of, coded).tolist() for colors_of in (fills, edges))
    low, high = _extent(sample)
    for place, step in enumerate(steps):
        at = {"row": place + 1, "col": 1} if look.narrow else {"row": 1, "col": place + 1}
        figure.add_trace(_pixels(sample, step, fill, edge), **at)
        figure.add_trace(_prototypes(sample, step, look, by), **at)
        if by == "domain":
            for label in _labels(sample.prototypes[step], look):
                figure.add_annotation(**label, **at)
    height = round(_SIDE * (high - low)) + 24
    base(figure, look.dark, height=height * rows, margin={"l": 1, "r": 1, "t": 24, "b": 1})
    border = {"showline": True, "mirror": True, "linecolor": colors.BORDER[look.dark]}
    plain = {"showgrid": False, "zeroline": False, "showticklabels": False, "ticks": ""}
    figure.update_xaxes(range=[-_ROOM, 1 + _ROOM], **plain, **border)
    figure.update_yaxes(range=[low, high], **plain, **border)
    for place in range(len(steps)):  # one unit is as long in both directions
        number = "" if place == 0 else str(place + 1)
        anchor = {"scaleanchor": f"x{number}", "constrain": "domain"}
        figure.layout[f"yaxis{number}"].update(anchor)
    return figure


def _edges(look: Look) -> list[str]:
    """Return colours that stand out from the page, for edges: some of the safe palette are pale."""
    return [colors.relit(swatch, look.dark) for swatch in look.swatches]


def _extent(sample: MapSample) -> tuple[float, float]:
    """Return from where to where all panels reach upwards, those of other steps, too."""
    parts = [*sample.places.values(), *sample.prototypes.values()]
    heights = np.concatenate([part[:, 1] for part in parts])
    return float(np.nanmin(heights)) - _ROOM, float(np.nanmax(heights)) + 2 * _ROOM


def _pixels(sample: MapSample, step: int, fill: Sequence[str], edge: Sequence[str]) -> go.Scatter:
    """Return the pixels: a ring for the source, a disc for the target."""
    is_source = (sample.domain == 0).tolist()
    return go.Scatter(
        x=sample.places[step][:, 0],
        y=sample.places[step][:, 1],
        mode="markers",
        marker={
            "symbol": ["circle-open" if ring else "circle" for ring in is_source],
            "size": [4.5 if ring else 4 for ring in is_source],
            "color": [
                outer if ring else inner
                for ring, inner, outer in zip(is_source, fill, edge, strict=True)
            ],
            "line": {"color": edge, "width": [1 if ring else 0.6 for ring in is_source]},
            "opacity": 1,
        },
    )


def _prototypes(sample: MapSample, step: int, look: Look, by: By) -> go.Scatter:
    """Return the prototypes that are placed, as diamonds with a dark edge."""
    places = sample.prototypes[step]
    known = _placed(places)
    return go.Scatter(
        x=places[known, 0],
        y=places[known, 1],
        mode="markers",
        marker={
            "symbol": "diamond",
            "size": 11,
            "color": [look.marks[k] for k in known] if by == "class" else colors.PAGE[look.dark],
            "line": {"width": 1.5, "color": colors.INK[look.dark]},
        },
    )


def _placed(places: NDArray[np.float64]) -> list[int]:
    found: list[int] = np.flatnonzero(np.isfinite(places).all(axis=1)).tolist()
    return found


def _labels(places: NDArray[np.float64], look: Look) -> Iterator[dict[str, Any]]:
    """Yield the names of the prototypes, each on the side where it hides no other name."""
    known = _placed(places)
    taken = [(*places[k].tolist(), _MARK, _MARK) for k in known]
    for k in known:
        name, (x, y) = look.displays[k], places[k]
        wide, high = _LETTER * len(name), _LINE
        sides = ((0.0, 0.75), (0.0, -0.75), (0.5, 0.0), (-0.5, 0.0))
        boxes = [
            (x + dx * (wide + 2 * _LINE), y + dy * 2 * high, wide / 2, high / 2) for dx, dy in sides
        ]
        free = [box for box in boxes if not any(_overlap(box, other) for other in taken)]
        best = (free or boxes)[0]
        taken.append(best)
        yield {
            "x": best[0],
            "y": best[1],
            "text": text_of(name),
            "showarrow": False,
            "borderpad": 0,
            "bgcolor": "rgba(255,255,255,0.8)",
            "font": {"size": 12, "color": colors.INK[look.dark]},
        }


def _overlap(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    """Return whether two boxes (middle and half sizes) share any place."""
    return abs(one[0] - other[0]) < one[2] + other[2] and abs(one[1] - other[1]) < one[3] + other[3]
