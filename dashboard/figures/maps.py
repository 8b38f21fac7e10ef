"""The feature map for print, before and after, coloured by class and by domain."""

from collections.abc import Iterator, Sequence

import numpy as np

from dashboard.charts.common import Card, Look
from dashboard.charts.paper.map import By, map_figure
from dashboard.charts.paper.panels import class_key
from dashboard.data.map.sample import MapSample, map_sample
from dashboard.data.opened_run import OpenedRun
from dashboard.data.story.facts import map_layout
from dashboard.text.paper.maps import map_awaited, map_head, map_key, map_reading, map_title

_MOST_POINTS = 2000
_TITLES: dict[str, By] = {"map-by-class": "class", "map-by-domain": "domain"}


def map_cards(opened: OpenedRun, look: Look) -> Iterator[tuple[str, Card]]:
    """Yield name and card of the map by class and by domain."""
    step = opened.step or 0
    sample = sample_of(opened, [one for one in (opened.compared_step, step) if one is not None])
    for name, by in _TITLES.items():
        if sample is None:
            yield name, Card(map_title(by), awaited=map_awaited(step))
        else:
            yield name, map_card(opened, sample, list(sample.places), look, by=by)


def sample_of(opened: OpenedRun, steps: Sequence[int]) -> MapSample | None:
    """Return the pixels to draw; None where the step has no map yet."""
    layout = map_layout(opened, opened.step or 0)
    if layout is None:
        return None
    return map_sample(opened, layout, steps, most=_MOST_POINTS)


def map_card(
    opened: OpenedRun, sample: MapSample, steps: Sequence[int], look: Look, *, by: By
) -> Card:
    """Return the map at some steps."""
    names = [opened.info.domain_name(domain) for domain in ("source", "target")]
    heads = [map_head(one, opened.step or 0, opened.before) for one in steps]
    shown = np.flatnonzero(np.bincount(sample.class_id, minlength=len(opened.classes)))
    return Card(
        map_title(by),
        f"{sample.method.upper()}",
        map_figure(sample, steps, heads, look, by=by),
        html=class_key(look, shown.tolist(), marks=True) if by == "class" else "",
        key=map_key(names, by),
        reading=map_reading(sample, steps, opened.before),
    )
