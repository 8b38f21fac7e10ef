"""What is checked of every snapshot and against which limit, so that "no alarms" says something."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spcl.store.limits import Limits
from spcl.store.names import EventKind
from spcl.store.schema import RunInfo


@dataclass(frozen=True)
class Check:
    """A kind of alarm, and what holds as long as it is not raised."""

    kind: EventKind
    sentence: str


@dataclass(frozen=True)
class _Rule:
    kind: EventKind
    sentence: Callable[[Limits], str]
    needs: Sequence[str] = ()
    """Of "features", "prototypes", "thresholds" (as in `absent`), "labels", "reference"."""


def _percent(share: float) -> str:
    return f"{100 * share:g} %"


_RULES = (
    _Rule(EventKind.NOT_FINITE, lambda _: "Loss and features are finite numbers"),
    _Rule(
        EventKind.CLASS_LOST,
        lambda limits: f"No class lost over {limits.lost_points:g} points",
        ("labels", "reference"),
    ),
    _Rule(
        EventKind.CLASS_STARVES,
        lambda limits: (
            f"Every class keeps {_percent(limits.starving_share)} of its most pseudo labels"
        ),
        ("thresholds",),
    ),
    _Rule(
        EventKind.LABELS_NOT_LEARNT,
        lambda limits: f"The model learns {_percent(limits.label_agreement)} of its pseudo labels",
        ("thresholds",),
    ),
    _Rule(
        EventKind.MISPLACED_CONFIDENCE,
        lambda limits: (
            f"Confidence does not rise by {limits.confidence_rise:g} while agreement falls by "
            f"{limits.agreement_fall:g}"
        ),
        ("features", "confidence", "reference"),
    ),
    _Rule(
        EventKind.GAP_GROWS,
        lambda limits: f"No domain gap is over {limits.gap_times:g} times that before",
        ("features", "reference"),
    ),
    _Rule(
        EventKind.RANK_FALLS,
        lambda limits: f"Prototypes keep {_percent(limits.rank_share)} of their directions",
        ("features",),
    ),
    _Rule(
        EventKind.PROTOTYPES_CLOSE,
        lambda limits: f"No two prototypes are closer than cosine {limits.prototype_cosine:g}",
        ("features", "reference"),
    ),
    _Rule(
        EventKind.SUDDEN_DRIFT,
        lambda limits: f"No prototype jumps over {limits.drift_times:g} times its usual way",
        ("features",),
    ),
    _Rule(
        EventKind.PROTOTYPE_FADES,
        lambda limits: f"No prototype is under {_percent(limits.faded_share)} of the longest",
        ("features",),
    ),
    _Rule(
        EventKind.PROTOTYPE_UNSEEN,
        lambda limits: f"Every class was seen in the last {limits.prototype_age:,} updates",
        ("features", "prototypes"),
    ),
)


def checks(info: RunInfo, *, has_labels: bool, has_reference: bool) -> list[Check]:
    """Return what was checked of a snapshot, the most urgent first.

    Args:
        info: of the run, whose configuration holds the limits.
        has_labels: whether the target has labels to score by.
        has_reference: whether the step is later than the one that it is compared with.
    """
    lacking = set(info.absent)
    if not has_labels:
        lacking.add("labels")
    if not has_reference:
        lacking.add("reference")
    limits = Limits.of(info.config)
    return [
        Check(rule.kind, rule.sentence(limits)) for rule in _RULES if lacking.isdisjoint(rule.needs)
    ]
