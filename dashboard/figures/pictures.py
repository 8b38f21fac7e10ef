"""Every picture of a run: the cards of its pages, the map and the masks, by name."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dashboard.cards import prototypes, scores, separability
from dashboard.cards.look import look_of
from dashboard.charts.common import Card, Look
from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun
from dashboard.figures import maps, masks
from dashboard.figures.sheet import COLUMN, PAGE_WIDTH

_MOST_NARROW = 13
"""More classes do not fit into a matrix on one column."""


@dataclass(frozen=True)
class Picture:
    """A card and its name as a file.

    Attributes:
        name: of its files, without suffix.
        card: what to draw, or what it waits for.
        inches: how wide it is printed.
        is_vector: whether it is lines and texts, not photographs.
    """

    name: str
    card: Card
    inches: float
    is_vector: bool = True


def look_for_print(opened: OpenedRun, inches: float) -> Look:
    """Return how the classes are called and coloured on paper."""
    return look_of(opened, dark=False, narrow=inches < (COLUMN + PAGE_WIDTH) / 2)


def pictures(opened: OpenedRun, *, inches: float, with_photographs: bool) -> Iterator[Picture]:
    """Yield every picture of the run at its step, those too that wait for something.

    What cannot be read on one column is as wide as two.

    Args:
        opened: the run, at a step.
        inches: how wide the pictures are printed.
        with_photographs: whether photographs stand beside the masks.
    """
    look = look_for_print(opened, inches)
    wide = max(inches, PAGE_WIDTH)
    many = wide if len(opened.classes) > _MOST_NARROW else inches
    yield from _scores(opened, look, inches, wide)
    yield from _separability(opened, look, inches, many)
    measures, wide_look = prototypes.measures_of(opened), replace(look, narrow=False)
    yield Picture("likeness", prototypes.likeness(opened, measures, look), many)
    yield Picture("movement", prototypes.movement(opened, measures, look), inches)
    yield Picture("timeline", prototypes.timeline(opened, wide_look), wide)
    for name, card in maps.map_cards(opened, look):
        yield Picture(name, card, inches)
    for name, card in masks.mask_cards(opened, look, with_photographs=with_photographs):
        yield Picture(name, card, inches, is_vector=False)


def _scores(opened: OpenedRun, look: Look, inches: float, wide: float) -> Iterator[Picture]:
    step, found = opened.step or 0, scores.marks_of(opened)
    iou = recorded.iou_frame(opened.path, tuple(opened.steps), opened.names)
    by_change = opened.compared_step is not None
    strip = scores.strip_card(opened, iou, look.swatches, by_change=by_change, dark=False)
    yield Picture("miou", scores.miou_card(opened, found, look), inches)
    yield Picture("class-strip", strip, inches)
    yield Picture("baselines", scores.ruler_card(found, dark=False), wide)
    calibration = scores.calibration_card(opened, step, dark=False, narrow=look.narrow)
    yield Picture("calibration", calibration, inches)


def _separability(opened: OpenedRun, look: Look, inches: float, many: float) -> Iterator[Picture]:
    measures = separability.measures_of(opened)
    rows = separability.rows_of(opened, measures)
    yield Picture("separability", separability.dumbbell(opened, rows, look), inches)
    yield Picture("confusions", separability.matrix(opened, measures, look), many)
    yield Picture("domain-gap", separability.gap(opened, measures, look), inches)
