"""The scores of whole splits over the steps of a run: `scores.jsonl`, beside and after snapshots.

A snapshot may be scored on the observed images alone, or be gone; these rows stay.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from spcl.store.formats.encoding import finite
from spcl.store.schema import DOMAINS
from spcl.store.scores.counts import score

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
    return of_images(one, other)["per_class_iou"], of_images(other, one)["per_class_iou"]


def of_images(scored: Mapping[str, Any], like: Mapping[str, Any]) -> dict[str, Any]:
    """Return the scores of a domain over the images that those of `like` count.

    A whole split beside a part of it is counted by the images of that part; all else is as it is.
    """
    if is_whole(like) or not is_whole(scored):
        return dict(scored)
    images = {key: scored["images"][key] for key in like["images"] if key in scored["images"]}
    size = len(scored["per_class_iou"])
    total = np.zeros((size, size), np.int64)
    for image in images.values():
        total += np.asarray(image["confusion"])
    counted = {key: finite(value) for key, value in score(total).items()}
    part = {"num_images": len(images), PART_OF: scored["num_images"], "images": images}
    return {**scored, **counted, **part}


def whole_splits(scores: Mapping[str, Any]) -> dict[str, Any]:
    """Return of a `scores.json` what stands in a line of `scores.jsonl`; empty if none is whole."""
    whole: dict[str, Any] = {
        domain: {key: scored[key] for key in _KEPT if key in scored}
        for domain in DOMAINS
        if (scored := scores.get(domain)) is not None and is_whole(scored)
    }
    if whole and "scored" in scores:
        return {"scored": scores["scored"], **whole}
    return whole
