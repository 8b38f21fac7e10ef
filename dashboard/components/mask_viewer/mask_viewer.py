"""The mask viewer: exact class ids, coloured in the browser; this side only says what there is."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard.colors import color
from dashboard.components.loader import component
from dashboard.data.opened_run import OpenedRun
from dashboard.data.selection import remember
from spcl.store.schema import ClassInfo

_mount = component("mask_viewer")

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


def mask_viewer(
    opened: OpenedRun,
    *,
    images: Sequence[Mapping[str, Any]],
    orders: Mapping[str, Mapping[str, list[str]]],
    image: str,
    detail: Mapping[str, Any],
    before: int | None,
    key: str,
) -> None:
    """Draw the viewer; a chosen image or set of classes comes back as the page's selection.

    Args:
        opened: the run, at a step.
        images: key, name, domain, width, height, has_label, before, after, gain (mIoU in %).
        orders: domain -> tab -> image keys in the order of the strip.
        image: key of the image shown.
        detail: what the panel says of that image, from `dashboard.text.masks.detail`.
        before: the step to compare with; None if there is none yet.
        key: identity; zoom, layers and sliders are kept as long as it stays.
    """
    _mount(
        key=key,
        data={
            "base": opened.api,
            "version": opened.version,
            "step": opened.step,
            "before": before,
            "steps": opened.steps,
            "classes": class_entries(opened.classes),
            "palette": opened.selection.palette,
            "shown": list(opened.selection.classes),
            "images": [dict(entry) for entry in images],
            "orders": {domain: dict(tabs) for domain, tabs in orders.items()},
            "domains": [
                {"value": domain, "label": _titled(opened.info.domain_name(domain))}
                for domain in ("target", "source")
                if domain in orders
            ],
            "image": image,
            "detail": dict(detail),
        },
        on_image_change=lambda: _remember(key, "image"),
        on_classes_change=lambda: _remember(key, "classes"),
    )


def _titled(name: str) -> str:
    return name[:1].upper() + name[1:]


def _remember(key: str, name: str) -> None:
    value = st.session_state[key].get(name)
    if value is not None:
        remember(**{name: value})


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
