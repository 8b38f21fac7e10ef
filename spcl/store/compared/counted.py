"""The scores of a domain at a step as counts, checked: anything else that a file holds is None."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from spcl.store.scores.counts import Counts


@dataclass(frozen=True)
class Counted:
    """The scores of a domain at a step.

    Attributes:
        confusion: pixels by truth (row) and prediction over the whole split, (K, K).
        mean_iou: of the split, in [0, 1]; NaN where it is not recorded.
        num_images: images of the split.
        images: the same table for each probe image, by its key.
    """

    confusion: Counts
    mean_iou: float
    num_images: int
    images: Mapping[str, Counts]


def counted(scored: Any, num_classes: int) -> Counted | None:
    """Return what `scores.json` says of a domain; None without labels or for no counts."""
    if not isinstance(scored, dict):
        return None
    confusion = _table(scored.get("confusion"), num_classes)
    if confusion is None or not confusion.sum():
        return None
    tables = {
        key: _table(one.get("confusion"), num_classes) for key, one in scored["images"].items()
    }
    mean = scored["mean_iou"]
    return Counted(
        confusion,
        math.nan if mean is None else float(mean),
        scored["num_images"],
        {key: table for key, table in tables.items() if table is not None and table.sum()},
    )


def _table(raw: Any, size: int) -> Counts | None:
    """Return a table of counts, (K, K); None for anything else that a file may hold."""
    try:
        table = np.asarray(raw)
    except ValueError:  # rows of different length
        return None
    if table.shape != (size, size) or table.dtype.kind not in "iu" or (table < 0).any():
        return None
    counts: Counts = table.astype(np.int64)
    return counts
