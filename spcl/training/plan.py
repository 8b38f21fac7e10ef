"""A stage of a run as the loop goes through it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from spcl.store.baselines.statistics import Statistics
from spcl.training.optimizer import Report


class TargetScore(NamedTuple):
    """The latest score on target/val: mean IoU in [0, 1], and whose statistics it is read with."""

    mean_iou: float
    statistics: Statistics


OnUpdate = Callable[[int, int, str, TargetScore | None], None]
"""Called after every update with the step, all steps, the stage, and the target's score."""


@dataclass(frozen=True)
class TrainingStage:
    """One row of the plan.

    Attributes:
        name: what metrics and run.json call it.
        last_step: updates done when it ends, counted from the start of the run.
        begin: prepare it; called again when a run is continued inside the stage or after it.
        update: learn once from the batches of a step.
    """

    name: str
    last_step: int
    begin: Callable[[], None]
    update: Callable[[int], Report]
