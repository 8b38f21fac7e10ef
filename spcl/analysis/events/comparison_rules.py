"""The alarms that compare a snapshot with earlier ones."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from spcl.analysis.events.alarm import Alarm, first_upper
from spcl.analysis.formulas import margins, prototypes, scatter
from spcl.analysis.measures.history import TARGET, Trace
from spcl.analysis.measures.table import Context, labelings
from spcl.store.limits import Limits
from spcl.store.names import EventKind, MeasureRow
from spcl.store.reader import Snapshot
from spcl.store.scores.counts import class_counts
from spcl.store.scores.whole import on_the_same_images

LEAST_DRIFTS = 3
"""A median of fewer earlier drifts says nothing."""


def rank_falls(now: Trace, earlier: Sequence[Trace], share: float) -> Iterator[Alarm]:
    """Yield an alarm if the prototypes use far fewer directions than they once did."""
    most = earlier[-1].highest_rank if earlier else float("nan")
    if now.rank < share * most:
        text = (
            f"The prototypes use {now.rank:.1f} directions, {most:.1f} at their best: they are "
            "collapsing; try prototypes.absent=keep, prototypes.normalize=true or a lower rate."
        )
        yield Alarm(EventKind.RANK_FALLS, None, now.rank, share * most, text)


def starving(adapted: Sequence[Trace], context: Context, limits: Limits) -> Iterator[Alarm]:
    """Yield the classes that have had no pseudo labels for some snapshots in a row.

    Args:
        adapted: the snapshots of the adaptation up to the one judged, ascending.
        context: class names and probe pixels; a class known to be absent in target is left out.
        limits: `starving_snapshots`, `starving_share`.
    """
    recent, now = adapted[-limits.starving_snapshots :], adapted[-1]
    if len(recent) < limits.starving_snapshots:
        return
    counts = np.max([one.kept for one in recent], axis=0)
    occurs = class_counts(context.truth[context.domain == TARGET], len(context.names)) > 0
    if not occurs.any():
        occurs = np.ones(len(context.names), bool)
    for k in np.flatnonzero(occurs & now.seen):
        limit = limits.starving_share * now.most_kept[k]
        if counts[k] <= limit:
            text = (
                f"{first_upper(context.shown(context.names[k]))} has had {_few(counts[k])} "
                f"for {len(recent)} snapshots; "
                'try a lower pseudo_labels.quantile or data.sampling="rare_class".'
            )
            yield Alarm(EventKind.CLASS_STARVES, context.names[k], counts[k], limit, text)


def _few(count: int) -> str:
    return f"no more than {count} pseudo labels" if count else "no pseudo labels"


def sudden_drift(
    since_before: Sequence[Trace], context: Context, limits: Limits
) -> Iterator[Alarm]:
    """Yield the prototypes whose last drift is many times the median of the earlier ones.

    Args:
        since_before: the last snapshot of the warm-up and those after it, ascending.
        context: class names.
        limits: `drift_times`, `least_drift`.
    """
    if len(since_before) < LEAST_DRIFTS + 2:
        return
    drifts = np.stack([one.drift for one in since_before[1:]])
    spans = np.diff([one.step for one in since_before])
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
                f"The prototype of {context.shown(name)} moved {min(times, 999):.0f} times as "
                "fast as it used to; look at the pixels of its last update, and try a higher "
                "prototypes.momentum."
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
                f"The domain gap of {context.shown(name)} has grown from {first:.2f} to {gap:.2f} "
                "spreads; look at its target pixels, and try more pseudo labels or a lower "
                "learning rate."
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
    if not (snapshot.prototypes["seen"].any() and before.prototypes["seen"].any()):
        return
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
    predicted, centers = snapshot.predictions, snapshot.prototypes
    cosines = margins.similarities(snapshot.features[inside], centers["vectors"], centers["seen"])
    agrees = cosines.argmax(axis=1) == predicted["class_id"][inside]
    return float(predicted["confidence"][inside].astype(np.float64).mean()), float(agrees.mean())


def close_prototypes(
    rows: Sequence[MeasureRow], before: Snapshot, context: Context, limits: Limits
) -> Iterator[Alarm]:
    """Yield pairs that have become too alike; thin classes share their cells from the start."""
    table, names = before.prototypes, context.names
    first = prototypes.cosine_matrix(table["vectors"], table["seen"])
    for row in rows:
        if row.measure != "prototype_cosine":
            continue
        was = first[names.index(str(row.class_name)), names.index(str(row.rival))]
        limit = max(limits.prototype_cosine, np.nan_to_num(was) + limits.cosine_rise)
        if row.value > limit:
            text = (
                f"The prototypes of {context.shown(row.class_name)} and {context.shown(row.rival)} "
                f"have cosine {row.value:.2f}, up from {was:.2f} before; "
                "try a higher contrast ratio, or see whether the two classes look alike."
            )
            kind = EventKind.PROTOTYPES_CLOSE
            yield Alarm(kind, row.class_name, row.value, limit, text, rival=row.rival)


def lost(snapshot: Snapshot, before: Snapshot, context: Context, limits: Limits) -> Iterator[Alarm]:
    """Yield the classes that have lost IoU on target since before."""
    now, then = snapshot.scores.get("target"), before.scores.get("target")
    if not now or not then:
        return
    values = zip(context.names, *on_the_same_images(now, then), strict=True)
    for name, after, first in values:
        if after is None or first is None:
            continue
        change = 100 * (after - first)
        if np.isfinite(change) and change < -limits.lost_points:
            text = (
                f"{first_upper(context.shown(name))} has lost {-change:.1f} points of IoU on "
                "target since before; look at its masks, and try a smaller adapt.target_weight."
            )
            yield Alarm(EventKind.CLASS_LOST, name, change, -limits.lost_points, text)
