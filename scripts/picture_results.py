"""Draw the pictures of docs/results.md from a comparison.

    python -m scripts.picture_results COMPARISON.json NAME [FOLDER]

COMPARISON.json is what `python -m spcl ablate ... --json` printed. Into FOLDER (docs/pictures) go
`NAME_ruler.png`, where the arms stand between source-only and the oracle; `NAME_parts.png`, what
each of the other arms changes against the one they are held against; and `NAME_classes.png`, what
that one gains in each class over source-only. They are drawn by the charts of the pages. Needs
Chromium.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dashboard.charts.common import Card
from dashboard.charts.compare import differences_figure
from dashboard.charts.ruler import ruler
from dashboard.figures.browser import Browser
from dashboard.figures.sheet import PAGE_WIDTH, sheet_of
from dashboard.text.scores.baselines import Mark

FRAME = {
    "before": "before",
    "source_only": "source-only",
    "adabn": "AdaBN",
    "self_training": "all but the contrast",
    "spcl": "all (SPCL)",
    "oracle": "oracle",
}
_DIFFERENCE = ("mean_iou", "low", "high")
Arms = Mapping[str, Mapping[str, Any]]


def ruler_card(arms: Arms, against: str) -> Card:
    """Return where the arms of the frame stand, their seeds as small dots."""
    marks = [
        Mark(
            name=FRAME[name],
            value=float(np.mean(arm["mean_iou"])),
            is_run=name == against,
            others=tuple(arm["mean_iou"]),
        )
        for name, arm in arms.items()
        if name in FRAME
    ]
    return Card(
        "Target mIoU: mean over the seeds, and each of them", "%", html=ruler(marks, dark=False)
    )


def parts_card(arms: Arms, against: str) -> Card:
    """Return what each switch changes, with its interval over seeds and images."""
    rows = []
    for name, arm in arms.items():
        if name not in FRAME and arm["difference"]:
            value, low, high = (_number(arm["difference"][key]) for key in _DIFFERENCE)
            rows.append((name, 100 * value, 100 * low, 100 * high))
    rows.sort(key=lambda row: -row[1])
    table = pd.DataFrame(rows, columns=["class", "change", "low", "high"])
    figure = differences_figure(table, unit="points of target mIoU", dark=False)
    figure.update_layout(margin={"l": 260})
    title = f"Target mIoU with one switch, against {FRAME.get(against, against)}"
    over = next(arm["difference"]["interval_over"] for arm in arms.values() if arm["difference"])
    key = f"Dot: mean, paired by seed. Line: 95 % over {over}; hollow where it holds zero."
    return Card(title, "points", figure, key=key)


def classes_card(arms: Arms, against: str) -> Card:
    """Return what each class gains over source-only, from the least to the most of the seeds."""
    after, start = (arms[name]["per_class_iou"] for name in (against, "source_only"))
    rows = []
    for name in after:
        gains = 100 * (_numbers(after[name]) - _numbers(start[name]))
        rows.append((name, float(gains.mean()), float(gains.min()), float(gains.max())))
    rows.sort(key=lambda row: -row[1])
    table = pd.DataFrame(rows, columns=["class", "change", "low", "high"])
    figure = differences_figure(table, unit="points of IoU", dark=False)
    key = "Dot: mean over the seeds. Line: from the least to the most of them."
    return Card("What each class gains over source-only on the target", "points", figure, key=key)


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _numbers(values: Sequence[float | None]) -> np.ndarray:
    return np.array([_number(value) for value in values])


def main(words: Sequence[str]) -> None:
    """Draw what the comparison holds; what needs an arm that is not there is left out."""
    comparison, name = json.loads(Path(words[0]).read_text()), words[1]
    folder = Path(words[2] if len(words) > 2 else "docs/pictures")
    arms, against = comparison["arms"], comparison["against"]
    given = arms[against]["seeds"]
    seeds = f"seed{'s' if len(given) > 1 else ''} {', '.join(map(str, given))}"
    provenance = f"{name}, {seeds}, {arms[against]['num_images']} images of target/val"
    cards = {"ruler": ruler_card(arms, against)}
    if any(arm not in FRAME for arm in arms):
        cards["parts"] = parts_card(arms, against)
    if "source_only" in arms:
        cards["classes"] = classes_card(arms, against)
    with Browser() as browser:
        for kind, card in cards.items():
            file = folder / f"{name}_{kind}.png"
            browser.show(sheet_of(card, inches=PAGE_WIDTH, provenance=provenance))
            browser.png().save(file, optimize=True)
            print(file)


if __name__ == "__main__":
    main(sys.argv[1:])
