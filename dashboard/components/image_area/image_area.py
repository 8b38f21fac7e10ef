"""One image with its probe pixels; an area drawn in it selects those inside."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.colors import color
from dashboard.components.loader import component
from dashboard.data import recorded
from dashboard.data.addresses import encoded
from dashboard.data.map.shown import point_classes
from dashboard.data.opened_run import OpenedRun
from dashboard.data.pixels import chosen
from dashboard.data.pixels.shape import area_of, in_area, mode_of, of_image
from spcl.store.schema import ProbeImage

_mount = component("image_area")
_MOST_CROSSES = 3


def area_values(
    opened: OpenedRun, step: int, image: ProbeImage, selected: NDArray[np.int64]
) -> dict[str, Any]:
    """Return everything the image draws; the pictures it fetches by itself.

    Args:
        opened: the run.
        step: the snapshot whose prediction is shown.
        image: of its probe.
        selected: indices of all selected pixels.
    """
    pixels, of_class = recorded.pixels(opened.path), point_classes(opened, step)
    inside = of_image(opened, image.key)
    is_selected = np.isin(inside, selected)
    colors = [color(info, opened.selection.palette) for info in opened.classes]
    return {
        "name": image.name,
        "pictures": _pictures(opened, step, image),
        "width": image.width,
        "height": image.height,
        "pixels": [
            {
                "row": int(pixels["row"][i]),
                "column": int(pixels["column"][i]),
                "color": colors[of_class[i]],
                "selected": bool(mark),
            }
            for i, mark in zip(inside, is_selected, strict=True)
        ],
        "crosshair": 0 < int(is_selected.sum()) <= _MOST_CROSSES,
    }


def image_area(values: Mapping[str, Any], opened: OpenedRun, image: int, *, key: str) -> None:
    """Draw the image; an area drawn in it changes the selected pixels.

    Args:
        values: what `area_values` returned.
        opened: the run.
        image: place of the image in the probe.
        key: identity; the picture chosen stays as long as it does.
    """
    _mount(
        key=key,
        data=dict(values),
        on_area_change=lambda: _on_area(key, opened, image),
    )


def _on_area(key: str, opened: OpenedRun, image: int) -> None:
    sent = st.session_state[key].get("area")
    area = area_of(sent, image) if isinstance(sent, Mapping) else None
    if area is not None and isinstance(sent, Mapping):
        chosen.choose(opened, in_area(opened, area), mode_of(sent))


def _pictures(opened: OpenedRun, step: int, image: ProbeImage) -> list[dict[str, str]]:
    """Return the photograph, the predictions now and before, and the truth, as far as there are."""
    safe = "&palette=safe" if opened.selection.palette == "safe" else ""
    name = encoded(image.key)

    def mask(at: int) -> str:
        return f"{opened.api}/snapshots/{at}/masks/{name}.png?v={opened.version}{safe}"

    found = [("Photo", f"{opened.api}/probe/{name}.png?v={opened.version}")]
    if opened.compared_step is not None:
        found.append(("Before", mask(opened.compared_step)))
    found.append(("Now", mask(step)))
    if image.has_label and not safe:  # a label keeps the colours of its data set
        found.append(("Truth", f"{opened.api}/probe/{name}.label.png?v={opened.version}"))
    return [{"label": label, "address": address} for label, address in found]
