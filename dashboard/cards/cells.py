"""A card whose figure is a table of classes by classes: its cells can be clicked on a page."""

from dataclasses import replace

from dashboard.charts.clicks import cells_to_click
from dashboard.charts.common import Card
from dashboard.data.opened_run import OpenedRun


def to_click(card: Card, opened: OpenedRun, *, way: str = "nearest to") -> Card:
    """Return the card with cells that tell their two classes when they are clicked.

    Args:
        card: its figure is a heatmap of the classes shown, or of all, in id order.
        opened: the run.
        way: what a cell says of its row and column.
    """
    if card.figure is None:
        return card
    size = len(card.figure.data[0].z)
    names = opened.shown_names if size == len(opened.shown_names) else list(opened.names)
    displays = [opened.displays[name] for name in names]
    return replace(
        card, figure=cells_to_click(card.figure, names=names, displays=displays, way=way)
    )
