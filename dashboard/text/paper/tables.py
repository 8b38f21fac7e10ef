"""The table of IoU by class, before and after: as numbers, and as LaTeX for booktabs."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.text.common import UNKNOWN, counted, points, signed
from spcl.store.formats.latex import latex

MEAN = "mean"


def iou_table(
    names: Sequence[str], before: Mapping[str, Any] | None, now: Mapping[str, Any]
) -> pd.DataFrame:
    """Return class, before, after, change: percent with one decimal, the mean last.

    Without anything to compare with, the columns are class and IoU. A class that is in neither
    truth nor prediction has no number.

    Args:
        names: of the classes, in id order.
        before: the scores of a domain, with `mean_iou` and `per_class_iou`; None: no comparison.
        now: the same at the step shown.
    """
    table, after = pd.DataFrame({"class": [*names, MEAN]}), _shares(now, len(names))
    if before is None:
        return table.assign(iou=list(map(_percent, after)))
    first = _shares(before, len(names))
    change = [points(one, other) for one, other in zip(first, after, strict=True)]
    return table.assign(
        before=list(map(_percent, first)), after=list(map(_percent, after)), change=change
    )


def _shares(scored: Mapping[str, Any], count: int) -> list[float]:
    """Return the IoU of each class, then the mean; NaN where there is none."""
    per_class = [*scored["per_class_iou"], *[None] * count][:count]
    return [math.nan if one is None else one for one in (*per_class, scored["mean_iou"])]


def _percent(share: float) -> float:
    return round(100 * share, 1)


def iou_latex(table: pd.DataFrame, *, caption: str, label: str) -> str:
    """Return the table for a LaTeX document that uses booktabs; names are escaped."""
    columns = list(table.columns[1:])
    heads = {"iou": "IoU", "before": "Before", "after": "After", "change": "Change"}
    head = " & ".join(["Class", *(heads[name] for name in columns)])
    rows = [
        " & ".join([latex(str(name)), *(_cell(name, value) for name, value in row.items())])
        for name, row in table.set_index("class")[columns].iterrows()
    ]
    body = "\n".join(f"    {row} \\\\" for row in rows[:-1])
    return (
        "\\begin{table}\n  \\centering\n"
        f"  \\caption{{{latex(caption)}}}\n  \\label{{{label}}}\n"
        f"  \\begin{{tabular}}{{l{'r' * len(columns)}}}\n    \\toprule\n    {head} \\\\\n"
        f"    \\midrule\n{body}\n    \\midrule\n    {rows[-1]} \\\\\n    \\bottomrule\n"
        "  \\end{tabular}\n\\end{table}\n"
    )


def _cell(column: object, value: float) -> str:
    if not np.isfinite(value):
        return latex(UNKNOWN)
    return latex(signed(value)) if column == "change" else f"{value:.1f}"


def iou_caption(domain: str, num_images: int, before: int | None, step: int) -> str:
    """Return what the table shows: of which images, at which steps."""
    over = f"over all pixels of {counted(num_images, 'image')}" if num_images else "over all pixels"
    when = f"at step {step:,}"
    if before is not None:
        when = f"before adaptation (step {before:,}) and after it (step {step:,}), change in points"
    return f"IoU by class on {domain}, in percent {over}, {when}"
