"""How to read the charts of the separability page, each with one of its numbers."""

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard.text.captions import caption
from dashboard.text.common import FEW_CASES
from dashboard.text.separability.classes import ClassRow, shown


def matrix_reading(
    shares: pd.DataFrame, display: Mapping[str, str], pixels: Mapping[str, int]
) -> str:
    """Return how to read the matrix, with its largest share off the diagonal; empty without one.

    Classes of few pixels are the example only where there are no others.

    Args:
        shares: class, rival, value in [0, 1].
        display: class -> display name.
        pixels: how many probe pixels of the target have each class.
    """
    others = shares[shares["class"] != shares["rival"]].sort_values("value", ascending=False)
    if others.empty:
        return ""
    are_many = others["class"].map(lambda name: pixels.get(str(name), 0) >= FEW_CASES)
    name, rival, value = (others[are_many] if are_many.any() else others).iloc[0][
        ["class", "rival", "value"]
    ]
    part = _part(value, pixels.get(str(name), 0), f"{display[str(name)].lower()} pixels")
    verb = "lies" if part.startswith("1 of") else "lie"
    return (
        f"rows are classes, columns the nearest prototype: {part} {verb} nearest to "
        f"{display[str(rival)].lower()}."
    )


def reading(rows: Sequence[ClassRow], measure: str, display: Mapping[str, str], target: str) -> str:
    """Return how to read the dumbbell, with one of its values; of many pixels if there is one."""
    known = [row for row in rows if math.isfinite(row.target)]
    row = next((row for row in known if row.pixels >= FEW_CASES), known[0])
    return (
        f"{_example(row, measure, display[row.name].lower(), target)} A long bar: the class looks "
        f"different in the two domains. When it misleads: {caption(measure).misleads}"
    )


def _example(row: ClassRow, measure: str, name: str, target: str) -> str:
    value = shown(measure, row.target)
    few = f", of {row.pixels} pixels only" if row.pixels < FEW_CASES else ""
    if measure == "nearest_prototype_accuracy":
        part = _part(row.target, row.pixels, f"{target} {name} pixels")
        verb = "lies nearer to its" if part.startswith("1 of") else "lie nearer to their"
        return f"{part} {verb} own prototype than to any other."
    if measure == "knn_purity":
        return (
            f"of the ten nearest pixels of a {target} {name} pixel, {value} % are {name} as well"
            f"{few}."
        )
    if measure == "fisher_ratio":
        return f"{value} for {name}{few}; below 1 a class is wider than its distance to the others."
    if measure == "margin_p5":
        return (
            f"5 % of the {target} {name} pixels have a margin below {value}{few}; below 0 a pixel "
            "is nearer to another prototype."
        )
    return (
        f"the average {target} {name} pixel has a margin of {value}{few}; below 0 it is nearer to "
        "another prototype. A margin is a difference of cosines, from −2 to 2."
    )


def _part(share: float, whole: int, pixels: str) -> str:
    """Return "36 % of the pole pixels"; "5 of 12 pole pixels" where there are fewer than 30."""
    if whole < FEW_CASES:
        return f"{round(share * whole)} of {whole} {pixels}"
    return f"{100 * share:.0f} % of the {pixels}"
