"""Sentences about calibration: whether predictions are right as often as their confidence says."""

import numpy as np

from dashboard.data.masks.reports import Reliability

TITLE = "Calibration: can the confidence be trusted?"
_SMALLEST_BIN = 0.01
"""A bin with a smaller share of the pixels is not taken as an example."""


def figure(now: Reliability, before: Reliability | None) -> str:
    """Return the expected calibration error in points: "12.3 → 8.1", or what is known of it."""
    return (
        _points(now.error) if before is None else f"{_points(before.error)} → {_points(now.error)}"
    )


def key(*, has_before: bool) -> str:
    """Return what the lines mean."""
    return f"━●━ now{',  ╌●╌ before' if has_before else ''},  ╱ exactly right"


def change(now: Reliability, before: Reliability) -> float:
    """Return the change in points: the difference of the two rounded numbers shown."""
    return round(float(_points(now.error)) - float(_points(before.error)), 1)


def change_text(points: float) -> str:
    """Return "4.2 points, better calibrated"; low is good."""
    if not points:
        return "unchanged by the adaptation"
    return f"{abs(points):.1f} points, {'better' if points < 0 else 'worse'} calibrated"


def verdict(now: Reliability, domain_name: str) -> str:
    """Return whether the network is overconfident or underconfident on a domain."""
    shares = now.pixels / max(1, now.pixels.sum())
    confidence, accuracy = (
        float(np.nansum(values * shares)) for values in (now.confidence, now.accuracy)
    )
    sure, right = (round(100 * value, 1) for value in (confidence, accuracy))
    if sure == right:
        return (
            f"On {domain_name} the network is on average as sure as it is right: {right:.1f} % of "
            "the pixels."
        )
    kind = "overconfident" if sure > right else "underconfident"
    return (
        f"On {domain_name} the network is {kind}: its mean confidence is {sure:.1f} %, but "
        f"{right:.1f} % of the pixels are right."
    )


def reading(now: Reliability) -> str:
    """Return the caption of the reliability diagram with one number of it."""
    text = (
        "each dot stands for the pixels in one confidence range, and the bars show how many there "
        "are; on the diagonal the confidence is exactly right, below it the network is "
        "overconfident."
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
    """Return what to say until the analysis has reported on the masks of a step."""
    return (
        f"The calibration at step {step:,} has not been computed yet; it follows a few seconds "
        "after the map. If it does not, run: python -m spcl analyse RUN_DIR"
    )


def no_labels(domain_name: str) -> str:
    """Return what to say for a domain without labels."""
    return f"{domain_name.capitalize()} has no labels here, so the calibration cannot be measured."


def _points(share: float) -> str:
    return f"{100 * share:.1f}"
