"""What should make somebody look: a row for every snapshot at which a limit is passed.

Each snapshot is judged by itself and by the snapshots before it, which exist whenever it does, so
that snapshots can be analysed in any order; since when a condition holds is read off the rows.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from spcl.analysis.events import comparison_rules, snapshot_rules, update_rules
from spcl.analysis.events.alarm import Alarm
from spcl.analysis.events.update_rules import UpdateHealth, update_health
from spcl.analysis.measures.history import History, Trace, trace
from spcl.analysis.measures.snapshot import rows_at
from spcl.analysis.measures.table import Context
from spcl.store.errors import StoreError
from spcl.store.limits import Limits
from spcl.store.names import EventKind, EventRow, MeasureRow
from spcl.store.reader import Run, Snapshot, last_row_per_step

_ADVICE = re.compile(r"(;|:|, and) try .*")
"""What a sentence advises names settings of this program: of no use to another's training."""


def all_events(run: Run) -> list[EventRow]:
    """Return the events of a run, ascending; computed afresh, nothing is written."""
    history = History(run)
    metrics = last_row_per_step(run.metrics().read())
    updates = {row["step"]: update_health(row) for row in metrics}
    judged = [
        event
        for snapshot in map(run.snapshot, run.steps())
        for event in events_at(history, snapshot, rows_at(history, snapshot), updates)
    ]
    return [*judged, *final_events(run, updates)]


def final_events(run: Run, updates: Mapping[int, UpdateHealth]) -> list[EventRow]:
    """Return the events of the updates after the last snapshot of a run that has ended.

    A loss that is not a number ends a training, so that no later snapshot judges it; the last one
    bears the event.
    """
    steps = run.steps()
    if not steps or run.status().kind in ("running", "stalled"):
        return []
    unjudged = {step: health for step, health in sorted(updates.items()) if step > steps[-1]}
    return [_row(steps[-1], alarm) for alarm in update_rules.bad_losses(unjudged)]


def events_at(
    history: History,
    snapshot: Snapshot,
    rows: Sequence[MeasureRow],
    updates: Mapping[int, UpdateHealth],
) -> list[EventRow]:
    """Return the events of a snapshot of the run that `history` follows.

    Args:
        history: what came before.
        snapshot: what is judged.
        rows: its measures, from `rows_at`.
        updates: the health of each update so far, by step.
    """
    run, step = history.run, snapshot.step
    previous = max((other for other in run.steps() if other < step), default=-1)
    since = range(previous + 1, step + 1)
    return events_of(
        rows,
        snapshot=snapshot,
        context=history.context,
        before=history.before(step),
        earlier=history.earlier(step),
        updates={at: updates[at] for at in since if at in updates},
        limits=Limits.of(run.info().config),
    )


def events_of(
    rows: Sequence[MeasureRow],
    *,
    snapshot: Snapshot,
    context: Context,
    before: Snapshot | None = None,
    earlier: Sequence[Trace] = (),
    updates: Mapping[int, UpdateHealth] | None = None,
    limits: Limits | None = None,
) -> list[EventRow]:
    """Return the events of a snapshot.

    Args:
        rows: its measures, from `snapshot_rows`.
        snapshot: what is judged.
        context: class names and probe pixels.
        before: the snapshot that ends the warm-up, if there is one.
        earlier: traces of the snapshots before this one, ascending.
        updates: the updates since the snapshot before, by step, ascending.
        limits: where an alarm begins.
    """
    limits, updates = limits or Limits(), updates or {}
    alarms = [
        *snapshot_rules.failed(rows),
        *(list(update_rules.bad_losses(updates)) or snapshot_rules.bad_features(snapshot)),
        *update_rules.not_learnt(updates, limits),
        *snapshot_rules.unseen(rows, context, limits),
        *snapshot_rules.faded(rows, context, limits),
    ]
    for compare in _comparisons(rows, snapshot, context, before, earlier, limits):
        alarms += _compared(compare)
    return [_row(snapshot.step, alarm, context) for alarm in alarms]


def _comparisons(
    rows: Sequence[MeasureRow],
    snapshot: Snapshot,
    context: Context,
    before: Snapshot | None,
    earlier: Sequence[Trace],
    limits: Limits,
) -> list[Callable[[], Iterable[Alarm]]]:
    rules, start = comparison_rules, before.step if before else snapshot.step

    def course(*, first: int) -> list[Trace]:
        """Return the traces from step `first` on, ending with the snapshot's own."""
        now = trace(snapshot, context, earlier[-1] if earlier else None)
        return [one for one in (*earlier, now) if one.step >= first]

    comparisons: list[tuple[set[str], Callable[[], Iterable[Alarm]]]] = [
        (
            {"features"},
            lambda: rules.rank_falls(course(first=snapshot.step)[-1], earlier, limits.rank_share),
        )
    ]
    if before is not None and start < snapshot.step:
        comparisons += [
            ({"features"}, lambda: rules.close_prototypes(rows, before, context, limits)),
            ({"thresholds"}, lambda: rules.starving(course(first=start + 1), context, limits)),
            ({"features"}, lambda: rules.sudden_drift(course(first=start), context, limits)),
            ({"features"}, lambda: rules.gap_grows(snapshot, before, context, limits)),
            (
                {"features", "confidence"},
                lambda: rules.misplaced_confidence(snapshot, before, context, limits),
            ),
            (set(), lambda: rules.lost(snapshot, before, context, limits)),
        ]
    return [compare for needed, compare in comparisons if not needed & context.absent]


def _row(step: int, alarm: Alarm, context: Context | None = None) -> EventRow:
    number, limit = (round(float(value), 4) for value in (alarm.number, alarm.limit))
    if context is not None and "settings" in context.absent:
        alarm = alarm._replace(sentence=_ADVICE.sub(".", alarm.sentence))
    return EventRow(step, **alarm._replace(number=number, limit=limit)._asdict())


def _compared(compare: Callable[[], Iterable[Alarm]]) -> list[Alarm]:
    """Return the events of one comparison; an earlier snapshot that is damaged stops only it."""
    try:
        return list(compare())
    except StoreError as error:
        return [Alarm(EventKind.MEASURE_FAILED, None, 0, 0, f"A comparison failed: {error}.")]
