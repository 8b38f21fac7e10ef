"""Words around printed masks: which images they are, why these, and their numbers."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.data.masks.changes import MaskChange
from dashboard.text.common import listing, percent, points, signed

GRID = "Predictions on images of the target"
BEFORE_AFTER = "One image, before and after"


@dataclass(frozen=True)
class Scored:
    """An image that is shown.

    Attributes:
        key: of the probe image.
        name: what it is called.
        role: why it is shown, as "Typical"; its place where nothing can be compared.
        before: its mean IoU before in [0, 1]; NaN if unknown.
        after: the same now.
    """

    key: str
    name: str
    role: str
    before: float
    after: float


def roles(tabs: Mapping[str, Sequence[str]], most: int) -> dict[str, Sequence[str]]:
    """Return role -> keys to choose from, best choice first.

    Args:
        tabs: keys by tab of the masks page; without labels there is but "all".
        most: how many images are shown where nothing can be compared.
    """
    if "typical" not in tabs:
        return {f"Image {place + 1}": [key] for place, key in enumerate(tabs["all"][:most])}
    by_gain = [*tabs["improved"], *[key for key in tabs["all"] if key not in tabs["improved"]]]
    worst = [*tabs["harmed"], *reversed(tabs["improved"])]
    return {"Typical": tabs["typical"], "Best": by_gain, "Worst": worst}


def scored_text(image: Scored) -> str:
    """Return "mIoU 41.2 → 50.1 % (+8.9 points)", or what is known of it."""
    if math.isnan(image.after):
        return image.name
    if math.isnan(image.before):
        return f"{image.name}, mIoU {percent(image.after)} %"
    change = signed(points(image.before, image.after))
    return f"{image.name}, mIoU {percent(image.before)} → {percent(image.after)} % ({change})"


def grid_unit(images: Sequence[Scored]) -> str:
    """Return the unit of the numbers in the grid."""
    return "change in points" if any(not math.isnan(image.before) for image in images) else ""


def grid_reading(images: Sequence[Scored], before: int | None, step: int) -> str:
    """Return how the images were chosen, and what their numbers are."""
    compared = "" if before is None else f" Before is step {before:,}, after is step {step:,}."
    named = [image.role.lower() for image in images]
    if any(math.isnan(image.after) for image in images):
        return f"The first {len(images)} images of the target, which has no labels.{compared}"
    if before is None:
        return f"The first {len(images)} images of the target at step {step:,}."
    return (
        f"Chosen by change of mIoU among the probe images of the target: {listing(named)}; typical "
        f"is nearest to the median.{compared} The mIoU of an image averages the classes in it."
    )


def change_reading(image: Scored, change: MaskChange | None) -> str:
    """Return how much of an image was fixed and broken; without truth only which image it is."""
    if change is None:
        return f"{image.name}, without labels: no pixel can be called right or wrong."
    return (
        f"{image.name}, the {image.role.lower()} image by change of mIoU: of its "
        f"{change.num_labeled:,} labelled pixels {percent(change.fixed)} % were fixed, "
        f"{percent(change.broken)} % broken, {percent(change.still_wrong)} % are wrong both times. "
        "White pixels were right both times; grey ones have no label."
    )
