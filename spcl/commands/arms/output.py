"""A comparison as one JSON object, and in the words below its table."""

import math
from collections.abc import Sequence
from typing import Any

from spcl.ablation.scores import ArmScore, as_json, by_arm
from spcl.commands.arms.summary import Line
from spcl.store.baselines.reader import TARGET_SPLIT
from spcl.store.compared.paired import LEAST_IMAGES, Difference, Paired


def arms_json(scores: Sequence[ArmScore]) -> dict[str, dict[str, Any]]:
    """Return what each arm reached, a list over seeds for each value; IoU in [0, 1]."""
    return {
        name: {
            "what": rows[0].baseline.what,
            "seeds": [row.seed for row in rows],
            "runs": [as_json(row) for row in rows],
            "statistics": [row.statistics for row in rows],
            "num_images": rows[0].baseline.num_images,
            "seconds": [row.seconds for row in rows],
            "mean_iou": [row.mean_iou for row in rows],
            "mean_iou_of_occurring": [row.baseline.mean_iou_of_occurring for row in rows],
            "per_class_iou": {
                key: [row.baseline.per_class_iou[key] for row in rows]
                for key in rows[0].baseline.per_class_iou
            },
        }
        for name, rows in by_arm(scores).items()
    }


def comparison_json(lines: Sequence[Line], *, against: str) -> dict[str, Any]:
    """Return a whole comparison as plain values; shares and IoU in [0, 1], None for unknown."""
    scores = [score for line in lines for score in line.scores]
    found = arms_json(scores)
    for line in lines:
        found[line.name] |= {
            "mean": line.mean,
            "spread": _known(line.spread),
            "gap_closed": line.gap_closed,
            "difference": None if line.paired is None else _paired_json(line.paired),
            "separability": dict(line.separability),
        }
    return {"split": TARGET_SPLIT, "against": against, "arms": found}


def _paired_json(paired: Paired) -> dict[str, Any]:
    return {
        **_difference_json(paired.mean_iou),
        "interval_over": paired.over,
        "interval_of": paired.of,
        "images": paired.num_images,
    }


def _difference_json(one: Difference) -> dict[str, float | None]:
    return {"mean_iou": _known(one.value), "low": _known(one.low), "high": _known(one.high)}


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def words_below(lines: Sequence[Line], *, against: str) -> list[str]:
    """Return what a reader of the table must know, one sentence each."""
    first = lines[0].scores[0].baseline
    seeds = ", ".join(
        str(seed) for seed in dict.fromkeys(s.seed for li in lines for s in li.scores)
    )
    names = {line.name for line in lines}
    words = [
        f"mIoU on {first.num_images} {TARGET_SPLIT} images, seeds {seeds}; ± is the standard "
        "deviation over seeds.",
        "Statistics: whose batch-norm statistics a score was read with, those of the source or "
        "those estimated on unlabelled images of the target.",
        _about_intervals(lines, against),
    ]
    if not {"source_only", "oracle"} <= names:
        words.append("The share of the gap closed needs the arms source_only and oracle.")
    words.append(
        "Separability at that snapshot by true labels, the mean over classes: nearest-prototype "
        "accuracy and margin of target pixels, purity of their neighbours in the source, and the "
        "domain gap (low is good)."
    )
    styled = [name for name in ("fda", "color_transfer") if name in names]
    if styled:
        words.append(
            f"{' and '.join(styled)} learn from labelled source images alone, which look like "
            "unlabelled images of the target."
        )
    if "source_only" in names:
        words.append(
            "source_only has none of its own: its features are recorded with the target's "
            "statistics, which are adabn's."
        )
    words.append("Seconds (s): of training after the warm-up, snapshots left out.")
    return words


def _about_intervals(lines: Sequence[Line], against: str) -> str:
    known = [line.paired for line in lines if line.paired is not None]
    if not known:
        return f"Nothing is held against {against}: no other arm has its seeds."
    widest = max(known, key=lambda paired: paired.num_images)
    if widest.num_images < LEAST_IMAGES:
        return (
            f"Differences to {against} are paired by seed; for an interval {LEAST_IMAGES} images "
            f"recorded one by one are needed, and there are {widest.num_images}."
        )
    over = "seeds and images" if widest.over != "images" else "images, of one seed"
    return (
        f"Differences to {against} are paired by seed, with a 95 % bootstrap interval over {over} "
        f"({widest.num_images} images recorded one by one)."
    )
