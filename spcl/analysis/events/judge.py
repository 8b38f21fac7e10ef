"""What should make somebody look: a row for every snapshot at which a limit is passed.

Each snapshot is judged by itself and by the snapshots before it, which exist whenever it does, so
that snapshots can be analysed in any order; since when a condition holds is read off the rows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from spcl.analysis.events import rules
from spcl.analysis.events.rules import Alarm
from spcl.analysis.measures import prototypes
from spcl.analysis.measures.snapshot import rows_at
from spcl.analysis.measures.table import Context, context_of
from spcl.store.errors import StoreError
from spcl.store.limits import Limits
from spcl.store.names import FAILED, EventKind, EventRow, MeasureRow
from spcl.store.reader import Run, Snapshot, last_row_per_step

_CALMER = "try a lower learning rate or a smaller optimizer.clip"


class Watched(NamedTuple):
    """What alarms look at in a row of the metrics.

    Attributes:
        is_finite: whether every loss is a number.
        agreement: share of pseudo labels that the student agrees with; None where it has none.
    """

    is_finite: bool
    agreement: float | None


def watched(row: Mapping[str, Any]) -> Watched:
    """Return what is watched of a row of the metrics."""
    is_finite = all(value is not None for key, value in row.items() if key.startswith("loss/"))
    return Watched(is_finite, row.get("pseudo_labels/agreement"))


def all_events(run: Run) -> list[EventRow]:
    """Return the events of a run, ascending; computed afresh, nothing is written."""
    context = context_of(run)
    updates = {row["step"]: watched(row) for row in last_row_per_step(run.metrics().read())}
    judged = [
        event
        for step in run.steps()
        for event in events_at(run, step, context, rows_at(run, step, context), updates)
    ]
    return [*judged, *events_of_the_end(run, updates)]


def events_of_the_end(run: Run, updates: Mapping[int, Watched]) -> list[EventRow]:
    """Return the events of the updates after the last snapshot of a run that has ended.

    A loss that is no number ends a training, so that no snapshot judges it any more; the last one
    there is bears the event.
    """
    if not run.steps() or run.status().kind in ("running", "stalled"):
        return []
    last = run.steps()[-1]
    left = {step: seen for step, seen in sorted(updates.items()) if step > last}
    return [_at(last, alarm) for alarm in _bad_losses(left)]


def events_at(
    run: Run,
    step: int,
    context: Context,
    rows: Sequence[MeasureRow],
    updates: Mapping[int, Watched],
) -> list[EventRow]:
    """Return the events of the snapshot at `step`, with its references looked up.

    Args:
        run: the run.
        step: of the snapshot that is judged.
        context: from `context_of(run)`.
        rows: its measures, from `rows_at`.
        updates: what each update so far was like, by step.
    """
    info, steps = run.info(), run.steps()
    before = info.before_step
    earlier = [other for other in steps if other < step]
    previous = max(earlier, default=-1)
    return events_of(
        rows,
        snapshot=run.snapshot(step),
        context=context,
        before=run.snapshot(before) if before is not None and before in steps else None,
        earlier=[run.snapshot(other) for other in earlier],
        updates={at: seen for at, seen in sorted(updates.items()) if previous < at <= step},
        limits=Limits.of(info.config),
    )


def events_of(
    rows: Sequence[MeasureRow],
    *,
    snapshot: Snapshot,
    context: Context,
    before: Snapshot | None = None,
    earlier: Sequence[Snapshot] = (),
    updates: Mapping[int, Watched] | None = None,
    limits: Limits | None = None,
) -> list[EventRow]:
    """Return the events of a snapshot.

    Args:
        rows: its measures, from `measures.snapshot_rows`.
        snapshot: what is judged.
        context: class names and probe pixels.
        before: the snapshot that ends the warm-up, if there is one.
        earlier: all snapshots before this one, ascending.
        updates: the updates since the snapshot before, by step, ascending.
        limits: where an alarm begins.
    """
    limits, updates = limits or Limits(), updates or {}
    raised = [
        *_failed(rows),
        *(list(_bad_losses(updates)) or _bad_features(snapshot)),
        *_not_learnt(updates, limits),
        *_unseen(rows, limits),
        *_faded(rows, limits),
    ]
    comparisons: list[Callable[[], Iterable[Alarm]]] = [
        lambda: rules.rank_falls(snapshot, earlier, limits.rank_share)
    ]
    if before is not None and before.step < snapshot.step:
        row = [*(other for other in earlier if other.step > before.step), snapshot]
        comparisons += [
            lambda: _close_prototypes(rows, before, context, limits),
            lambda: rules.starving(row, [before, *earlier], context, limits),
            lambda: rules.sudden_drift([before, *row], context, limits),
            lambda: rules.gap_grows(snapshot, before, context, limits),
            lambda: rules.misplaced_confidence(snapshot, before, context, limits),
            lambda: _lost(snapshot, before, context, limits),
        ]
    raised += [alarm for compare in comparisons for alarm in _compared(compare)]
    return [_at(snapshot.step, alarm) for alarm in raised]


def _at(step: int, alarm: Alarm) -> EventRow:
    number, limit = (round(float(value), 4) for value in (alarm.number, alarm.limit))
    return EventRow(step, **alarm._replace(number=number, limit=limit)._asdict())


def _compared(compare: Callable[[], Iterable[Alarm]]) -> list[Alarm]:
    """Return the events of one comparison; an earlier snapshot that is damaged stops only it."""
    try:
        return list(compare())
    except StoreError as error:
        return [Alarm(EventKind.MEASURE_FAILED, None, 0, 0, f"A comparison failed: {error}.")]


def _failed(rows: Sequence[MeasureRow]) -> Iterator[Alarm]:
    for row in rows:
        if row.measure == FAILED:
            yield Alarm(EventKind.MEASURE_FAILED, None, 0, 0, str(row.sentence))


def _bad_losses(updates: Mapping[int, Watched]) -> Iterator[Alarm]:
    bad = [step for step, seen in updates.items() if not seen.is_finite]
    if bad:
        times = f"at step {bad[0]}" if len(bad) == 1 else f"{len(bad)} times from step {bad[0]} on"
        text = f"A loss was not a number {times}; {_CALMER}."
        yield Alarm(EventKind.NOT_FINITE, None, len(bad), 0, text)


def _bad_features(snapshot: Snapshot) -> Iterator[Alarm]:
    features = snapshot.features
    count = int((~np.isfinite(features).all(axis=1)).sum())
    if count:
        of = f"{count} of {len(features)} probe pixels"
        text = f"{of} have features that are not numbers; {_CALMER}."
        yield Alarm(EventKind.NOT_FINITE, None, count, 0, text)


def _not_learnt(updates: Mapping[int, Watched], limits: Limits) -> Iterator[Alarm]:
    known = [seen.agreement for seen in updates.values() if seen.agreement is not None]
    share = float(np.mean(known)) if known else 1.0
    if share < limits.label_agreement:
        text = (
            f"The model gives only {100 * share:.0f} % of its pseudo-labelled pixels their label: "
            "the labels contradict one another or their images; check that they belong together, "
            "and try a higher pseudo_labels.cap or a smaller adapt.target_weight."
        )
        yield Alarm(EventKind.LABELS_NOT_LEARNT, None, share, limits.label_agreement, text)


def _close_prototypes(
    rows: Sequence[MeasureRow], before: Snapshot, context: Context, limits: Limits
) -> Iterator[Alarm]:
    """Yield pairs that have become too alike; thin classes share their cells from the start."""
    found, names = before.prototypes, context.names
    first = prototypes.cosine_matrix(found["vectors"], found["seen"])
    for row in rows:
        if row.measure != "prototype_cosine":
            continue
        was = first[names.index(str(row.class_name)), names.index(str(row.rival))]
        limit = max(limits.prototype_cosine, np.nan_to_num(was) + limits.cosine_rise)
        if row.value > limit:
            text = (
                f"The prototypes of {row.class_name} and {row.rival} have cosine "
                f"{row.value:.2f}, up from {was:.2f} before; "
                "try a higher contrast ratio, or see whether the two classes look alike."
            )
            kind = EventKind.PROTOTYPES_CLOSE
            yield Alarm(kind, row.class_name, row.value, limit, text, rival=row.rival)


def _unseen(rows: Sequence[MeasureRow], limits: Limits) -> Iterator[Alarm]:
    limit = limits.prototype_age
    for row in rows:
        if row.measure == "prototype_age" and row.value > limit:
            text = (
                f"No pixel of {row.class_name} for {row.value:.0f} updates, the limit is {limit}; "
                'try data.sampling="rare_class" or a smaller prototypes.min_pixels.'
            )
            yield Alarm(EventKind.PROTOTYPE_UNSEEN, row.class_name, row.value, limit, text)


def _faded(rows: Sequence[MeasureRow], limits: Limits) -> Iterator[Alarm]:
    lengths = {
        row.class_name: row.value
        for row in rows
        if row.measure == "prototype_length" and row.class_name is not None
    }
    longest = max(lengths.values(), default=0.0)
    for name, length in lengths.items():
        if length < limits.faded_share * longest:
            share = length / longest
            text = (
                f"The prototype of {name} has shrunk to {100 * share:.1f} % of the longest one: "
                "updates without the class wear it away, and then its pixels are pushed from it; "
                'try prototypes.absent="keep" or prototypes.normalize=true.'
            )
            yield Alarm(EventKind.PROTOTYPE_FADES, name, share, limits.faded_share, text)


def _lost(
    snapshot: Snapshot, before: Snapshot, context: Context, limits: Limits
) -> Iterator[Alarm]:
    now, then = snapshot.scores.get("target"), before.scores.get("target")
    if not now or not then:
        return
    values = zip(context.names, now["per_class_iou"], then["per_class_iou"], strict=True)
    for name, after, first in values:
        if after is None or first is None:
            continue
        change = 100 * (after - first)
        if np.isfinite(change) and change < -limits.lost_points:
            text = (
                f"{name} has lost {-change:.1f} points of IoU on target since before; "
                "look at its masks, and try a smaller adapt.target_weight."
            )
            yield Alarm(EventKind.CLASS_LOST, name, change, -limits.lost_points, text)
