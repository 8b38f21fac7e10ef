"""Which measures rise and fall with the mIoU: those a person without labels could trust."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from spcl.analysis.measures.snapshot import separability
from spcl.store.reader import Run
from spcl.store.scores.whole import is_whole

KEYS = ["measure", "domain", "labels"]
LEAST = 5
"""Fewer snapshots, or runs, have no order worth a number."""


def measures_beside_iou(run: Run, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return every measure of all classes beside the target mIoU of its snapshot.

    Columns: run, step, measure, domain, labels, value, mean_iou in [0, 1]. Snapshots without a
    score of the whole target split are left out.

    Args:
        run: a run whose target/val has labels (empty table otherwise).
        table: from `separability`, if it was computed already.
    """
    table = separability(run) if table is None else table
    overall = table[table["class"].isna() & (table["measure"] != "failed")]
    points = overall[["step", *KEYS, "value"]].assign(run=run.path.name)
    points["value"] = points["value"].astype(float)
    points["mean_iou"] = points["step"].map(_target_iou(run)).astype(float)
    return points.dropna(subset=["value", "mean_iou"]).reset_index(drop=True)


def agreement_with_iou(
    run: Run, table: pd.DataFrame | None = None, *, since: int = 0
) -> pd.DataFrame:
    """Return Spearman's rank correlation over the snapshots of each measure with target mIoU.

    Columns: measure, domain, labels, correlation in [-1, 1], steps (snapshots compared). Measures
    with a value for all classes at fewer than five snapshots, or the same value at all, are left
    out; so are snapshots without a target score. Neighbouring snapshots are alike, hence no
    significance is given.

    Args:
        run: a run whose target/val has labels (empty table otherwise).
        table: from `separability`, if it was computed already.
        since: first step compared; while a model is new, nearly everything rises with the mIoU.
    """
    points = measures_beside_iou(run, table)
    return _ranked(points[points["step"] >= since], "steps")


def agreement_between_runs(points: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return Spearman's rank correlation over runs, each at its last scored snapshot.

    What orders the snapshots of one training may say nothing of which of two trainings ended
    better: this is the second question. Columns as those of `agreement_with_iou`, with `runs` for
    `steps`. The runs should differ in method or seed, not in data or length.

    Args:
        points: what `measures_beside_iou` says of each run.
    """
    last = [table[table["step"] == table["step"].max()] for table in points if len(table)]
    return _ranked(pd.concat(last) if last else _EMPTY, "runs")


_EMPTY = pd.DataFrame(columns=["run", "step", *KEYS, "value", "mean_iou"])


def _ranked(points: pd.DataFrame, counted: str) -> pd.DataFrame:
    rows = []
    for key, mine in points.groupby(KEYS, dropna=False):
        both = mine[["value", "mean_iou"]]
        if len(both) >= LEAST and (both.nunique() > 1).all():
            correlation = spearmanr(both["value"], both["mean_iou"]).statistic
            rows.append((*key, round(float(correlation), 3), len(both)))
    ranked = pd.DataFrame(rows, columns=[*KEYS, "correlation", counted])
    order = np.argsort(-ranked["correlation"].abs().to_numpy(), kind="stable")
    return ranked.iloc[order].reset_index(drop=True)


def _target_iou(run: Run) -> dict[int, float]:
    scores = {step: run.snapshot(step).scores.get("target") for step in run.steps()}
    whole = {step: scored for step, scored in scores.items() if scored and is_whole(scored)}
    return {step: scored["mean_iou"] for step, scored in whole.items()}
