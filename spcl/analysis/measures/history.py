"""What the analysis keeps of earlier snapshots: a few small arrays each, read once.

So the cost of one more snapshot does not grow with their number, in whatever order they come.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spcl.analysis.formulas import prototypes
from spcl.analysis.measures.table import Context, context_of
from spcl.store.errors import StoreError
from spcl.store.reader import Run, Snapshot
from spcl.store.schema import DOMAINS
from spcl.store.scores.counts import Counts, Floats, class_counts

TARGET = DOMAINS.index("target")
_DAMAGED = (StoreError, ValueError, LookupError, TypeError, ArithmeticError)


@dataclass(frozen=True)
class Trace:
    """What later snapshots are compared with; everything up to here counts in what is summed up.

    Attributes:
        step: of the snapshot.
        vectors: prototypes, (K, C); one that is not seen here stands where it was last seen.
        seen: which prototypes exist here, (K,).
        drift: 1 - cosine to the snapshot before, (K,); NaN where not seen in both.
        path: degrees turned so far, (K,); NaN for a prototype never seen.
        rank: effective rank of the prototypes; NaN without any.
        highest_rank: the highest so far.
        kept: target pixels kept as pseudo labels, (K,).
        most_kept: the most of each class so far, (K,).
    """

    step: int
    vectors: NDArray[np.floating]
    seen: NDArray[np.bool_]
    drift: Floats
    path: Floats
    rank: float
    highest_rank: float
    kept: Counts
    most_kept: Counts


def trace(snapshot: Snapshot, context: Context, previous: Trace | None = None) -> Trace:
    """Return what is kept of a snapshot; `previous` is the trace of the one before it."""
    table = snapshot.prototypes
    vectors, seen = table["vectors"], table["seen"]
    predicted = snapshot.predictions
    chosen = predicted["class_id"][predicted["kept"] & (context.domain == TARGET)]
    kept = class_counts(chosen, len(context.names))
    rank = prototypes.effective_rank(vectors, seen)
    if previous is None:
        drift, path = np.full(len(seen), np.nan), np.where(seen, 0.0, np.nan)
        return Trace(snapshot.step, vectors, seen, drift, path, rank, rank, kept, kept)
    known = np.isfinite(previous.path)
    turned = np.where(seen & known, prototypes.angle(vectors, previous.vectors), 0.0)
    return Trace(
        snapshot.step,
        np.where(seen[:, None], vectors, previous.vectors),
        seen,
        drift=prototypes.drift(vectors, previous.vectors, seen, previous.seen),
        path=np.where(seen & ~known, 0.0, previous.path + turned),
        rank=rank,
        highest_rank=float(np.fmax(previous.highest_rank, rank)),
        kept=kept,
        most_kept=np.maximum(previous.most_kept, kept),
    )


def traces(
    snapshots: Iterable[Snapshot], context: Context, previous: Trace | None = None
) -> list[Trace]:
    """Return the traces of snapshots in ascending order; a damaged one is passed over."""
    kept: list[Trace] = []
    for snapshot in snapshots:
        try:
            previous = trace(snapshot, context, previous)
        except _DAMAGED:  # its own analysis says so
            continue
        kept.append(previous)
    return kept


class History:
    """The snapshots of a run as far as later ones need them: all traces, and one whole snapshot."""

    def __init__(self, run: Run) -> None:
        """Look at `run`, whose probe must be written."""
        self.run = run
        self.context = context_of(run)
        self._traces: list[Trace] = []
        self._read: set[int] = set()
        self._before: Snapshot | None = None

    def earlier(self, step: int) -> Sequence[Trace]:
        """Return the traces of the snapshots before `step`, ascending; each is read once."""
        steps = [other for other in self.run.steps() if other < step]
        missing = [other for other in steps if other not in self._read]
        if missing:
            first = missing[0]
            del self._traces[bisect_left(self._traces, first, key=lambda kept: kept.step) :]
            unread = [other for other in steps if other >= first]
            self._read = {other for other in self._read if other < first} | set(unread)
            previous = self._traces[-1] if self._traces else None
            snapshots = (self.run.snapshot(other) for other in unread)
            self._traces += traces(snapshots, self.context, previous)
        return self._traces[: bisect_left(self._traces, step, key=lambda kept: kept.step)]

    def forget(self, step: int) -> None:
        """Read the snapshots from `step` on anew: files of it have come that were missing."""
        self._read = {other for other in self._read if other < step}

    def before(self, step: int) -> Snapshot | None:
        """Return the snapshot that ends the warm-up, if there is one and `step` is not before it.

        It stays in memory, because every later snapshot is compared with it.
        """
        before_step = self.run.info().before_step
        if before_step is None or step < before_step or before_step not in self.run.steps():
            return None
        if self._before is None or self._before.step != before_step:
            self._before = self.run.snapshot(before_step)
        return self._before
