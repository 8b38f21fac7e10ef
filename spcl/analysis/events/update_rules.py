"""The alarms that the updates since the last snapshot raise: bad losses, labels not learnt."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from spcl.analysis.events.alarm import CALMER, Alarm
from spcl.store.limits import Limits
from spcl.store.names import EventKind


class UpdateHealth(NamedTuple):
    """What the rules look at in a row of the metrics.

    Attributes:
        is_finite: whether every loss is a number.
        agreement: share of pseudo labels that the student agrees with; None where it has none.
    """

    is_finite: bool
    agreement: float | None


def update_health(row: Mapping[str, Any]) -> UpdateHealth:
    """Return the health of one update from its row of the metrics."""
    is_finite = all(value is not None for key, value in row.items() if key.startswith("loss/"))
    return UpdateHealth(is_finite, row.get("pseudo_labels/agreement"))


def bad_losses(updates: Mapping[int, UpdateHealth]) -> Iterator[Alarm]:
    """Yield an alarm if a loss was not a number, by step."""
    bad = [step for step, health in updates.items() if not health.is_finite]
    if bad:
        times = f"at step {bad[0]}" if len(bad) == 1 else f"{len(bad)} times from step {bad[0]} on"
        text = f"A loss was not a number {times}; {CALMER}."
        yield Alarm(EventKind.NOT_FINITE, None, len(bad), 0, text)


def not_learnt(updates: Mapping[int, UpdateHealth], limits: Limits) -> Iterator[Alarm]:
    """Yield an alarm if the student does not learn the labels it is given."""
    known = [one.agreement for one in updates.values() if one.agreement is not None]
    share = float(np.mean(known)) if known else 1.0
    if share < limits.label_agreement:
        text = (
            f"The model gives only {100 * share:.0f} % of its pseudo-labelled pixels their label: "
            "the labels contradict one another or their images; check that they belong together, "
            "and try a higher pseudo_labels.cap or a smaller adapt.target_weight."
        )
        yield Alarm(EventKind.LABELS_NOT_LEARNT, None, share, limits.label_agreement, text)
