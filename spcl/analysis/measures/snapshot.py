"""All measures of a snapshot as tidy rows, and of a run as one table."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

import pandas as pd

from spcl.analysis.measures import every_snapshot, purity, thorough
from spcl.analysis.measures.history import History, Trace
from spcl.analysis.measures.table import Context, Value
from spcl.store.errors import StoreError
from spcl.store.names import FAILED, MEASURE_COLUMNS, MeasureRow
from spcl.store.reader import Run, Snapshot


def snapshot_rows(
    snapshot: Snapshot,
    context: Context,
    *,
    before: Snapshot | None = None,
    earlier: Sequence[Trace] = (),
    is_thorough: bool = False,
) -> list[MeasureRow]:
    """Return every measure of a snapshot.

    A group of measures that fails is one row `failed` with the reason; the others stay.

    Args:
        snapshot: what to measure.
        context: class names, true classes and domains of the probe pixels.
        before: the snapshot that ends the warm-up, for drift since then; None before that.
        earlier: traces of the snapshots before this one, ascending, for drift and path.
        is_thorough: whether the slow measures are taken, too.
    """
    groups: dict[str, Callable[[], Iterable[Value]]] = {
        "margins": lambda: every_snapshot.margin_rows(snapshot, context),
        "scatter": lambda: every_snapshot.scatter_rows(snapshot, context),
        "domain gap": lambda: every_snapshot.domain_gap_rows(snapshot, context),
        "neighbors": lambda: purity.purity_rows(snapshot, context),
        "prototypes": lambda: every_snapshot.prototype_rows(snapshot, context),
        "drift since before": lambda: every_snapshot.drift_rows(snapshot, context, before),
        "drift and path": lambda: every_snapshot.course_rows(snapshot, context, earlier),
        "rivals": lambda: every_snapshot.rival_rows(snapshot, context),
        "confusion": lambda: every_snapshot.confusion_rows(snapshot, context),
        "pseudo labels": lambda: every_snapshot.pseudo_label_rows(snapshot, context),
    }
    if is_thorough:
        groups["neighbors across domains"] = lambda: purity.mixed_purity_rows(snapshot, context)
        groups["class shape"] = lambda: thorough.class_shape_rows(snapshot, context)
        groups["domains"] = lambda: thorough.domain_rows(snapshot, context)
        if before is not None and before.step < snapshot.step:
            groups["change"] = lambda: thorough.change_rows(snapshot, context, before)
    groups = {name: work for name, work in groups.items() if _is_known(name, context.absent)}
    values = [value for name, measure in groups.items() for value in _measured(name, measure)]
    return [_row(snapshot.step, value) for value in values]


_NEEDED = {"confusion": None, "pseudo labels": "thresholds"}
"""What a group is measured on, where that is not features."""


def _is_known(group: str, absent: Collection[str]) -> bool:
    return _NEEDED.get(group, "features") not in absent


def _row(step: int, measured: Value) -> MeasureRow:
    return MeasureRow(step, **measured._replace(value=float(measured.value))._asdict())


def _measured(name: str, measure: Callable[[], Iterable[Value]]) -> Iterator[Value]:
    try:
        yield from list(measure())
    except (StoreError, ValueError, LookupError, TypeError, ArithmeticError) as error:
        yield Value(FAILED, float("nan"), "", sentence=f"The measures of {name} failed: {error}.")


def rows_at(
    history: History, snapshot: Snapshot, *, is_thorough: bool | None = None
) -> list[MeasureRow]:
    """Return every measure of a snapshot of the run that `history` follows.

    The slow ones are taken if `is_thorough`; by default at the end of the warm-up and of the plan.
    """
    if is_thorough is None:
        info = history.run.info()
        is_thorough = snapshot.step in (info.before_step, info.stages[-1].last_step)
    return snapshot_rows(
        snapshot,
        history.context,
        before=history.before(snapshot.step),
        earlier=history.earlier(snapshot.step),
        is_thorough=is_thorough,
    )


def separability(run: Run, *, is_thorough: bool | None = None) -> pd.DataFrame:
    """Return every measure of every snapshot of a run as one tidy table.

    Columns: step, class (None: all classes), domain, labels (truth or pseudo), measure, value,
    unit, rival. Computed afresh; nothing is written. The measures are described in
    docs/measures.md; the thorough (slow) ones are taken at the end of the warm-up and of the plan,
    or at every snapshot with `is_thorough`.
    """
    history = History(run)
    rows = [
        row
        for step in run.steps()
        for row in rows_at(history, run.snapshot(step), is_thorough=is_thorough)
    ]
    return pd.DataFrame([row.to_json() for row in rows]).reindex(columns=list(MEASURE_COLUMNS))
