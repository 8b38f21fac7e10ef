"""Every picture of a run: the cards of its pages, the map and the masks, by name."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dashboard.cards import prototypes, scores
from dashboard.charts.common import Card, Look
from dashboard.charts.separability_cards import dumbbell_card, gap_card, matrix_card
from dashboard.colors import color, mark_color
from dashboard.data import recorded
from dashboard.data.opened_run import OpenedRun
from dashboard.figures import maps, masks
from dashboard.figures.sheet import COLUMN, PAGE_WIDTH
from dashboard.text.separability import classes as words
from dashboard.text.separability.classes import MEASURES

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
    palette = opened.selection.palette
    return Look(
        displays=[info.display for info in opened.classes],
        swatches=[color(info, palette) for info in opened.classes],
        marks=[mark_color(info, palette, False) for info in opened.classes],
        dark=False,
        narrow=inches < (COLUMN + PAGE_WIDTH) / 2,
    )


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
    step, compared = opened.step or 0, opened.compared_step
    names, shown = opened.names, opened.shown_names
    source, target = (opened.info.domain_name(domain) for domain in ("source", "target"))
    measure = next(iter(MEASURES.values()))
    measures = recorded.measures_frame(
        opened.run, at=(step, compared), over=(measure, "domain_gap")
    )
    rows = words.class_rows(measures, measure, step=step, before=compared, names=shown)
    dumbbell = dumbbell_card(rows, measure, names=names, look=look, domains=(source, target))
    matrix = matrix_card(measures, step, names=names, shown=shown, look=look, target=target)
    gap = gap_card(measures, step, before=opened.before, names=names, shown=shown, look=look)
    yield Picture("separability", dumbbell, inches)
    yield Picture("confusions", matrix, many)
    yield Picture("domain-gap", gap, inches)
