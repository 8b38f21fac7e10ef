"""Sentences of the map page: pure functions of measured numbers."""

from collections.abc import Mapping

import pandas as pd

from dashboard.text.common import (
    FEW_CASES,
    all_of,
    by_pseudo_labels,
    counted,
    listing,
    of_100,
    stand_apart,
)

_APART_SHARE = 0.7


def headline(
    measures: pd.DataFrame, step: int, *, names: dict[str, str], target: str, num_snapshots: int
) -> str:
    """Return how many classes stand apart on the target, and which two overlap most.

    Args:
        measures: the derived measures.
        step: the snapshot shown.
        names: class name -> display name.
        target: display name of the target domain.
        num_snapshots: snapshots recorded so far.
    """
    shares = at(measures, step, "nearest_prototype_share")
    shares = shares[shares["domain"] == "target"]
    others = shares[shares["class"] != shares["rival"]]
    if shares.empty:
        return f"Nothing stands out yet: {counted(num_snapshots, 'snapshot')} recorded"
    own = shares[shares["class"] == shares["rival"]].set_index("class")["value"]
    known = shares["class"].nunique()
    apart = int((own >= _APART_SHARE).sum())
    claim = stand_apart(apart, known, target)
    if apart < known and not others.empty:
        worst = others.sort_values("value", ascending=False).iloc[0]
        pair = [names.get(str(worst[key]), str(worst[key])).lower() for key in ("class", "rival")]
        claim = f"{claim}; {listing(pair)} overlap most"
    return by_pseudo_labels(claim) if (shares["labels"] == "pseudo").all() else claim


def at(measures: pd.DataFrame, step: int, measure: str) -> pd.DataFrame:
    """Return the rows of a measure at a step: each domain with true labels if any, else pseudo."""
    rows = measures[(measures["step"] == step) & (measures["measure"] == measure)]
    truth = rows[rows["labels"] == "truth"]
    domains = set(truth["domain"])
    return pd.concat([truth, rows[(rows["labels"] == "pseudo") & ~rows["domain"].isin(domains)]])


def nearer_sentence(share: float, count: int, *, target: str, own: str, rival: str) -> str:
    """Return "24 % of the dusk rider pixels here lie nearer to the person prototype than ...".

    Args:
        share: share of the selected pixels of a class nearest to the rival, in [0, 1].
        count: how many pixels of the class are selected; below 30 they are counted instead.
        target: display name of the target domain.
        own: display name of the class.
        rival: display name of the class whose prototype is nearer.
    """
    pixels = f"{target} {own.lower()} pixel"
    if count == 1:
        subject = f"The one {pixels} here lies"
    elif count < FEW_CASES:
        subject = f"{round(share * count)} of {count} {pixels}s here lie"
    else:
        subject = f"{of_100(share)} % of the {pixels}s here lie"
    own_one = "its" if count == 1 else "their"
    return f"{subject} nearer to the {rival.lower()} prototype than to {own_one} own."


def own_sentence(count: int, target: str) -> str:
    """Return that the selected target pixels lie nearest to their own prototype, if there are any.

    Args:
        count: how many target pixels are selected.
        target: display name of the target domain.
    """
    if count == 0:
        return f"No {target} pixel is selected."
    if count == 1:
        return f"The one {target} pixel here lies nearest to its own prototype."
    return f"{all_of(count, f'{target} pixels')} here lie nearest to their own prototype."


def quality_words(method: str, measured: Mapping[str, float | None]) -> tuple[str, str]:
    """Return how far a map can be trusted at a step: a title with its value, and a sentence.

    Args:
        method: "pca", "umap", or "joint" for a part of a map of two runs, which is made as UMAP is.
        measured: trustworthiness, preservation and stability, where known.
    """
    what = "joint UMAP" if method == "joint" else method.upper()
    trust, kept, stability = (
        measured.get(name) for name in ("trustworthiness", "preservation", "stability")
    )
    if trust is None:
        return "Map", f"(a {what} projection)."
    sentence = f"(trustworthiness of this {what} projection)."
    if kept is not None:
        sentence += f" {100 * kept:.0f} % of a pixel's true neighbours are neighbours on the map."
    if stability is not None:
        moved = f"{100 * (1 - stability):.1f} %"
        sentence += f" Pixels that hardly changed moved by {moved} of its width."
    return f"Map quality {trust:.2f}", sentence
