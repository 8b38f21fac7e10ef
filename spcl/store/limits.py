"""Where alarms begin: `events.*` of the configuration, for whoever sets, judges or shows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

_SHARE = {"ge": 0, "le": 1}


def _limit(default: float, description: str, **allowed: float) -> Any:
    """Return a field; pydantic reads help and range from its metadata."""
    return field(default=default, metadata={"description": description, "strict": True, **allowed})


@dataclass(frozen=True)
class Limits:
    """Where an alarm begins: the section `events` of the configuration, with its defaults."""

    __pydantic_config__: ClassVar = {"extra": "forbid", "allow_inf_nan": False}

    prototype_cosine: float = _limit(0.8, "two prototypes this alike are nearly one, if ...")
    cosine_rise: float = _limit(0.1, "... before adaptation they were this much less alike")
    rank_share: float = _limit(
        0.6, "effective rank over its highest so far; below it the prototypes collapse", **_SHARE
    )
    faded_share: float = _limit(
        0.2, "length of a prototype over that of the longest; below it it has faded", **_SHARE
    )
    prototype_age: int = _limit(50, "updates without a pixel of the class", ge=0)
    starving_snapshots: int = _limit(
        2, "snapshots in a row without pseudo labels after which a class starves", ge=1
    )
    starving_share: float = _limit(
        0.05, "share of the most pseudo labels a class had; fewer count as none", **_SHARE
    )
    drift_times: float = _limit(5.0, "drift over the median of the earlier ones")
    least_drift: float = _limit(0.02, "a smaller drift (1 - cosine) is never sudden")
    gap_times: float = _limit(2.0, "domain gap over that before adaptation, and ...")
    least_gap: float = _limit(0.5, "... at least so many spreads more")
    confidence_rise: float = _limit(0.05, "rise of the mean confidence on target, while ...")
    agreement_fall: float = _limit(
        0.1, "... the share of pixels whose nearest prototype agrees falls by this"
    )
    label_agreement: float = _limit(
        0.5, "share of its pseudo labels the student agrees with; below it they are not learnt"
    )
    lost_points: float = _limit(10.0, "IoU points a class has lost on target since before")

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Limits":
        """Return the limits of a run's configuration; its other keys are ignored."""
        wanted = config.get("events") or {}
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in wanted.items() if name in known})
