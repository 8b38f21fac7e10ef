"""Sentences and rows of the masks page: pure functions of counts and scores."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.data.masks.changes import MaskChange
from dashboard.text.common import FEW_CASES, counted, part

_MAX_CONFUSIONS = 3
_SMALLEST_SHARE = 0.002


def headline(frame: pd.DataFrame, domain_name: str, *, step: int, mean_iou: float | None) -> str:
    """Return "57 of 62 dusk images improved, 5 got worse", or the score where nothing is compared.

    Args:
        frame: one row an image of the domain, with `gain` in [-1, 1], NaN if unknown.
        domain_name: display name of the domain.
        step: the snapshot shown.
        mean_iou: of the whole split at that step, in [0, 1]; None without labels.
    """
    gains = np.round(100 * frame["gain"].dropna().to_numpy(float), 1)
    if mean_iou is None:
        return f"{counted(len(frame), f'{domain_name} image')} at step {step:,}, without labels"
    if not len(gains):
        return f"{100 * mean_iou:.1f} % mIoU on {domain_name} at step {step:,}"
    better, worse = int((gains > 0).sum()), int((gains < 0).sum())
    if better >= worse:
        rest = f", {worse} got worse" if worse else ""
        return f"{better} of {len(gains)} {domain_name} images improved{rest}"
    return f"{worse} of {len(gains)} {domain_name} images got worse, {better} improved"


def caption(counts: Mapping[str, int], step: int, before: int | None, *, is_scored: bool) -> str:
    """Return which images and steps the page shows; counts: domain name -> its images."""
    images = " and ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    shown = f"The same {images} images of the val splits at every snapshot"
    if before is None:
        return f"{shown}. Changes appear with the first snapshot after the warm-up."
    compared = f"{shown}; step {step:,} is compared with step {before:,}"
    if not is_scored:
        return f"{compared}. Without labels, no pixel can be called right or wrong."
    return f"{compared}. The tabs sort by change of mIoU, over the classes in each image."


def orders(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Return the keys of a domain's images by tab: most improved, most harmed, typical, all.

    "Typical" starts at the median gain, so that nobody picks cherries by accident.
    """
    known = frame.dropna(subset=["gain"])
    tabs: dict[str, list[str]] = {}
    if len(known):
        falling = known.sort_values("gain", ascending=False, kind="stable")
        tabs["improved"] = list(falling[falling["gain"] > 0]["key"])
        tabs["harmed"] = list(falling[falling["gain"] < 0]["key"][::-1])
        distance = (known["gain"] - known["gain"].median()).abs()
        tabs["typical"] = list(known.loc[distance.sort_values(kind="stable").index, "key"])
    return {**tabs, "all": list(frame["key"])}


def image_entry(
    row: Mapping[str, Any], *, width: int, height: int, has_label: bool
) -> dict[str, Any]:
    """Return one image for the viewer; before, after in %, gain as the difference of the two."""
    before, after = _percent(row["before"]), _percent(row["after"])
    gain = None if before is None or after is None else round(after - before, 1)
    return {
        "key": row["key"],
        "name": row["name"],
        "domain": row["domain"],
        "width": width,
        "height": height,
        "has_label": has_label,
        "before": before,
        "after": after,
        "gain": gain,
    }


def _percent(share: float) -> float | None:
    return round(100 * share, 1) if math.isfinite(share) else None


def detail(
    key: str,
    *,
    names: Sequence[str],
    change: MaskChange | None,
    transfer: NDArray[np.int64] | None,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Return what the panel shows of an image: change bar, IoU per class, top confusions.

    Args:
        key: the image.
        names: display names of the classes, in id order.
        change: counts against truth; None without truth or without another snapshot.
        transfer: pixels by prediction before and after, (K, K); None without another snapshot.
        before: the image's entry of `scores.json` before (None if there is none).
        after: the same now.
    """
    rows = _rows(len(names), before, after)
    compared = before is not None and after is not None
    return {
        "key": key,
        "change": None if change is None else _bar(change),
        "note": _note(change, after),
        "compared": "before → now",
        "title": "IoU, this image" if after else "Class",
        "heads": ["before", "after", "change"] if compared else (["now"] if after else []),
        "rows": rows,
        "top_confusions": [] if change is None else _top_confusions(change, names),
        "transfer": None if transfer is None else _transfer(transfer, change, names),
    }


def _note(change: MaskChange | None, after: Mapping[str, Any] | None) -> str:
    if change is not None:
        return ""
    if after is None:
        return "This image has no label to compare the prediction with."
    return "IoU of the classes in this image; changes appear after the warm-up."


def _bar(change: MaskChange) -> dict[str, Any]:
    shares = {
        "fixed": round(100 * change.fixed, 1),
        "broken": round(100 * change.broken, 1),
        "still": round(100 * change.still_wrong, 1),
    }
    sentence = (
        f"{shares['fixed']} % of the labelled pixels were fixed, {shares['broken']} % broken, "
        f"{shares['still']} % are still wrong"
    )
    return {**shares, "sentence": sentence}


def _rows(
    num_classes: int, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    if after is None:
        return []
    firsts, lasts = _per_class(before, num_classes), _per_class(after, num_classes)
    if lasts is None:
        return [{"id": class_id, "note": "not recorded"} for class_id in range(num_classes)]
    rows: list[dict[str, Any]] = []
    for class_id, last in enumerate(lasts):
        first = firsts[class_id] if firsts else None
        if last is None:
            rows.append({"id": class_id, "note": "not in this image"})
        elif first is None:
            rows.append({"id": class_id, "values": [round(100 * last, 1)]})
        else:
            values = [round(100 * first, 1), round(100 * last, 1)]
            change = round(values[1] - values[0], 1)
            rows.append({"id": class_id, "values": values, "change": change})
    return rows


def _per_class(scores: Mapping[str, Any] | None, num_classes: int) -> list[float | None] | None:
    """Return the IoU of every class, None for one that is not in the image; None if unknown."""
    values: list[float | None] = scores["per_class_iou"] if scores else []
    return values if len(values) == num_classes else None


def _top_confusions(change: MaskChange, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the confusions with most pixels before or after, as shares of the labelled pixels."""
    total = max(1, change.num_labeled)
    shares = [_off_diagonal(matrix) / total for matrix in _both(change)]
    largest = np.maximum(*shares)
    confusions = []
    for flat in np.argsort(-largest, axis=None)[:_MAX_CONFUSIONS]:
        i, j = np.unravel_index(flat, largest.shape)
        if largest[i, j] < _SMALLEST_SHARE:
            break
        before, after = (round(100 * float(share[i, j]), 1) for share in shares)
        text = f"{names[int(i)]} taken for {names[int(j)].lower()}"
        confusions.append(
            {"text": text, "before": before, "after": after, "better": after < before}
        )
    return confusions


def _both(change: MaskChange) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return change.confusion_before, change.confusion_after


def _off_diagonal(matrix: NDArray[np.int64]) -> NDArray[np.int64]:
    return matrix - np.diag(np.diag(matrix))


def _transfer(counts: NDArray[np.int64], change: MaskChange | None, names: Sequence[str]) -> str:
    moved = _off_diagonal(counts if change is None else change.transfer)
    if not moved.sum():
        return "No pixel changed class."
    i, j = (int(index) for index in np.unravel_index(int(moved.argmax()), moved.shape))
    size = int(moved[i, j])
    text = (
        f"The largest group of changed pixels, {part(size, int(moved.sum()))}, went from "
        f"{names[i].lower()} to {names[j].lower()}"
    )
    if change is None:
        return f"{text}."
    right = int(change.transfer_right[i, j])
    verb = "is" if right == 1 and size < FEW_CASES else "are"
    return f"{text}; {part(right, size)} {verb} right."


def only_images_with(name: str, counts: Mapping[str, tuple[int, int]]) -> str:
    """Return which images are shown where a class is chosen.

    Args:
        name: what people call the class.
        counts: display name of a domain -> its images that hold the class, and all of them.
    """
    if not any(held for held, _ in counts.values()):
        return f"No image holds {name.lower()}, so all are shown."
    parts = [f"{held} of {whole} on {domain}" for domain, (held, whole) in counts.items()]
    return f"Only images with {name.lower()}: {', '.join(parts)}."


def marked(row: int, column: int) -> str:
    """Return what the cross-hair marks."""
    return f"the pixel in row {row:,}, column {column:,}, that this image was opened for"
