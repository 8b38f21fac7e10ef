"""Headline and sentences of the live page: pure functions of the run's numbers."""

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.text.common import Change, counted, listing, percent
from spcl.store.schema import RunInfo

_WORTH_SAYING_POINTS = 0.5
_BROKE_OFF = {
    "failed": "the run failed",
    "crashed": "the run crashed",
    "stopped": "the run was stopped",
}


@dataclass(frozen=True)
class Standing:
    """What the sentences are made from: the target before and now."""

    target: str
    """What people call the target, e.g. "dusk"."""
    mean: Change | None
    """Mean IoU, its `before` NaN while there is nothing to compare with; None without labels."""
    classes: tuple[Change, ...]
    gains: tuple[float, ...]
    """Change of the mean IoU of each target probe image, in points."""
    num_snapshots: int
    warming_up: bool
    """Whether the step looked at lies before the end of the warm-up."""

    @property
    def compared(self) -> bool:
        """Return whether there is a labelled state before to compare with."""
        return self.mean is not None and math.isfinite(self.mean.before)


def headline(standing: Standing, alarm: str | None = None, *, status: str = "running") -> str:
    """Return the strongest claim the numbers carry.

    Args:
        standing: the target before and now.
        alarm: the most urgent one, as the second half of a headline.
        status: how the run stands; one that broke off says so before any alarm.
    """
    mean, broke_off = standing.mean, _BROKE_OFF.get(status)
    if standing.warming_up:
        if broke_off:
            return f"{_first_upper(broke_off)} while warming up"
        return f"Warming up on labelled pictures; {standing.target} comes after"
    alarm = broke_off or alarm
    if mean is not None and not standing.compared:
        name = _first_upper(standing.target)
        claim = f"{name} stands at {percent(mean.after)} % before adaptation"
        return f"{claim}; {broke_off}" if broke_off else claim
    if mean is None or abs(mean.points) < _WORTH_SAYING_POINTS:
        return _nothing(standing) if alarm is None else _first_upper(alarm)
    way = "up" if mean.points > 0 else "down"
    claim = f"{_first_upper(standing.target)} is {way} {abs(mean.points):.1f} points"
    return f"{claim}; {alarm}" if alarm else claim


def _nothing(standing: Standing) -> str:
    return f"Nothing stands out yet: {counted(standing.num_snapshots, 'snapshot')} recorded"


def three_sentences(standing: Standing) -> tuple[str, str, str]:
    """Return: is it better than before, where is it worst, how sure is that."""
    return _better(standing), _worst(standing), _sure(standing)


def _better(standing: Standing) -> str:
    name, mean = _first_upper(standing.target), standing.mean
    if mean is None:
        return f"{name} has no labels here, so no score can say whether it is better."
    if not standing.compared:
        return f"{name} stands at {percent(mean.after)} % mean IoU, with nothing to compare yet."
    span = f"from {percent(mean.before)} to {percent(mean.after)} % mean IoU"
    if mean.points == 0:
        return f"{name} stands where it stood before adaptation, {span}."
    word = "better" if mean.points > 0 else "worse"
    return f"{name} is {abs(mean.points):.1f} points {word} than before adaptation, {span}."


def _worst(standing: Standing) -> str:
    known = [change for change in standing.classes if math.isfinite(change.after)]
    if not known:
        return "Where it is worst cannot be said without labels."
    lowest = min(known, key=lambda change: change.after)
    first = f"Worst is {lowest.name} with {percent(lowest.after)} % IoU"
    compared = [change for change in known if math.isfinite(change.before)]
    if not compared:
        return f"{first}."
    harmed = sorted((c for c in compared if c.points < 0), key=lambda change: change.points)
    if not harmed:
        return f"{first}; no class lost anything."
    names = [f"{change.name} ({change.points:+.1f})" for change in harmed[:3]]
    told = listing(names) if len(harmed) <= 3 else f"{', '.join(names)} and {len(harmed) - 3} more"
    return f"{first}; worse than before: {told}."


def _sure(standing: Standing) -> str:
    gains = [gain for gain in standing.gains if math.isfinite(gain)]
    if len(gains) < 2:
        return "How sure: one run with one seed, and too few images to compare one by one."
    mean = sum(gains) / len(gains)
    spread = math.sqrt(sum((gain - mean) ** 2 for gain in gains) / (len(gains) - 1))
    within = 2 * spread / math.sqrt(len(gains))
    better = sum(gain > 0 for gain in gains)
    return (
        f"How sure: {better} of {counted(len(gains), standing.target + ' image')} got better, "
        f"{mean:+.1f} points an image (± {within:.1f}); one run with one seed."
    )


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def measured_at(info: RunInfo, scores: dict[str, Any], step: int) -> str:
    """Return which step, which images and how many the numbers on the page come from."""
    parts = []
    for domain in ("target", "source"):
        scored = scores.get(domain)
        if scored:
            name = info.domain_name("target" if domain == "target" else "source")
            parts.append(f"{counted(int(scored['num_images']), name + ' image')}")
    on = f", on {' and '.join(parts)}" if parts else ""
    return (
        f"Step {info.step:,} of {info.total_steps:,}. "
        f"Scores below were measured at step {step:,}{on}."
    )


def standing_of(
    info: RunInfo,
    *,
    iou: pd.DataFrame,
    images: pd.DataFrame,
    step: int,
    before: int | None,
    num_snapshots: int,
) -> Standing:
    """Pick what the sentences need.

    Args:
        info: the run.
        iou: step, domain, class (None = mean), iou in [0, 1].
        images: key, domain, gain of the probe images, mean IoU in [0, 1].
        step: the step looked at.
        before: the reference step; None before it is published.
        num_snapshots: how many snapshots the run has.
    """
    target = iou[iou["domain"] == "target"]
    compared = before is not None and step > before
    now, then = _by_class(target, step), _by_class(target, before if compared else None)
    changes = tuple(
        Change(found.display.lower(), then.get(found.name, math.nan), now[found.name])
        for found in info.label_space
        if found.name in now
    )
    gains = images[images["domain"] == "target"]["gain"].astype(float).tolist()
    return Standing(
        target=info.domain_name("target"),
        mean=Change("mean", then.get("", math.nan), now[""]) if "" in now else None,
        classes=changes,
        gains=tuple(100 * gain for gain in gains) if compared else (),
        num_snapshots=num_snapshots,
        warming_up=before is None or step < before,
    )


def _by_class(rows: pd.DataFrame, step: int | None) -> dict[str, float]:
    """Return class -> IoU at a step, the mean under ""."""
    at = rows[rows["step"] == step]
    return {
        "" if pd.isna(name) else str(name): float(iou)
        for name, iou in zip(at["class"], at["iou"], strict=True)
    }
