"""Which measures rise and fall with the mIoU: those a person without labels could trust."""

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from spcl.analysis.measures.snapshot import separability
from spcl.store.reader import Run
from spcl.store.whole_scores import is_whole

KEYS = ["measure", "domain", "labels"]
LEAST_STEPS = 5


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
    table = separability(run) if table is None else table
    scores = pd.Series(_target_iou(run), dtype=float)
    overall = table[table["class"].isna() & (table["step"] >= since)]
    overall = overall[overall["measure"] != "failed"]
    rows = []
    for key, mine in overall.groupby(KEYS, dropna=False):
        values = mine.set_index("step")["value"].astype(float)
        both = pd.concat([values, scores], axis=1, join="inner").dropna()
        if len(both) >= LEAST_STEPS and (both.nunique() > 1).all():
            correlation = spearmanr(both.iloc[:, 0], both.iloc[:, 1]).statistic
            rows.append((*key, round(float(correlation), 3), len(both)))
    ranked = pd.DataFrame(rows, columns=[*KEYS, "correlation", "steps"])
    order = np.argsort(-ranked["correlation"].abs().to_numpy(), kind="stable")
    return ranked.iloc[order].reset_index(drop=True)


def _target_iou(run: Run) -> dict[int, float]:
    scores = {step: run.snapshot(step).scores.get("target") for step in run.steps()}
    whole = {step: scored for step, scored in scores.items() if scored and is_whole(scored)}
    return {step: scored["mean_iou"] for step, scored in whole.items()}
