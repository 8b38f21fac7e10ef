"""The probe pixels of a class that go to another one, and the images that hold them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.data import recorded
from dashboard.data.classes.chosen import Pair, chosen_class
from dashboard.data.classes.confusion import image_tables
from dashboard.data.map.shown import nearest_prototypes
from dashboard.data.opened_run import OpenedRun
from spcl.store.classes import IGNORE_INDEX

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class PairPixels:
    """Probe pixels of the target that have one class and go to another.

    Attributes:
        indices: the pixels, those that are surest of it first.
        whole: how many probe pixels have the first class.
        has_truth: whether labels say so; else the first class is the one predicted.
        num_images: how many images hold them.
        by_image: key of an image -> how many it holds, most first: all labelled pixels of that kind
            where the prediction sends them, else the probe pixels.
        counts_all: whether `by_image` counts all labelled pixels.
    """

    indices: Indices
    whole: int
    has_truth: bool
    num_images: int
    by_image: dict[str, int]
    counts_all: bool


def pair_pixels(opened: OpenedRun, step: int, pair: Pair) -> PairPixels:
    """Return the pixels of a pair at a step, by prediction or by nearest prototype, as chosen.

    Without labels of the target the pixels of a class are those predicted as such, so that only
    the nearest prototype can send them elsewhere.
    """
    pixels, predictions = recorded.pixels(opened.path), recorded.predictions(opened.path, step)
    on_target = pixels["domain"] == 1
    truth = pixels["class_id"].astype(np.int64)
    has_truth = bool((truth[on_target] != IGNORE_INDEX).any())
    own = truth if has_truth else predictions["class_id"].astype(np.int64)
    mine = on_target & (own == pair[0].id)
    chosen = np.flatnonzero(mine & (goes_to(opened, step) == pair[1].id))
    sure = np.nan_to_num(predictions["confidence"][chosen].astype(np.float64))
    indices = chosen[np.argsort(-sure, kind="stable")]
    probed = _by_image(opened, indices)
    held = _labeled_by_image(opened, step, pair) if has_truth and way(opened) is None else None
    return PairPixels(
        indices,
        int(mine.sum()),
        has_truth,
        len(probed),
        by_image=probed if held is None else held,
        counts_all=held is not None,
    )


def goes_to(opened: OpenedRun, step: int) -> Indices:
    """Return the class that each probe pixel goes to: the one predicted, or of the nearest one."""
    if way(opened) == "prototype":
        return nearest_prototypes(opened.path, step)
    ids: Indices = recorded.predictions(opened.path, step)["class_id"].astype(np.int64)
    return ids


def way(opened: OpenedRun) -> str | None:
    """Return who sends pixels elsewhere: "prototype", or None, the prediction, without features."""
    return None if "features" in opened.info.absent else opened.selection.by


def _labeled_by_image(opened: OpenedRun, step: int, pair: Pair) -> dict[str, int] | None:
    """Return image -> labelled pixels of the pair, most first; None where that is not recorded."""
    tables = image_tables(opened, step)
    if not tables:
        return None
    counts = {key: int(table[pair[0].id, pair[1].id]) for key, table in tables.items()}
    known = {image.key for image in recorded.images(opened.path)}
    held = [(key, count) for key, count in counts.items() if count and key in known]
    return dict(sorted(held, key=lambda one: -one[1]))


def _by_image(opened: OpenedRun, indices: Indices) -> dict[str, int]:
    images = recorded.images(opened.path)
    counts = np.bincount(recorded.pixels(opened.path)["image"][indices], minlength=len(images))
    order = np.argsort(-counts, kind="stable")
    return {images[i].key: int(counts[i]) for i in order.tolist() if counts[i]}


def largest_pair(opened: OpenedRun, step: int) -> Pair | None:
    """Return the pair with most pixels of one class that go to another; None where there is none.

    Among the pairs that begin with the class in question, where one is chosen.
    """
    pixels = recorded.pixels(opened.path)
    truth, target = pixels["class_id"].astype(np.int64), pixels["domain"] == 1
    if not (truth[target] != IGNORE_INDEX).any():
        truth = recorded.predictions(opened.path, step)["class_id"].astype(np.int64)
    size = len(opened.classes)
    going = goes_to(opened, step)
    known = target & (truth < size) & (going < size) & (truth != going)
    info = chosen_class(opened)
    if info is not None:
        known &= truth == info.id
    if not known.any():
        return None
    cells = np.bincount(truth[known] * size + going[known], minlength=size * size)
    first, second = divmod(int(cells.argmax()), size)
    return opened.classes[first], opened.classes[second]
