"""What a story rests on, for a file: the map, the masks and the charts, at every step kept."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, get_args

import numpy as np

from dashboard.cards import separability
from dashboard.cards.look import look_of
from dashboard.charts.common import Card, plain_figure
from dashboard.colors import Palette
from dashboard.components.feature_map.payload import map_values
from dashboard.components.mask_viewer.payload import detail_of, mask_values
from dashboard.data import recorded
from dashboard.data.map import shown as map_data
from dashboard.data.opened_run import OpenedRun
from dashboard.export.files import RunFiles

MOST_STEPS = 20
MOST_IMAGES = 12
_SHOWN = ("source", "target", "prototypes", "trails")


def steps_kept(steps: Sequence[int], needed: Iterable[int | None]) -> list[int]:
    """Return at most `MOST_STEPS` of the steps, evenly spread, with those that are needed."""
    if len(steps) <= MOST_STEPS:
        return list(steps)
    wanted = {steps[0], steps[-1], *needed}
    known = {step for step in steps if step in wanted}
    places = np.linspace(0, len(steps) - 1, MOST_STEPS - len(known) + 2)
    spread = [steps[round(place)] for place in places]
    free = [step for step in spread if step not in known][: MOST_STEPS - len(known)]
    return sorted(known | set(free))


def closer(
    opened: OpenedRun,
    files: RunFiles,
    *,
    steps: Sequence[int],
    images: Sequence[str],
    tell: Callable[[str], None],
) -> dict[str, Any]:
    """Return map, masks and charts of a run, and take their files.

    Args:
        opened: the run, at the step that its story tells of.
        files: the run's files; those that are shown are added.
        steps: snapshots to keep, none later than that step.
        images: keys of probe images whose masks are shown; none for no masks.
        tell: called with what is being done.
    """
    return {
        "map": _map(opened, files, steps),
        "masks": _masks(opened, files, steps, images, tell),
        "cards": _cards(opened),
    }


def _looks(opened: OpenedRun) -> dict[str, tuple[OpenedRun, bool]]:
    """Return name of a look -> the run in its palette, and whether the page is dark."""
    looks = {}
    for palette, dark in product(get_args(Palette), (False, True)):
        shown = replace(opened, selection=replace(opened.selection, palette=palette))
        looks[f"{palette} {'dark' if dark else 'light'}"] = shown, dark
    return looks


def _map(opened: OpenedRun, files: RunFiles, steps: Sequence[int]) -> dict[str, Any] | None:
    layout = map_data.best_layout(opened)
    if layout is None:
        return None
    kept = files.add_positions(layout, [step for step in sorted(layout.steps) if step in steps])
    if not kept:
        return None
    few = replace(layout, steps={step: layout.steps[step] for step in kept})
    values = {
        name: map_values(
            shown, few, color_by="class", show=_SHOWN, selected=None, shape=None, dark=dark
        )
        for name, (shown, dark) in _looks(opened).items()
    }
    data = next(iter(values.values()))
    data["photos"] = []  # a file holds the images of its masks only
    points = data.pop("points")
    return {
        "data": {**data, "base": files.base},
        "points": {name: points[name].tolist() for name in points},
        "looks": {
            name: {key: one[key] for key in ("colors", "casings", "prototypes")}
            for name, one in values.items()
        },
    }


def _masks(
    opened: OpenedRun,
    files: RunFiles,
    steps: Sequence[int],
    images: Sequence[str],
    tell: Callable[[str], None],
) -> dict[str, Any] | None:
    known = {image.key: image for image in recorded.images(opened.path) if image.key in images}
    if not known:
        return None
    at_steps = {}
    for step in steps:
        tell(f"counting the masks of step {step:,}")
        at_steps[step] = _masks_at(replace(opened, step=step), list(known))
    for key, image in known.items():
        files.add_probe(key, has_label=image.has_label)
        files.add_masks(key, steps)
    data = at_steps[steps[-1]]
    own = ("step", "before", "images", "orders", "domains")
    return {
        "data": {
            **{name: value for name, value in data.items() if name != "details"},
            "base": files.base,
            "steps": list(steps),
            "image": next(key for key in images if key in known),
            "detail": None,
        },
        "steps": {
            step: {name: values[name] for name in (*own, "details")}
            for step, values in at_steps.items()
        },
    }


def _masks_at(opened: OpenedRun, keys: Sequence[str]) -> dict[str, Any]:
    frame = recorded.image_frame(opened.path, opened.step or 0, opened.compared_step)
    frame = frame[frame["key"].isin(keys)]
    values = mask_values(opened, frame, image=keys[0])
    return {**values, "details": {key: detail_of(opened, key) for key in keys}}


def _cards(opened: OpenedRun) -> list[dict[str, Any]]:
    made = {name: _cards_of(shown, dark) for name, (shown, dark) in _looks(opened).items()}
    cards = []
    for looks in zip(*made.values(), strict=True):
        first = looks[0]
        cards.append(
            {
                "title": first.title,
                "unit": first.unit,
                "key": first.key,
                "reading": first.reading,
                "awaited": first.awaited,
                "figures": {
                    name: plain_figure(card.figure)
                    for name, card in zip(made, looks, strict=True)
                    if card.figure is not None
                },
            }
        )
    return cards


def _cards_of(opened: OpenedRun, dark: bool) -> list[Card]:
    measures = separability.measures_of(opened)
    if not separability.is_measured(opened, measures):
        return []
    look, rows = look_of(opened, dark=dark), separability.rows_of(opened, measures)
    return [
        separability.dumbbell(opened, rows, look),
        separability.matrix(opened, measures, look),
        separability.gap(opened, measures, look),
    ]
