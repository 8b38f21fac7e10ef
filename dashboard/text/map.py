"""Sentences of the map page: pure functions of measured numbers."""

from collections.abc import Mapping

import pandas as pd

from dashboard.text.common import counted, listing

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


def quality_words(method: str, measured: Mapping[str, float | None]) -> tuple[str, str]:
    """Return how far a map can be trusted at a step: a title with its number, and what else.

    Args:
        method: "pca" or "umap".
        measured: trustworthiness, preservation and stability, those that are known.
    """
    trust, kept, calm = (
        measured.get(name) for name in ("trustworthiness", "preservation", "stability")
    )
    if trust is None:
        return "Map", f"(a {method.upper()} projection)."
    parts = [f"(trustworthiness of this {method.upper()} projection)"]
    if kept is not None:
        parts.append(f"{100 * kept:.0f} % of each pixel's nearest neighbours are nearest here, too")
    if calm is not None:
        way = f"{100 * (1 - calm):.1f} % of the width"
        parts.append(f"the fifth of the pixels that changed least moved by {way}")
    return f"Map quality {trust:.2f}", "; ".join(parts) + "."
