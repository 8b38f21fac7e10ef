"""What the mask viewer draws of two runs: the first stands in place of the state before."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard.colors import Palette
from dashboard.components.mask_viewer.payload import (
    class_entries,
    domain_choices,
    image_entries,
    image_scores,
    orders_of,
)
from dashboard.data.compared.runs import Contender, image_change, image_transfer
from dashboard.text import masks as words
from dashboard.text.compared import words as compare_words


def compared_values(
    first: Contender,
    second: Contender,
    frame: pd.DataFrame,
    *,
    names: tuple[str, str],
    image: str,
    palette: Palette,
    shown: Sequence[str],
) -> dict[str, Any]:
    """Return everything the component draws of two runs.

    Args:
        first: the run that the other is held against.
        second: the other, whose photographs and labels are shown.
        frame: the images of both, from `data.compared.runs.image_rows`.
        names: short names of both.
        image: key of the image shown.
        palette: which class colours are used.
        shown: names of the classes shown; empty for all.
    """
    orders = orders_of(frame)
    return {
        "base": second.api,
        "version": second.version,
        "step": second.side.step,
        "before": first.side.step,
        "steps": [],
        "sure": not any("confidence" in one.info.absent for one in (first, second)),
        "classes": class_entries(second.info.label_space.classes),
        "palette": palette,
        "shown": list(shown),
        "images": image_entries(second.path, frame),
        "orders": orders,
        "domains": domain_choices(second.info, orders),
        "image": image,
        "mark": None,
        "detail": _detail(first, second, image, names),
        "others": {
            "base": first.api,
            "version": first.version,
            **compare_words.viewer_names(*names),
        },
    }


def _detail(
    first: Contender, second: Contender, image: str, names: tuple[str, str]
) -> dict[str, Any]:
    displays = [info.display for info in second.info.label_space.classes]
    found = words.detail(
        image,
        names=displays,
        change=image_change(first, second, image),
        transfer=None,
        before=image_scores(first.path, first.side.step, image),
        after=image_scores(second.path, second.side.step, image),
    )
    if len(found["heads"]) == 3:
        found["heads"] = [*names, "change"]
    if found["change"] is not None:
        sentence = compare_words.right_wrong(found["change"], *names)
        found["change"] = {**found["change"], "sentence": sentence}
    found["compared"] = " → ".join(names)
    transfer = image_transfer(first, second, image)
    return {**found, "transfer": compare_words.differ_most(transfer, displays, *names)}
