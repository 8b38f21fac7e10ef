"""The alarms that compare a snapshot with earlier ones."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spcl.analysis.measures import margins, prototypes, scatter
from spcl.analysis.measures.table import Context, labelings
from spcl.store.counts import Counts, class_counts
from spcl.store.limits import Limits
from spcl.store.names import EventKind
from spcl.store.reader import Snapshot
from spcl.store.schema import DOMAINS

LEAST_DRIFTS = 3
"""A median of fewer earlier drifts says nothing."""
TARGET = DOMAINS.index("target")


class Alarm(NamedTuple):
    """What a rule reports; the judge adds the step. The fields are those of `EventRow`."""

    kind: EventKind
    class_name: str | None
    number: float
    limit: float
    sentence: str
    rival: str | None = None


def rank_falls(snapshot: Snapshot, earlier: Sequence[Snapshot], share: float) -> Iterator[Alarm]:
    """Yield an event if the prototypes use far fewer directions than they once did."""
    ranks = [_rank(other) for other in (*earlier, snapshot)]
    most = max((rank for rank in ranks[:-1] if np.isfinite(rank)), default=float("nan"))
    if ranks[-1] < share * most:
        text = (
            f"The prototypes use {ranks[-1]:.1f} directions, {most:.1f} at their best: they are "
            "collapsing; try prototypes.absent=keep, prototypes.normalize=true or a lower rate."
        )
        yield Alarm(EventKind.RANK_FALLS, None, ranks[-1], share * most, text)


def _rank(snapshot: Snapshot) -> float:
    found = snapshot.prototypes
    return prototypes.effective_rank(found["vectors"], found["seen"])


def starving(
    row: Sequence[Snapshot], known: Sequence[Snapshot], context: Context, limits: Limits
) -> Iterator[Alarm]:
    """Yield the classes that have had no pseudo labels for some snapshots in a row.

    Args:
        row: the snapshots of the adaptation up to the one judged, ascending.
        known: earlier snapshots, which tell how many a class had at best.
        context: class names and probe pixels; a class known to be absent in target is left out.
        limits: `starving_snapshots`, `starving_share`.
    """
    recent = row[-limits.starving_snapshots :]
    if len(recent) < limits.starving_snapshots:
        return
    num_classes = len(context.names)
    counts = np.stack([_kept(snapshot, context) for snapshot in recent]).max(axis=0)
    best = np.stack([_kept(snapshot, context) for snapshot in (*known, *row)]).max(axis=0)
    occurs = class_counts(context.truth[context.domain == TARGET], num_classes) > 0
    if not occurs.any():
        occurs = np.ones(num_classes, bool)
    for k in np.flatnonzero(occurs & row[-1].prototypes["seen"]):
        limit = limits.starving_share * best[k]
        if counts[k] <= limit:
            text = (
                f"{context.names[k]} has had {_few(counts[k])} for {len(recent)} snapshots; "
                'try a lower pseudo_labels.quantile or data.sampling="rare_class".'
            )
            yield Alarm(EventKind.CLASS_STARVES, context.names[k], counts[k], limit, text)


def _few(count: int) -> str:
    return f"no more than {count} pseudo labels" if count else "no pseudo labels"


def _kept(snapshot: Snapshot, context: Context) -> Counts:
    found = snapshot.predictions
    chosen = found["class_id"][found["kept"] & (context.domain == TARGET)]
    return class_counts(chosen, len(context.names))


def sudden_drift(row: Sequence[Snapshot], context: Context, limits: Limits) -> Iterator[Alarm]:
    """Yield the prototypes whose last drift is many times the median of the earlier ones.

    Args:
        row: snapshots of one stage up to the one judged, ascending.
        context: class names.
        limits: `drift_times`, `least_drift`.
    """
    if len(row) < LEAST_DRIFTS + 2:
        return
    tables = [snapshot.prototypes for snapshot in row]
    drifts = np.stack(
        [
            prototypes.drift(b["vectors"], a["vectors"], b["seen"], a["seen"])
            for a, b in zip(tables[:-1], tables[1:], strict=True)
        ]
    )
    spans = np.diff([snapshot.step for snapshot in row])
    rates = drifts / spans[:, None]
    for k, name in enumerate(context.names):
        usual, now = rates[:-1, k], rates[-1, k]
        usual = usual[np.isfinite(usual)]
        if len(usual) < LEAST_DRIFTS or not drifts[-1, k] > limits.least_drift:
            continue
        limit = limits.drift_times * float(np.median(usual))
        if now > limit:
            times = now / max(float(np.median(usual)), 1e-12)
            text = (
                f"The prototype of {name} moved {min(times, 999):.0f} times as fast as it used to; "
                "look at the pixels of its last update, and try a higher prototypes.momentum."
            )
            yield Alarm(EventKind.SUDDEN_DRIFT, name, drifts[-1, k], limit * spans[-1], text)


def gap_grows(
    snapshot: Snapshot, before: Snapshot, context: Context, limits: Limits
) -> Iterator[Alarm]:
    """Yield the classes whose domains have moved apart since before."""
    now, then = (_gaps(one, context) for one in (snapshot, before))
    for name, gap, first in zip(context.names, now, then, strict=True):
        limit = max(limits.gap_times * first, first + limits.least_gap)
        if gap > limit:
            text = (
                f"The domain gap of {name} has grown from {first:.2f} to {gap:.2f} spreads; "
                "look at its target pixels, and try more pseudo labels or a lower learning rate."
            )
            yield Alarm(EventKind.GAP_GROWS, name, gap, limit, text)


def _gaps(snapshot: Snapshot, context: Context) -> NDArray[np.float64]:
    source = dict(labelings(snapshot, context, "source"))
    target = dict(labelings(snapshot, context, "target"))
    labels = "truth" if "truth" in source and "truth" in target else "pseudo"
    return scatter.domain_gap(snapshot.features, source[labels], target[labels], len(context.names))


def misplaced_confidence(
    snapshot: Snapshot, before: Snapshot, context: Context, limits: Limits
) -> Iterator[Alarm]:
    """Yield an event if the model got surer on target while its prototypes agree with it less."""
    (sure, agree), (was_sure, agreed) = (_trust(one, context) for one in (snapshot, before))
    rise, fall = sure - was_sure, agreed - agree
    if rise > limits.confidence_rise and fall > limits.agreement_fall:
        text = (
            f"On target the confidence rose by {100 * rise:.0f} points while the nearest prototype "
            f"agrees with the prediction on {100 * fall:.0f} % fewer pixels; the pseudo labels may "
            "be confirming themselves: try a higher pseudo_labels.cap or a smaller "
            "adapt.target_weight."
        )
        yield Alarm(EventKind.MISPLACED_CONFIDENCE, None, fall, limits.agreement_fall, text)


def _trust(snapshot: Snapshot, context: Context) -> tuple[float, float]:
    """Return mean confidence and share of pixels nearest to the predicted class, on target."""
    inside = context.domain == TARGET
    found, centers = snapshot.predictions, snapshot.prototypes
    cosines = margins.similarities(snapshot.features[inside], centers["vectors"], centers["seen"])
    agrees = cosines.argmax(axis=1) == found["class_id"][inside]
    return float(found["confidence"][inside].astype(np.float64).mean()), float(agrees.mean())
