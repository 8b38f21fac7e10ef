"""The scores of whole splits over the steps of a run: `scores.jsonl`, beside and after snapshots.

A snapshot may be scored on the observed images alone, or be gone; these rows stay.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from spcl.store.counts import per_class_iou
from spcl.store.formats.jsonl import MetricsTail
from spcl.store.reader import Run
from spcl.store.schema import DOMAINS, SCORED_FILE

PART_OF = "part_of"
"""Key of the scores of a part of a split: how many images the split has."""
_KEPT = (
    *("split", "num_images", "per_class_iou", "mean_iou", "mean_iou_of_occurring"),
    "pixel_accuracy",
)


def is_whole(scored: Mapping[str, Any]) -> bool:
    """Return whether the scores of a domain are those of its whole split."""
    return PART_OF not in scored


def on_the_same_images(
    one: Mapping[str, Any], other: Mapping[str, Any]
) -> tuple[list[float | None], list[float | None]]:
    """Return the IoU of each class of two scores of a domain, in [0, 1], by images of both.

    Where one is of the whole split and the other is not, the images that both name are counted.
    """
    if is_whole(one) == is_whole(other):
        return one["per_class_iou"], other["per_class_iou"]
    keys = [key for key in one["images"] if key in other["images"]]
    size = len(one["per_class_iou"])
    tables = [
        sum(
            (np.asarray(scored["images"][key]["confusion"]) for key in keys),
            np.zeros((size, size), np.int64),
        )
        for scored in (one, other)
    ]
    first, second = (
        [float(value) if np.isfinite(value) else None for value in per_class_iou(table)]
        for table in tables
    )
    return first, second


def whole_splits(scores: Mapping[str, Any]) -> dict[str, Any]:
    """Return of a `scores.json` what stands in a line of `scores.jsonl`; empty if none is whole."""
    whole = {
        domain: {key: scored[key] for key in _KEPT if key in scored}
        for domain in DOMAINS
        if (scored := scores.get(domain)) is not None and is_whole(scored)
    }
    if whole and "scored" in scores:
        return {"scored": scores["scored"], **whole}
    return whole


def scored_rows(run: Run) -> MetricsTail:
    """Return a tail of `scores.jsonl`, at its beginning; the last row of a step counts."""
    return MetricsTail(run.path / SCORED_FILE, within=run.path)
