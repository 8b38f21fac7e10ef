"""What the mask viewer draws, as it travels to the browser; masks it fetches by itself."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from dashboard.colors import color
from dashboard.data import recorded
from dashboard.data.masks.changes import MaskChange, mask_change, mask_transfer
from dashboard.data.opened_run import OpenedRun
from dashboard.text import masks as words
from spcl.store.classes import ClassInfo
from spcl.store.schema import RunInfo

_PATTERNS = {
    "fence": "upright",
    "pole": "outline",
    "traffic light": "double outline",
    "traffic sign": "outline",
    "sign symbol": "outline",
    "person": "dots",
    "pedestrian": "dots",
    "rider": "dots",
    "car": "hatch/",
    "truck": "hatch\\",
    "bus": "hatch/",
    "train": "hatch\\",
    "motorcycle": "grid+",
    "bicycle": "grid x",
    "bicyclist": "grid x",
}


def mask_values(opened: OpenedRun, frame: pd.DataFrame, *, image: str) -> dict[str, Any]:
    """Return everything the component draws; masks and photographs it fetches by itself.

    Args:
        opened: the run, at a step.
        frame: its probe images with their scores before and now, from `recorded.image_frame`.
        image: key of the image shown.
    """
    orders = orders_of(frame)
    return {
        "base": opened.api,
        "version": opened.version,
        "step": opened.step,
        "before": opened.compared_step,
        "sure": "confidence" not in opened.info.absent,
        "steps": opened.steps,
        "classes": class_entries(opened.classes),
        "palette": opened.selection.palette,
        "shown": list(opened.selection.classes),
        "images": image_entries(opened.path, frame),
        "orders": orders,
        "domains": domain_choices(opened.info, orders),
        "image": image,
        "mark": mark_of(opened, image),
        "detail": detail_of(opened, image),
        "others": None,
    }


def mark_of(opened: OpenedRun, image: str) -> dict[str, Any] | None:
    """Return the pixel that an image was opened for; None for none, and outside of the image."""
    at = opened.selection.at
    if at is None or opened.selection.image != image:
        return None
    shown = next(one for one in recorded.images(opened.path) if one.key == image)
    row, column = at
    if row >= shown.height or column >= shown.width:
        return None
    return {"row": row, "column": column, "text": words.marked(row, column)}


def domain_choices(info: RunInfo, orders: Mapping[str, object]) -> list[dict[str, str]]:
    """Return the domains that have images, the target first."""
    return [
        {"value": domain, "label": _titled(info.domain_name(domain))}
        for domain in ("target", "source")
        if domain in orders
    ]


def orders_of(frame: pd.DataFrame) -> dict[str, dict[str, list[str]]]:
    """Return domain -> tab -> image keys in the order of the strip."""
    return {
        domain: words.orders(frame[frame["domain"] == domain])
        for domain in ("target", "source")
        if (frame["domain"] == domain).any()
    }


def change_of(opened: OpenedRun, image: str) -> MaskChange | None:
    """Return what changed in an image since the step compared with; None where nothing can."""
    if opened.compared_step is None or opened.step is None:
        return None
    return mask_change(opened.path, opened.compared_step, opened.step, image, len(opened.classes))


def detail_of(opened: OpenedRun, image: str) -> dict[str, Any]:
    """Return what the panel says of an image."""
    before, step = opened.compared_step, opened.step
    transfer = None
    if before is not None and step is not None:
        transfer = mask_transfer(opened.path, before, step, image, len(opened.classes))
    return words.detail(
        image,
        names=list(opened.displays.values()),
        change=change_of(opened, image),
        transfer=transfer,
        before=image_scores(opened.path, before, image),
        after=image_scores(opened.path, step, image),
    )


def image_scores(path: str, step: int | None, key: str) -> dict[str, Any] | None:
    """Return what `scores.json` says of one image of a run; None without truth or step."""
    domain = next(image.domain for image in recorded.images(path) if image.key == key)
    if step is None:
        return None
    scored = recorded.scores(path, step).get(domain) or {}
    image: dict[str, Any] | None = scored.get("images", {}).get(key)
    return image


def image_entries(path: str, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the images of a run for the strip and the panel, with scores from `frame`."""
    known = {image.key: image for image in recorded.images(path)}
    return [
        words.image_entry(
            {str(name): value for name, value in row.items()},
            width=known[row["key"]].width,
            height=known[row["key"]].height,
            has_label=known[row["key"]].has_label,
        )
        for row in frame.to_dict("records")
    ]


def _titled(name: str) -> str:
    return name[:1].upper() + name[1:]


def class_entries(classes: Sequence[ClassInfo]) -> list[dict[str, Any]]:
    """Return id, name, display, both colours and pattern of every class."""
    return [
        {
            "id": info.id,
            "name": info.name,
            "display": info.display,
            "color": color(info, "dataset"),
            "safe": color(info, "safe"),
            "pattern": _PATTERNS.get(info.name.replace("_", " ").lower(), "plain"),
        }
        for info in classes
    ]
