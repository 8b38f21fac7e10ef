"""The alarms that a snapshot raises by itself, from its features and its measures."""

from collections.abc import Iterator, Sequence

import numpy as np

from spcl.analysis.events.alarm import CALMER, Alarm
from spcl.analysis.measures.table import Context
from spcl.store.limits import Limits
from spcl.store.names import FAILED, EventKind, MeasureRow
from spcl.store.reader import Snapshot


def failed(rows: Sequence[MeasureRow]) -> Iterator[Alarm]:
    """Yield an event for each group of measures that failed."""
    for row in rows:
        if row.measure == FAILED:
            yield Alarm(EventKind.MEASURE_FAILED, None, 0, 0, str(row.sentence))


def bad_features(snapshot: Snapshot) -> Iterator[Alarm]:
    """Yield an alarm if features are not numbers."""
    features = snapshot.features
    count = int((~np.isfinite(features).all(axis=1)).sum())
    if count:
        of = f"{count} of {len(features)} probe pixels"
        text = f"{of} have features that are not numbers; {CALMER}."
        yield Alarm(EventKind.NOT_FINITE, None, count, 0, text)


def unseen(rows: Sequence[MeasureRow], context: Context, limits: Limits) -> Iterator[Alarm]:
    """Yield the classes of which no pixel came for too many updates."""
    limit = limits.prototype_age
    for row in rows:
        if row.measure == "prototype_age" and row.value > limit:
            text = (
                f"No pixel of {context.shown(row.class_name)} for {row.value:.0f} updates, the "
                f"limit is {limit}; "
                'try data.sampling="rare_class" or a smaller prototypes.min_pixels.'
            )
            yield Alarm(EventKind.PROTOTYPE_UNSEEN, row.class_name, row.value, limit, text)


def faded(rows: Sequence[MeasureRow], context: Context, limits: Limits) -> Iterator[Alarm]:
    """Yield the prototypes that are short beside the longest one."""
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
                f"The prototype of {context.shown(name)} has shrunk to {100 * share:.1f} % of the "
                "longest one: updates without the class wear it away, and then its pixels are "
                "pushed from it; "
                'try prototypes.absent="keep" or prototypes.normalize=true.'
            )
            yield Alarm(EventKind.PROTOTYPE_FADES, name, share, limits.faded_share, text)
