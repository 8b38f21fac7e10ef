"""Sentences of the map page: pure functions of measured numbers."""

import pandas as pd

from dashboard.words import counted, listing

_CLOSE = 0.7
_MIXED = 0.25


def headline(
    measures: pd.DataFrame, step: int, *, names: dict[str, str], target: str, num_snapshots: int
) -> str:
    """Return which classes overlap most at the target, or that they stand apart.

    Args:
        measures: the derived measures.
        step: the snapshot shown.
        names: class name -> what people call it.
        target: what people call the target domain.
        num_snapshots: snapshots recorded so far.
    """
    shares = at(measures, step, "nearest_prototype_share")
    shares = shares[(shares["domain"] == "target") & (shares["class"] != shares["rival"])]
    if shares.empty:
        return f"Nothing stands out yet: {counted(num_snapshots, 'snapshot')} recorded"
    worst = shares.sort_values("value", ascending=False).iloc[0]
    pair = [names.get(str(worst[key]), str(worst[key])).lower() for key in ("class", "rival")]
    if worst["value"] < _MIXED:
        return f"Every class of {target} keeps to its own prototype"
    mixed = shares[shares["value"] >= _MIXED]["class"].nunique()
    apart = len(names) - mixed
    verb = "keeps" if apart == 1 else "keep"
    return f"{apart} of {len(names)} classes {verb} together; {listing(pair)} overlap at {target}"


def at(measures: pd.DataFrame, step: int, measure: str) -> pd.DataFrame:
    """Return the rows of a measure at a step, by truth where there is any, else by pseudo label."""
    rows = measures[(measures["step"] == step) & (measures["measure"] == measure)]
    truth = rows[rows["labels"] == "truth"]
    domains = set(truth["domain"])
    return pd.concat([truth, rows[(rows["labels"] == "pseudo") & ~rows["domain"].isin(domains)]])


def nearer_sentence(share: float, *, target: str, own: str, rival: str) -> str:
    """Return "24 of 100 dusk rider pixels here are nearer to the person prototype than ..."."""
    return (
        f"{round(100 * share)} of 100 {target} {own.lower()} pixels here are nearer to the "
        f"{rival.lower()} prototype than to their own."
    )
