"""Where alarms begin: what `run.json` keeps of `events.*`, for whoever judges or shows a run."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Limits:
    """Where an alarm begins; set by `events.*` in the configuration.

    Attributes:
        prototype_cosine: two prototypes this alike are nearly one, if ...
        cosine_rise: ... they were less alike before adaptation by at least this.
        rank_share: effective rank below this share of its highest so far is a collapse.
        faded_share: a prototype shorter than this share of the longest one has faded.
        prototype_age: updates without a pixel after which a prototype is stale.
        starving_snapshots: snapshots in a row without pseudo labels after which a class starves.
        starving_share: fewer pseudo labels than this share of the class's most so far are none.
        drift_times: times the median of its earlier drifts.
        least_drift: a smaller drift (1 - cosine) is never sudden.
        gap_times: times the domain gap before adaptation, and ...
        least_gap: ... at least this much more (spreads).
        confidence_rise: rise of the mean confidence on target since before, while ...
        agreement_fall: ... the share of pixels whose nearest prototype agrees falls by this.
        label_agreement: mean share of pseudo labels that the student gives its pixels, too; below
            this they cannot be learnt.
        lost_points: IoU points lost on target since before.
    """

    prototype_cosine: float = 0.8
    cosine_rise: float = 0.1
    rank_share: float = 0.6
    faded_share: float = 0.2
    prototype_age: int = 50
    starving_snapshots: int = 2
    starving_share: float = 0.05
    drift_times: float = 5.0
    least_drift: float = 0.02
    gap_times: float = 2.0
    least_gap: float = 0.5
    confidence_rise: float = 0.05
    agreement_fall: float = 0.1
    label_agreement: float = 0.5
    lost_points: float = 10.0

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Limits":
        """Return the limits of a run's configuration; its other keys are ignored."""
        wanted = config.get("events") or {}
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in wanted.items() if name in known})
