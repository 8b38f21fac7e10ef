"""The classes of a comparison as a table, for the terminal, for CSV and for papers."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from spcl.store.compared.paired import Difference, Paired
from spcl.store.compared.sides import Group, scored_pairs
from spcl.store.compared.words import points
from spcl.store.formats.latex import latex_table
from spcl.store.schema import Domain
from spcl.store.scores.counts import Counts, mean_iou, per_class_iou

COLUMNS = ("class", "first", "second", "change", "low", "high")


def rows_of(
    first: Group, second: Group, paired: Paired, domain: Domain = "target"
) -> Iterator[tuple[Any, ...]]:
    """Yield class, IoU of both, change, and the ends of its interval, in percent; "" for unknown.

    Sorted by change, largest gain first; the mean is last. Over seeds, the IoU are means.
    """
    (mean, *classes), (other_mean, *other_classes) = iou_of_both(first, second, domain)
    names = [info.display for info in first.first.info.label_space.classes]
    rows = [
        _row(*four) for four in zip(names, classes, other_classes, paired.per_class, strict=True)
    ]
    yield from sorted(rows, key=lambda row: (row[3] == "", -row[3] if row[3] != "" else 0))
    yield _row("mean", mean, other_mean, paired.mean_iou)


def iou_of_both(first: Group, second: Group, domain: Domain) -> tuple[list[float], list[float]]:
    """Return mean IoU, then the IoU of each class, of both groups, in [0, 1].

    Averaged over the runs that are held against each other, so that they agree with the difference.
    """
    pairs = scored_pairs(first, second, domain)
    one, other = ([_scores(pair[side].confusion) for pair in pairs] for side in (0, 1))
    return _means(one), _means(other)


def _scores(confusion: Counts) -> list[float]:
    return [mean_iou(confusion), *map(float, per_class_iou(confusion))]


def _means(rows: Sequence[Sequence[float]]) -> list[float]:
    return [sum(column) / len(column) for column in zip(*rows, strict=True)]


def _row(name: str, first: float, second: float, change: Difference) -> tuple[Any, ...]:
    values = (first, second, change.value, change.low, change.high)
    return (name, *(round(100 * v, 1) if math.isfinite(v) else "" for v in values))


def latex_of(rows: Sequence[tuple[Any, ...]], *, caption: str) -> str:
    """Return rows as a LaTeX table that needs `booktabs`; the last one stands apart."""
    cells = [
        (name, _cell(one), _cell(other), _change(change), _interval(low, high))
        for name, one, other, change, low, high in rows
    ]
    header = ("Class", "First", "Second", "Change", "Interval")
    return latex_table(header, cells, caption=caption, label="compare", last_apart=True)


def _cell(value: Any) -> str:
    return "--" if value == "" else f"{value:.1f}"


def _change(value: Any) -> str:
    return "--" if value == "" else points(value / 100)


def _interval(low: Any, high: Any) -> str:
    return "--" if low == "" else f"{_change(low)} to {_change(high)}"
