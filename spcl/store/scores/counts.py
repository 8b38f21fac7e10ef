"""The one table of counts: pixels by class in two label maps, (K, K), and what is read off it.

Rows are the truth, or the prediction before; columns the prediction, or the one after. Two rules,
one owner each: `mean_iou` for a split leaves out a class only if it is in neither truth nor
prediction, `mean_iou_of_present` for an image averages the classes in that image. numpy only:
training, analysis and dashboard count with it.
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
    """Return the IoU of each class of a split in [0, 1].

    As cityscapesScripts, mmsegmentation and torchmetrics count: 0 for a class that is predicted
    but never occurs in the truth, NaN for one that is in neither.
    """
    hits = np.diag(confusion)
    union = confusion.sum(0) + confusion.sum(1) - hits
    return np.where(union > 0, hits / np.maximum(union, 1), np.nan)


def mean_iou(confusion: Counts) -> float:
    """Return the mean IoU of a split, over classes in truth or prediction; NaN if there is none."""
    return _mean(per_class_iou(confusion))


def per_class_iou_of_present(confusion: Counts) -> Floats:
    """Return the IoU of each class that occurs in the truth, in [0, 1]; NaN for the others."""
    return np.where(confusion.sum(1) > 0, per_class_iou(confusion), np.nan)


def mean_iou_of_present(confusion: Counts) -> float:
    """Return the mean IoU of one image, over the classes that occur in its truth; NaN if none."""
    return _mean(per_class_iou_of_present(confusion))


def predicted_only(confusion: Counts) -> NDArray[np.bool_]:
    """Return which classes are predicted but never occur in the truth, (K,)."""
    only: NDArray[np.bool_] = (confusion.sum(1) == 0) & (confusion.sum(0) > 0)
    return only


def _mean(values: Floats) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def pixel_accuracy(confusion: Counts) -> float:
    """Return the share of labelled pixels that are right; NaN without labelled pixels."""
    total = confusion.sum()
    return float(np.trace(confusion) / total) if total else float("nan")


def score(confusion: Counts) -> dict[str, object]:
    """Return the scores of a split as in `scores.json`."""
    return {
        "confusion": confusion,
        "per_class_iou": per_class_iou(confusion),
        "mean_iou": mean_iou(confusion),
        "mean_iou_of_occurring": mean_iou_of_present(confusion),
        "pixel_accuracy": pixel_accuracy(confusion),
    }


def score_of_image(confusion: Counts) -> dict[str, object]:
    """Return the scores of one image as in `scores.json`, over the classes in that image."""
    return {
        "confusion": confusion,
        "per_class_iou": per_class_iou_of_present(confusion),
        "mean_iou": mean_iou_of_present(confusion),
        "pixel_accuracy": pixel_accuracy(confusion),
    }


def rescored(scores: dict[str, Any]) -> dict[str, Any]:
    """Return the content of `scores.json` with every split scored anew from its confusion.

    Runs recorded under an older rule then say what new ones do. Images stay as they are, and NaN
    is None as in the file. KeyError, TypeError or ValueError where a split holds no counts.
    """
    return {
        key: _rescored(value) if isinstance(value, dict) and "mean_iou" in value else value
        for key, value in scores.items()
    }


def _rescored(split: dict[str, Any]) -> dict[str, Any]:
    confusion = np.asarray(split["confusion"])
    square = confusion.ndim == 2 and confusion.shape[0] == confusion.shape[1]
    if not square or confusion.dtype.kind not in "iu" or (confusion < 0).any():
        raise ValueError("a confusion matrix is not square or holds no counts")
    return {
        **rescored(split),
        "per_class_iou": [_known(value) for value in per_class_iou(confusion)],
        "mean_iou": _known(mean_iou(confusion)),
        "mean_iou_of_occurring": _known(mean_iou_of_present(confusion)),
    }


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
