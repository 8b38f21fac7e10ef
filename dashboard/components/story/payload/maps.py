"""The two maps of the story, seen by one camera: at most 2,000 of the probe pixels."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.data import recorded
from dashboard.data.map import shown as map_data
from dashboard.data.opened_run import OpenedRun
from dashboard.data.story.facts import StoryRead, map_layout
from dashboard.text.story import captions

MOST_POINTS = 2000
_UNITS = 1000
_LIT = 6


def maps(opened: OpenedRun, read: StoryRead) -> dict[str, Any]:
    """Return both clouds in units of 0..1000, y upwards, and which classes to light."""
    places = _places(opened, read.step)
    clouds = {}
    if places:
        chosen, (low, span) = _chosen(places), _camera(places)
        for step, at in places.items():
            scaled = np.rint((at - low) / span * _UNITS)
            clouds[step] = _cloud(opened, read.step, step, scaled, chosen)
    before = opened.compared_step
    return {
        "before": None if before is None else clouds.get(before),
        "now": clouds.get(read.step),
        "lit": _lit(opened, read.gaps, read.step),
    }


def _places(opened: OpenedRun, step: int) -> dict[int, NDArray[np.float32]]:
    """Return step -> positions of pixels and prototypes, (N + K, 2), NaN where not placed."""
    layout = map_layout(opened, step)
    if layout is None:
        return {}
    steps = [one for one in (opened.compared_step, step) if one in layout.steps]
    found = {
        one: recorded.positions(opened.path, layout.name, one) for one in steps if one is not None
    }  # noqa: E501
    size = len(recorded.pixels(opened.path)["image"]) + len(opened.classes)
    return {one: at for one, at in found.items() if at is not None and len(at) == size}


def _chosen(places: Mapping[int, NDArray[np.float32]]) -> NDArray[np.int64]:
    """Return the rows that are placed at every step, spread over all of them if too many."""
    known = np.all([np.isfinite(at).all(axis=1) for at in places.values()], axis=0)
    rows = np.flatnonzero(known)
    if len(rows) > MOST_POINTS:
        rows = np.sort(np.random.default_rng(0).choice(rows, MOST_POINTS, replace=False))
    return rows


def _camera(places: Mapping[int, NDArray[np.float32]]) -> tuple[NDArray[np.float32], float]:
    """Return the lowest corner and the length that make all places fit into a square."""
    everything = np.concatenate(list(places.values()))
    low, high = np.nanmin(everything, axis=0), np.nanmax(everything, axis=0)
    span = float(max(*(high - low), 1e-9))
    return (low + high - span) / 2, span


def _cloud(
    opened: OpenedRun,
    shown: int,
    step: int,
    scaled: NDArray[np.float32],
    chosen: NDArray[np.int64],
) -> dict[str, Any]:
    pixels = recorded.pixels(opened.path)
    count = len(pixels["image"])
    points = chosen[chosen < count]
    classes = map_data.point_classes(opened, shown)[points]
    display = {info.id: info.display for info in opened.classes}
    return {
        "label": captions.cloud_label(step, is_before=step != shown),
        "x": scaled[points, 0].astype(int).tolist(),
        "y": scaled[points, 1].astype(int).tolist(),
        "class_id": classes.tolist(),
        "domain": pixels["domain"][points].astype(int).tolist(),
        "prototypes": [
            {
                "x": int(x),
                "y": int(y),
                "class_id": class_id,
                "label": captions.prototype_label(display, class_id),
            }
            for class_id, (x, y) in enumerate(scaled[count:])
            if np.isfinite((x, y)).all()
        ],
    }


def _lit(opened: OpenedRun, gaps: Mapping[str, tuple[float, float]], step: int) -> list[int]:
    """Return six class ids: those that moved together most, then those with most pixels."""
    ids = {info.name: info.id for info in opened.classes}
    moved = sorted((now - before, name) for name, (before, now) in gaps.items() if name in ids)
    pixels = np.bincount(map_data.point_classes(opened, step), minlength=len(ids))
    order = [ids[name] for change, name in moved if change < 0]
    order += [int(one) for one in np.argsort(-pixels, kind="stable") if pixels[one]]
    return list(dict.fromkeys(order))[:_LIT]
