"""The mean over 13 classes beside that over 16, where those of SYNTHIA are scored."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.text.common import listing, percent
from spcl.store.scores.thirteen import SIXTEEN, THIN, mean_of_13


def over_13(mean: float | None) -> str:
    """Return "Over the 13 without wall, fence and pole it is 41.2 %."; nothing where none is."""
    if mean is None:
        return ""
    return f"Over the {len(SIXTEEN) - len(THIN)} without {listing(THIN)} it is {percent(mean)} %."


def both_means(names: Sequence[str], scored: Mapping[str, Any] | None, domain_name: str) -> str:
    """Return the mean IoU over the 16 classes and over the 13; nothing for other classes.

    Args:
        names: of the classes.
        scored: the scores of the domain, with `mean_iou` and `per_class_iou`; None without labels.
        domain_name: its display name.
    """
    mean = None if scored is None else mean_of_13(names, scored["per_class_iou"])
    if scored is None or mean is None:
        return ""
    whole = f"Mean IoU on {domain_name} over the {len(SIXTEEN)} classes is"
    return f" {whole} {percent(scored['mean_iou'])} %. {over_13(mean)}"
