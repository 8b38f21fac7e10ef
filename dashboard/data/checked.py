"""Rows and scores of a run as pages may count with them: what is no number counts as missing."""

from collections.abc import Mapping
from typing import Any

MOST_STEPS = 10**12


def share_of(value: Any) -> float:
    """Return a share in [0, 1]; anything else that a file may hold is NaN, as if missing."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value <= 1 else float("nan")


def has_step(row: Mapping[str, Any]) -> bool:
    """Return whether a row says at which step it was written, a whole number."""
    step = row.get("step")
    return isinstance(step, int) and not isinstance(step, bool) and 0 <= step < MOST_STEPS


def scored(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a `scores.json` with shares as numbers or None, domains as objects."""
    return {key: _split(value) if isinstance(value, dict) else value for key, value in raw.items()}


def _split(raw: Mapping[str, Any]) -> dict[str, Any]:
    images = raw.get("images")
    count = raw.get("num_images")
    known = isinstance(count, int) and not isinstance(count, bool) and 0 <= count < MOST_STEPS
    return {
        **_means(raw),
        "num_images": count if known else 0,
        "images": {
            key: _means(image)
            for key, image in (images.items() if isinstance(images, dict) else ())
            if isinstance(image, dict)
        },
    }


def _means(raw: Mapping[str, Any]) -> dict[str, Any]:
    per_class = raw.get("per_class_iou")
    values = per_class if isinstance(per_class, list) else []
    return {
        **raw,
        "mean_iou": _or_none(raw.get("mean_iou")),
        "per_class_iou": [_or_none(value) for value in values],
    }


def _or_none(value: Any) -> float | None:
    share = share_of(value)
    return share if share == share else None
