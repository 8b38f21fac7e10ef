"""Headline and sentences of the live page: pure functions of the run's numbers."""

import math
from dataclasses import dataclass

import pandas as pd

from dashboard.text.absent import compared_with
from dashboard.text.common import Change, counted, first_upper, listing, percent, signed
from spcl.store.schema import RunInfo

_WORTH_SAYING_POINTS = 0.5
_MAX_HARMED = 3
_BROKE_OFF = {
    "failed": "the run failed",
    "crashed": "the run crashed",
    "stopped": "the run was stopped",
}


@dataclass(frozen=True)
class TargetSummary:
    """The numbers that the sentences are about: the target before adaptation and now."""

    source: str
    """Display name of the source domain, e.g. "day"."""
    target: str
    """Display name of the target domain, e.g. "dusk"."""
    mean: Change | None
    """Mean IoU, its `before` NaN while there is nothing to compare with; None without labels."""
    classes: tuple[Change, ...]
    gains: tuple[float, ...]
    """Change of the mean IoU of each target probe image, in points."""
    num_snapshots: int
    step: int
    """The snapshot shown."""
    warmup_ends: int | None
    """The last step of the warm-up; None where the run does not say."""
    warming_up: bool
    """Whether the snapshot shown lies before the end of the warm-up."""
    since: str = "the warm-up"
    """What it is compared with: the end of the warm-up, or a step of a run without one."""

    @property
    def is_compared(self) -> bool:
        """Return whether there are labels and an earlier state to compare with."""
        return self.mean is not None and math.isfinite(self.mean.before)


def headline(
    summary: TargetSummary,
    alarm: str | None = None,
    *,
    status: str = "running",
    compared: str = "",
) -> str:
    """Return the strongest claim that the numbers support.

    Args:
        summary: the target before and now.
        alarm: the most urgent one, as the second half of a headline.
        status: status of the run; one that broke off is named before any alarm.
        compared: what the gain is against a baseline, e.g. "2.5 more than AdaBN alone".
    """
    mean, broke_off = summary.mean, _BROKE_OFF.get(status)
    if summary.warming_up:
        return _warm_up(summary, status)
    alarm = broke_off or alarm
    if mean is not None and not summary.is_compared:
        when = "before adaptation" if summary.since == "the warm-up" else f"at {summary.since}"
        claim = f"{first_upper(summary.target)} is at {percent(mean.after)} % {when}"
        return f"{claim}; {broke_off}" if broke_off else claim
    if mean is None or abs(mean.points) < _WORTH_SAYING_POINTS:
        if alarm is not None:
            return first_upper(alarm)
        yet = "" if status == "finished" else " yet"
        snapshots = counted(summary.num_snapshots, "snapshot")
        return f"Nothing stands out{yet}: {snapshots} recorded"
    direction = "up" if mean.points > 0 else "down"
    claim = f"{first_upper(summary.target)} is {direction} {abs(mean.points):.1f} points"
    if compared:
        claim = f"{claim}, {compared}"
        return f"{claim}; {alarm}" if alarm else claim
    return f"{claim}; {alarm}" if alarm else f"{claim} since {summary.since}"


def _warm_up(summary: TargetSummary, status: str) -> str:
    broke_off = _BROKE_OFF.get(status)
    if broke_off:
        return f"{first_upper(broke_off)}; step {summary.step:,} belongs to the warm-up"
    if status == "finished":
        return (
            f"Step {summary.step:,} belongs to the warm-up, before adaptation to {summary.target}"
        )
    ends = summary.warmup_ends
    starts = "follows" if ends is None else f"starts at step {ends:,}"
    return (
        f"Warming up on labelled {summary.source} images; adaptation to {summary.target} {starts}"
    )


def three_sentences(summary: TargetSummary) -> tuple[str, str, str]:
    """Return how the target changed, which class is weakest, and how sure that is."""
    return _change(summary), _weakest(summary), _certainty(summary)


def _change(summary: TargetSummary) -> str:
    name, mean = first_upper(summary.target), summary.mean
    if mean is None:
        return f"{name} has no labels, so no score can say whether it got better."
    if not summary.is_compared:
        return "Adaptation starts from here: later snapshots are compared with this one."
    if mean.points == 0:
        return f"Mean IoU on {summary.target} is where it was before: {percent(mean.after)} %."
    direction = "rose" if mean.points > 0 else "fell"
    levels = f"from {percent(mean.before)} to {percent(mean.after)} %"
    return f"Mean IoU on {summary.target} {direction} {levels}."


def _weakest(summary: TargetSummary) -> str:
    known = [change for change in summary.classes if math.isfinite(change.after)]
    if not known:
        return (
            "Its margin and the domain gap need none: they tell that something changes, not that "
            "it gets better."
        )
    weakest = min(known, key=lambda change: change.after)
    first = f"The weakest class is {weakest.name} at {percent(weakest.after)} % IoU"
    compared = [change for change in known if math.isfinite(change.before)]
    if not compared:
        return f"{first}."
    harmed = sorted((c for c in compared if c.points < 0), key=lambda change: change.points)
    if not harmed:
        return f"{first}; no class got worse."
    names = [f"{change.name} ({signed(change.points)})" for change in harmed[:_MAX_HARMED]]
    if len(harmed) > _MAX_HARMED:
        names.append(f"{len(harmed) - _MAX_HARMED} more")
    return f"{first}; worse than before: {listing(names)}."


def _certainty(summary: TargetSummary) -> str:
    if summary.mean is None:
        return "Without labels no image can be scored."
    if not summary.is_compared:
        return "How sure a change is can be said from the first snapshot of adaptation on."
    gains = [gain for gain in summary.gains if math.isfinite(gain)]
    if len(gains) < 2:
        return "There are too few images to say how sure that is."
    mean = sum(gains) / len(gains)
    spread = math.sqrt(sum((gain - mean) ** 2 for gain in gains) / (len(gains) - 1))
    margin = 2 * spread / math.sqrt(len(gains))
    improved = sum(round(gain, 1) > 0 for gain in gains)  # as the masks page counts
    return (
        f"{improved} of {counted(len(gains), summary.target + ' image')} improved; the mean "
        f"change is {signed(mean)} points (95 % interval {signed(mean - margin)} to "
        f"{signed(mean + margin)}). Another seed may differ by more."
    )


def target_summary(
    info: RunInfo,
    *,
    iou: pd.DataFrame,
    images: pd.DataFrame,
    step: int,
    before: int | None,
    num_snapshots: int,
    left_out: frozenset[str] = frozenset(),
) -> TargetSummary:
    """Return the numbers that the sentences of the live page need.

    Args:
        info: the run.
        iou: step, domain, class (None = mean), iou in [0, 1].
        images: key, domain, gain of the probe images, mean IoU in [0, 1].
        step: the snapshot shown.
        before: the reference step; None before it is published.
        num_snapshots: how many snapshots the run has.
        left_out: classes that never occur in the target; their IoU of 0 is nobody's weakness.
    """
    target = iou[iou["domain"] == "target"]
    compared = before is not None and step > before
    now, then = _by_class(target, step), _by_class(target, before if compared else None)
    changes = tuple(
        Change(shown.display.lower(), then.get(shown.name, math.nan), now[shown.name])
        for shown in info.label_space
        if shown.name in now and shown.name not in left_out
    )
    gains = images[images["domain"] == "target"]["gain"].astype(float).tolist()
    return TargetSummary(
        source=info.domain_name("source"),
        target=info.domain_name("target"),
        mean=Change("mean", then.get("", math.nan), now[""]) if "" in now else None,
        classes=changes,
        gains=tuple(100 * gain for gain in gains) if compared else (),
        num_snapshots=num_snapshots,
        step=step,
        warmup_ends=_warmup_ends(info),
        warming_up=before is None or step < before,
        since=compared_with(info),
    )


def _warmup_ends(info: RunInfo) -> int | None:
    if info.before_step is not None:
        return info.before_step
    return info.stages[0].last_step if info.stages else None


def _by_class(rows: pd.DataFrame, step: int | None) -> dict[str, float]:
    """Return class -> IoU at a step, the mean under ""."""
    at = rows[rows["step"] == step]
    return {
        "" if pd.isna(name) else str(name): float(iou)
        for name, iou in zip(at["class"], at["iou"], strict=True)
    }
