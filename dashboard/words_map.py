"""Sentences of the map page: pure functions of measured numbers."""

import pandas as pd

from dashboard.words import counted, listing

_TOGETHER = 0.7


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
    shares = shares[shares["domain"] == "target"]
    others = shares[shares["class"] != shares["rival"]]
    if shares.empty:
        return f"Nothing stands out yet: {counted(num_snapshots, 'snapshot')} recorded"
    own = shares[shares["class"] == shares["rival"]].set_index("class")["value"]
    known = shares["class"].nunique()
    together = int((own >= _TOGETHER).sum())
    if together == known or others.empty:
        return f"All {known} classes of {target} keep to their own prototype"
    worst = others.sort_values("value", ascending=False).iloc[0]
    pair = [names.get(str(worst[key]), str(worst[key])).lower() for key in ("class", "rival")]
    verb = "keeps" if together == 1 else "keep"
    return f"{together} of {known} classes {verb} together; {listing(pair)} overlap at {target}"


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
