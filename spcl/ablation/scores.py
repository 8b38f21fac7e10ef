"""What the arms of a comparison reached, read off their runs, and how they differ in pairs."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spcl.ablation.arms import METHOD, Arm
from spcl.ablation.plan import Plan
from spcl.store.baselines.reader import Baseline, scored_at
from spcl.store.baselines.statistics import SCORES_KEYS, Statistics, statistics_of
from spcl.store.baselines.writer import record_baselines
from spcl.store.compared.counted import Counted, counted
from spcl.store.compared.paired import Paired, over_seeds_and_images
from spcl.store.reader import Run, last_row_per_step


@dataclass(frozen=True)
class ArmScore:
    """What one arm reached with one seed.

    Attributes:
        arm: its name.
        run: the run it was read off.
        baseline: its scores on target/val.
        counts: the same as counts, of the split and of single images.
        statistics: whose batch-norm statistics the model was read with; None if nobody recorded.
        seconds: of training after the warm-up; None where that is not recorded, or none was.
    """

    arm: str
    run: Run
    baseline: Baseline
    counts: Counted
    statistics: Statistics | None
    seconds: float | None

    @property
    def seed(self) -> int:
        """Return the seed of its run."""
        return self.baseline.seed

    @property
    def mean_iou(self) -> float:
        """Return the mean IoU, in [0, 1]."""
        return self.baseline.mean_iou


def score_of(run: Run, arm: Arm) -> ArmScore:
    """Read what `arm` reached off the run that holds it (StoreError: no labels)."""
    info, steps = run.info(), run.steps()
    step = info.before_step if arm.name == "before" else steps[-1]
    assert step is not None, "a finished run has a step before adaptation"
    scores = run.snapshot(step).scores
    has_both = scores.get(SCORES_KEYS["source"]) is not None
    key = SCORES_KEYS["source" if arm.is_on_source and has_both else "target"]
    baseline = scored_at(run, step, name=arm.name, what=arm.what, statistics=key)
    counts = counted(scores[key], len(info.label_space))
    assert counts is not None, "what has a mean IoU has been counted"
    seconds = _seconds(run, after=info.before_step or 0) if arm.name != "before" else None
    return ArmScore(arm.name, run, baseline, counts, statistics_of(info, step, key=key), seconds)


def _seconds(run: Run, *, after: int) -> float | None:
    """Return the seconds that the updates after a step took."""
    rows = [row for row in last_row_per_step(run.metrics().read()) if row["step"] > after]
    seconds = [row.get("seconds_per_step") for row in rows]
    known = [float(one) for one in seconds if isinstance(one, int | float)]
    return sum(known) if known else None


def scores_of(plan: Plan) -> list[ArmScore]:
    """Read all arms and seeds of a comparison whose runs are finished."""
    return [score_of(plan.run_of(arm, seed), arm) for seed in plan.seeds for arm in plan.arms]


def record_comparison(plan: Plan, scores: Sequence[ArmScore]) -> None:
    """Record the scores of the other built-in arms with each run of the method."""
    switches = {arm.name for arm in plan.arms if arm.is_switch}
    others = [one.baseline for one in scores if one.arm not in switches]
    for one in scores:
        if one.arm == METHOD:
            own = one.baseline.run
            record_baselines(one.run, [other for other in others if other.run != own])


def by_arm(scores: Sequence[ArmScore]) -> dict[str, list[ArmScore]]:
    """Return the scores of each arm, in the order in which they were asked for."""
    found: dict[str, list[ArmScore]] = {}
    for score in scores:
        found.setdefault(score.arm, []).append(score)
    return found


def difference(first: Sequence[ArmScore], second: Sequence[ArmScore]) -> Paired | None:
    """Return the second arm against the first, seed by seed; None where they share no seed."""
    others = {one.seed: one for one in second}
    ordered = sorted(first, key=lambda one: one.seed)  # one order of seeds, one interval
    pairs = [(one.counts, others[one.seed].counts) for one in ordered if one.seed in others]
    return over_seeds_and_images(pairs) if pairs else None


def gap_closed(arms: Mapping[str, Sequence[ArmScore]], name: str) -> float | None:
    """Return which share of the way from source-only to the oracle an arm has gone.

    1 is the oracle's level. Over the seeds that all three have; None without one of them.
    """
    if not {"source_only", "oracle", name} <= arms.keys():
        return None
    seeds = set.intersection(
        *({one.seed for one in arms[arm]} for arm in ("source_only", "oracle", name))
    )
    low, high, own = (_mean(arms[arm], seeds) for arm in ("source_only", "oracle", name))
    share = (own - low) / (high - low) if high != low else math.nan
    return share if math.isfinite(share) else None


def _mean(scores: Sequence[ArmScore], seeds: set[int]) -> float:
    known = [one.mean_iou for one in scores if one.seed in seeds]
    return sum(known) / len(known) if known else math.nan


def as_json(score: ArmScore) -> dict[str, Any]:
    """Return what one arm reached with one seed, as plain values; IoU in [0, 1]."""
    return {
        "run": score.baseline.run,
        "path": str(score.run.path),
        "seed": score.seed,
        "step": score.baseline.step,
        "statistics": score.statistics,
        "mean_iou": score.mean_iou,
        "seconds": score.seconds,
    }
