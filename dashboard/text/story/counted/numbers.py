"""The numbers that the story is told from, and what they allow to be said."""

import math
from dataclasses import dataclass
from typing import Literal

from dashboard.text.common import points
from dashboard.text.scores.baselines import Mark
from dashboard.text.story.counted.parts import (
    Gap,
    Kind,
    Named,
    Other,
    Picture,
    Rival,
    Tally,
    stands_out,
)

FEW_PICTURES = 10
"""Below so many pictures no verdict is given: a single one would turn it."""
WORTH_SAYING_POINTS = 0.5
"""A change of mIoU below it is none."""

Phase = Literal["learning", "turning", "adapted"]
"""Still on the source alone; at its end, where adaptation starts; after it."""
Verdict = Literal["better", "worse", "mixed", "same", "few"]


@dataclass(frozen=True)
class StoryNumbers:
    """Everything the sentences of the story may say of a run.

    Tallies are None where there are no labels or no such snapshot; `mean_*` NaN likewise.
    """

    title: str
    run_id: str
    source: str
    """What the source is called, e.g. "day"."""
    target: str
    status: str
    step: int
    """The snapshot shown."""
    reached: int
    """How far the training is."""
    total_steps: int
    turns_at: int | None
    """Where adaptation starts; None where the run does not say."""
    phase: Phase
    num_classes: int
    seed: int
    examples: tuple[str, ...] = ()
    """Names of a few classes."""
    commit: str | None = None
    notes: tuple[str, ...] = ()
    arm: str = "spcl"
    selected_by: str = "last"
    is_drawn: bool = False
    saw_target_early: bool = False
    """Whether the warm-up has used target pictures."""
    num_source: int = 0
    """Pictures scored of the source."""
    num_target: int = 0
    """Pictures of the target: scored, or looked at where there are no labels."""
    source_before: Tally | None = None
    source_now: Tally | None = None
    target_before: Tally | None = None
    target_now: Tally | None = None
    mean_before: float = math.nan
    mean_now: float = math.nan
    mean_of_13: float | None = None
    """Where the 16 classes of SYNTHIA are scored, the mean now without the thin ones."""
    num_counted: int = 0
    """Classes in the mean."""
    is_grouped: bool = False
    kinds: tuple[Kind, ...] = ()
    """Classes, or groups of them where there are many, worst first."""
    classes: tuple[Kind, ...] = ()
    """Classes, worst first."""
    pictures: tuple[Picture, ...] = ()
    renamed: Tally | None = None
    """Without labels: the target's pixels that are called something else than before."""
    named: tuple[Named, ...] = ()
    gap: Gap | None = None
    has_map: bool = False
    rivals: tuple[Rival, ...] = ()
    """Finished ones only, best last."""
    marks: tuple[Mark, ...] = ()
    compare_command: str = ""
    others: tuple[Other, ...] = ()

    @property
    def is_scored(self) -> bool:
        """Return whether the target has labels."""
        return self.target_now is not None

    @property
    def is_compared(self) -> bool:
        """Return whether right and wrong can be counted before and now."""
        return self.target_now is not None and self.target_before is not None

    @property
    def at_the_start(self) -> tuple[Tally | None, Tally | None]:
        """Return source and target where adaptation starts, as far as they are known."""
        if self.phase == "turning":
            return self.source_now, self.target_now
        return self.source_before, self.target_before

    @property
    def is_the_method(self) -> bool:
        """Return whether it learned from unlabelled target pictures."""
        return self.arm in ("spcl", "self_training")

    @property
    def is_whole(self) -> bool:
        """Return whether the result of a finished run is shown."""
        return self.status == "finished" and self.step >= self.total_steps

    @property
    def gain(self) -> int:
        """Return the change of the target's pixels right, of 100; 0 where nothing is compared."""
        if self.target_now is None or self.target_before is None:
            return 0
        return self.target_now.of_100 - self.target_before.of_100

    @property
    def mean_points(self) -> float:
        """Return the change of mIoU in points; 0 where nothing is compared."""
        known = math.isfinite(self.mean_before) and math.isfinite(self.mean_now)
        return points(self.mean_before, self.mean_now) if known else 0.0

    @property
    def improved(self) -> int:
        """Return how many pictures gained."""
        return sum(picture.gain > 0 for picture in self.pictures)

    @property
    def harmed(self) -> int:
        """Return how many pictures lost."""
        return sum(picture.gain < 0 for picture in self.pictures)

    @property
    def known_kinds(self) -> tuple[Kind, ...]:
        """Return the kinds with pixels enough, worst first."""
        return tuple(kind for kind in self.kinds if kind.is_known)

    @property
    def best_rival(self) -> Rival | None:
        """Return the strongest simpler model, to hold a finished run against."""
        return self.rivals[-1] if self.rivals and self.is_whole else None

    @property
    def verdict(self) -> Verdict:
        """Return what may be said of the target (it must be compared)."""
        assert self.target_now is not None, "nothing is compared"
        if len(self.pictures) < FEW_PICTURES or self.target_now.is_few:
            return "few"
        mean = self.mean_points if abs(self.mean_points) >= WORTH_SAYING_POINTS else 0.0
        signs = {_sign(self.gain), _sign(mean), _sign(self.improved - self.harmed)} - {0}
        if not self.gain:
            return "mixed" if signs else "same"
        if len(signs) > 1 or not stands_out([picture.gain for picture in self.pictures]):
            return "mixed"
        return "better" if self.gain > 0 else "worse"


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
