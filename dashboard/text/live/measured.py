"""What the scores of the live page were measured on, and what their mean counts."""

from typing import Any

import numpy as np

from dashboard.text.common import listing, percent
from dashboard.text.scores.thirteen import over_13
from spcl.store.schema import RunInfo
from spcl.store.scores.counts import predicted_only
from spcl.store.scores.thirteen import mean_of_13
from spcl.store.scores.whole import is_whole


def measured_at(info: RunInfo, scores: dict[str, Any], step: int) -> str:
    """Return how far the run is, and on which step and images its scores were measured."""
    images = [
        (int(scored["num_images"]), info.domain_name(domain))
        for domain in ("target", "source")
        if (scored := scores.get(domain))
    ]
    if not all(is_whole(scores.get(domain) or {}) for domain in ("target", "source")):
        return f"Step {info.step:,} of {info.total_steps:,}."  # what was scored stands above
    text = f"Step {info.step:,} of {info.total_steps:,}. Scores were measured at step {step:,}"
    if not images:
        return f"{text}."
    counts = listing([f"{count:,} {name}" for count, name in images])
    noun = "image" if images[-1][0] == 1 else "images"
    return f"{text} on {counts} {noun}. {_how_the_mean_is_made(info, scores)}".strip()


def _how_the_mean_is_made(info: RunInfo, scores: dict[str, Any]) -> str:
    scored = scores.get("target") or scores.get("source")
    if not scored or scored.get("mean_iou") is None:
        return ""
    num_counted = sum(value is not None for value in scored["per_class_iou"])
    text = f"The mean is over {num_counted} classes, occurring or predicted"
    only = never_occurring(info, scored)
    thirteen = over_13(mean_of_13(info.label_space.names, scored["per_class_iou"]))
    if not only:
        return f"{text}. {thirteen}"
    shown = [entry.display.lower() for entry in info.label_space if entry.name in only]
    verb = "is" if len(shown) == 1 else "are"
    rest = percent(scored["mean_iou_of_occurring"])
    return (
        f"{text}: {listing(shown)} {verb} predicted and never occur{'s' if verb == 'is' else ''}, "
        f"which counts as 0; over the classes that occur the mean is {rest} %. {thirteen}"
    )


def never_occurring(info: RunInfo, scored: dict[str, Any] | None) -> frozenset[str]:
    """Return the names of the classes that a split's predictions have and its truth has not."""
    if not scored:
        return frozenset()
    only = predicted_only(np.asarray(scored["confusion"]))
    pairs = zip(info.label_space.names, only, strict=False)
    return frozenset(name for name, is_only in pairs if is_only)
