"""The one table of counts: pixels by class in two label maps, (K, K), and what is read off it.

Rows are the truth, or the prediction before; columns the prediction, or the one after. An absent
class is NaN and left out of means. numpy only: training, analysis and dashboard count with it.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.integer[Any]]
Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


def cross_table(rows: Ids, columns: Ids, num_classes: int) -> Counts:
    """Count pixels by class in `rows` and class in `columns`, (K, K).

    A pixel whose id is no class (255 or any other from K on) in either map is left out.

    Args:
        rows: class ids of the truth, or before; of any shape.
        columns: class ids of the prediction, or after; of the same shape.
        num_classes: K.
    """
    known = (rows < num_classes) & (columns < num_classes)
    cells = rows[known].astype(np.int64) * num_classes + columns[known]
    return np.bincount(cells, minlength=num_classes**2).reshape(num_classes, num_classes)


def class_counts(ids: Ids, num_classes: int) -> Counts:
    """Count pixels by class, (K,); ids that are no class are left out."""
    return np.bincount(ids[ids < num_classes], minlength=num_classes)


def row_shares(table: NDArray[np.number[Any]]) -> Floats:
    """Return the table with each row divided by its sum, (K, K); NaN for an empty row.

    Of a confusion matrix the diagonal is the recall of each class.
    """
    totals = table.sum(axis=1, keepdims=True)
    return np.where(totals > 0, table / np.maximum(totals, 1), np.nan)


def per_class_iou(confusion: Counts) -> Floats:
    """Return the IoU of each class in [0, 1]; NaN for a class that never occurs in the truth."""
    hits = np.diag(confusion)
    union = confusion.sum(0) + confusion.sum(1) - hits
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(confusion.sum(1) > 0, hits / union, np.nan)


def mean_iou(confusion: Counts) -> float:
    """Return the mean IoU over the classes that occur in the truth; NaN if none does."""
    values = per_class_iou(confusion)
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def pixel_accuracy(confusion: Counts) -> float:
    """Return the share of labelled pixels that are right; NaN without labelled pixels."""
    total = confusion.sum()
    return float(np.trace(confusion) / total) if total else float("nan")


def score(confusion: Counts) -> dict[str, object]:
    """Return confusion, per-class IoU, mean IoU and pixel accuracy as in `scores.json`."""
    return {
        "confusion": confusion,
        "per_class_iou": per_class_iou(confusion),
        "mean_iou": mean_iou(confusion),
        "pixel_accuracy": pixel_accuracy(confusion),
    }
