"""One line an arm: its mIoU, how it differs from a named arm, and how well its classes part."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spcl.ablation.scores import ArmScore, by_arm, difference, gap_closed
from spcl.commands.arms.separability import Separability, mean_of
from spcl.store.baselines.statistics import Statistics
from spcl.store.compared.paired import Paired

Parted = Mapping[tuple[str, int], Separability]
"""Arm and seed -> its separability."""


@dataclass(frozen=True)
class Line:
    """What is told of one arm.

    Attributes:
        name: the arm.
        scores: what it reached, seed by seed.
        mean: mean IoU over seeds, in [0, 1].
        spread: standard deviation over seeds; NaN with one.
        gap_closed: share of the way from source-only to the oracle; None without them.
        paired: against the named arm; None for itself, or without a common seed.
        separability: means over the seeds.
        seconds: of training after the warm-up, mean over the seeds.
    """

    name: str
    scores: tuple[ArmScore, ...]
    mean: float
    spread: float
    gap_closed: float | None
    paired: Paired | None
    separability: Separability
    seconds: float | None

    @property
    def statistics(self) -> Statistics | None:
        """Return whose batch-norm statistics all its seeds were read with; None if they differ."""
        found = {score.statistics for score in self.scores}
        return found.pop() if len(found) == 1 else None


def summarized(scores: Sequence[ArmScore], *, against: str, parted: Parted) -> list[Line]:
    """Return a line for each arm, in the order asked for."""
    arms = by_arm(scores)
    return [
        Line(
            name,
            tuple(rows),
            float(np.mean([row.mean_iou for row in rows])),
            float(np.std([row.mean_iou for row in rows], ddof=1)) if len(rows) > 1 else math.nan,
            gap_closed(arms, name),
            None if name == against else difference(arms[against], rows),
            mean_of([parted[name, row.seed] for row in rows]),
            _mean_seconds(rows),
        )
        for name, rows in arms.items()
    ]


def _mean_seconds(rows: Sequence[ArmScore]) -> float | None:
    known = [row.seconds for row in rows if row.seconds is not None]
    return sum(known) / len(known) if known else None
