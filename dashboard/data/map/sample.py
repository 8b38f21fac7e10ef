"""Some of the probe pixels on the map, the same at several steps and seen by one camera."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.data import recorded
from dashboard.data.map.shown import point_classes
from dashboard.data.opened_run import OpenedRun
from spcl.store.derived.reader import Layout


@dataclass(frozen=True)
class MapSample:
    """Where pixels and prototypes stand, in [0, 1] of the longer side; y upwards.

    Attributes:
        places: step -> places of the pixels, (n, 2).
        prototypes: step -> places of the prototypes, (K, 2), NaN where not placed.
        class_id: class of each pixel, (n,).
        domain: 0 source, 1 target, (n,).
        num_pixels: how many probe pixels there are.
        method: of the projection.
        trust: step -> trustworthiness in [0, 1]; None where it was not measured.
    """

    places: Mapping[int, NDArray[np.float64]]
    prototypes: Mapping[int, NDArray[np.float64]]
    class_id: NDArray[np.int64]
    domain: NDArray[np.int64]
    num_pixels: int
    method: str
    trust: Mapping[int, float | None]


def map_sample(
    opened: OpenedRun, layout: Layout, steps: Sequence[int], *, most: int
) -> MapSample | None:
    """Return at most `most` of the pixels that are placed at all of these steps that have a map.

    None where no step has one.
    """
    pixels = recorded.pixels(opened.path)
    count = len(pixels["image"])
    found = {step: recorded.positions(opened.path, layout.name, step) for step in steps}
    known = {
        step: at.astype(np.float64)
        for step, at in found.items()
        if at is not None and len(at) == count + len(opened.classes)
    }
    if not known:
        return None
    placed = np.all([np.isfinite(at[:count]).all(axis=1) for at in known.values()], axis=0)
    rows = np.flatnonzero(placed)
    if len(rows) > most:
        rows = np.sort(np.random.default_rng(0).choice(rows, most, replace=False))
    rows = np.random.default_rng(1).permutation(rows)  # no class lies on top of the others
    scaled = _in_one_camera(known)
    return MapSample(
        {step: at[rows] for step, at in scaled.items()},
        {step: at[count:] for step, at in scaled.items()},
        point_classes(opened, opened.step or 0)[rows],
        pixels["domain"][rows].astype(np.int64),
        count,
        layout.method,
        {step: layout.steps.get(step, {}).get("trustworthiness") for step in known},
    )


def _in_one_camera(
    places: Mapping[int, NDArray[np.float64]],
) -> dict[int, NDArray[np.float64]]:
    everything = np.concatenate(list(places.values()))
    low, high = np.nanmin(everything, axis=0), np.nanmax(everything, axis=0)
    span = max(float((high - low).max()), 1e-9)
    middle = (low + high) / 2
    return {step: (at - middle) / span + 0.5 for step, at in places.items()}
