"""Pixels of images by the class that each of two runs gives them, as tables of counts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from spcl.store.scores.counts import Counts, Ids, cross_table

Which = Literal["all", "second", "first"]
"""Of which pixels: all, those that only the second run has right, or only the first."""


@dataclass(frozen=True)
class Transfer:
    """Pixels of target images by the class that each of two runs gives them.

    Attributes:
        tables: image key -> of which pixels -> table by class with the first run (row) and with
            the second, (K, K); an image without a label has "all" alone.
        num_unlike: images that both observe, whose masks differ in size, so that they are not
            among them.
    """

    tables: Mapping[str, Mapping[Which, Counts]]
    num_unlike: int

    @property
    def has_truth(self) -> bool:
        """Return whether any image has a label."""
        return any("second" in one for one in self.tables.values())

    def of(self, which: Which, keys: Collection[str] | None = None) -> dict[str, Counts]:
        """Return the tables of those pixels, by image; of some images where `keys` names them."""
        return {
            key: tables[which]
            for key, tables in self.tables.items()
            if which in tables and (keys is None or key in keys)
        }


def summed(tables: Mapping[str, Counts], num_classes: int) -> Counts:
    """Return the sum of some tables, (K, K)."""
    return sum(tables.values(), np.zeros((num_classes, num_classes), np.int64))


def largest_cell(table: Counts) -> tuple[int, int] | None:
    """Return the row and column of the largest cell off the diagonal; None where all are 0."""
    moved = table - np.diag(np.diag(table))
    if not moved.any():
        return None
    row, column = np.unravel_index(int(moved.argmax()), moved.shape)
    return int(row), int(column)


def images_of(tables: Mapping[str, Counts], cell: tuple[int, int]) -> dict[str, int]:
    """Return image key -> pixels of a cell there, most first; images without any are left out."""
    counts = {key: int(table[cell]) for key, table in tables.items() if table[cell]}
    return dict(sorted(counts.items(), key=lambda one: -one[1]))


def tables_of(first: Ids, second: Ids, truth: Ids | None, size: int) -> dict[Which, Counts]:
    """Return the tables of an image by class of two masks: of all pixels, and of those of a label.

    Args:
        first: class ids of the first run, (H, W).
        second: of the other, (H, W).
        truth: the label, (H, W); None, or one of another size, where there is none.
        size: K.
    """
    found: dict[Which, Counts] = {"all": cross_table(first, second, size)}
    if truth is not None and truth.shape == first.shape:
        rights: dict[Which, Ids] = {"second": second, "first": first}
        for which, right in rights.items():
            chosen = ((first == truth) != (second == truth)) & (right == truth)
            found[which] = cross_table(first[chosen], second[chosen], size)
    return found
