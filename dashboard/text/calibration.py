"""Sentences about the confidence: how often a prediction that sure of itself is right."""

import numpy as np

from dashboard.data.masks import Reliability

TITLE = "Can the confidence be believed?"
_SMALLEST_BIN = 0.01
"""A bin with a smaller share of the pixels is not taken as an example."""


def figure(now: Reliability, before: Reliability | None) -> str:
    """Return the expected calibration error in points: "12.3 → 8.1", or what is known of it."""
    return (
        _points(now.error) if before is None else f"{_points(before.error)} → {_points(now.error)}"
    )


def change(now: Reliability, before: Reliability) -> float:
    """Return the change in points: the difference of the two rounded numbers shown."""
    return round(float(_points(now.error)) - float(_points(before.error)), 1)


def change_text(points: float) -> str:
    """Return "4.2 points, better calibrated"; low is good."""
    if not points:
        return "unchanged since before adaptation"
    return f"{abs(points):.1f} points, {'better' if points < 0 else 'worse'} calibrated"


def verdict(now: Reliability, domain_name: str) -> str:
    """Return whether the network is too sure of itself on a domain or not sure enough."""
    shares = now.pixels / max(1, now.pixels.sum())
    confidence, accuracy = (
        float(np.nansum(values * shares)) for values in (now.confidence, now.accuracy)
    )
    is_too_sure = confidence > accuracy
    kind = "too sure of itself" if is_too_sure else "less sure of itself than it should be"
    return (
        f"On {domain_name} the network is {kind}: its mean confidence is {100 * confidence:.1f} %, "
        f"and {100 * accuracy:.1f} % of the pixels are right."
    )


def reading(now: Reliability) -> str:
    """Return the caption of the reliability diagram with one number of it."""
    text = (
        "each dot is the pixels of one range of confidence, the bars below say how many they are; "
        "on the diagonal the confidence is exactly right, below it the network is too sure."
    )
    example = _example(now)
    if example is None:
        return text
    return (
        f"{text} Of the pixels predicted with {100 * now.confidence[example]:.0f} % confidence, "
        f"{100 * now.accuracy[example]:.0f} % are right."
    )


def _example(now: Reliability) -> int | None:
    """Return the bin whose confidence is furthest off, among those with enough pixels."""
    distance = np.abs(now.accuracy - now.confidence)
    distance[now.pixels < _SMALLEST_BIN * now.pixels.sum()] = np.nan
    return int(np.nanargmax(distance)) if np.isfinite(distance).any() else None


def no_report(step: int) -> str:
    """Return what to say while the analysis has not reported on the masks of a step."""
    return (
        f"The analysis has not reported on the masks of step {step:,} yet; it does so a few "
        "seconds after the maps. If nothing happens, run: python -m spcl analyse and the folder."
    )


def no_labels(domain_name: str) -> str:
    """Return what to say where nothing tells right from wrong."""
    return (
        f"{domain_name.capitalize()} has no labels here, so nothing says how often a prediction "
        "that sure of itself is right."
    )


def _points(share: float) -> str:
    return f"{100 * share:.1f}"
