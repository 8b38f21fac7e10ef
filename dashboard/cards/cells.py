"""A card whose figure is a table of classes by classes: its cells can be clicked on a page."""

from dataclasses import replace

from dashboard.charts.clicks import cells_to_click
from dashboard.charts.common import Card
from dashboard.data.opened_run import OpenedRun


def to_click(card: Card, opened: OpenedRun, *, way: str = "nearest to") -> Card:
    """Return the card with cells that tell their two classes when they are clicked.

    Args:
        card: its figure is a heatmap of the classes that it names as its cells.
        opened: the run.
        way: what a cell says of its row and column.
    """
    if card.figure is None:
        return card
    displays = [opened.displays[name] for name in card.cells]
    return replace(
        card, figure=cells_to_click(card.figure, names=card.cells, displays=displays, way=way)
    )
