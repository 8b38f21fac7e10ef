"""All measures of a snapshot as tidy rows, and of a run as one table."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import pandas as pd

from spcl.analysis.measures import every_snapshot as first_rank
from spcl.analysis.measures import thorough as second_rank
from spcl.analysis.measures.table import Context, Value, context_of
from spcl.store.errors import StoreError
from spcl.store.names import FAILED, MEASURE_COLUMNS, MeasureRow
from spcl.store.reader import Run, Snapshot

__all__ = ["VERSION", "Context", "context_of", "rows_at", "separability", "snapshot_rows"]

VERSION = 5
"""Raised when a formula or an alarm changes, so that nothing stale is kept."""


def snapshot_rows(
    snapshot: Snapshot,
    context: Context,
    *,
    before: Snapshot | None = None,
    earlier: Sequence[Snapshot] = (),
    is_thorough: bool = False,
) -> list[MeasureRow]:
    """Return every measure of a snapshot.

    A group of measures that fails is one row `failed` with the reason; the others stay.

    Args:
        snapshot: what to measure.
        context: class names, true classes and domains of the probe pixels.
        before: the snapshot that ends the warm-up, for drift since then; None before that.
        earlier: the snapshots before this one, ascending, for drift per snapshot and its sum.
        is_thorough: whether the second rank is measured, too.
    """
    previous = earlier[-1] if earlier else None
    groups: dict[str, Callable[[], Iterable[Value]]] = {
        "margins": lambda: first_rank.margin_rows(snapshot, context),
        "scatter": lambda: first_rank.scatter_rows(snapshot, context),
        "domain gap": lambda: first_rank.domain_gap_rows(snapshot, context),
        "neighbors": lambda: first_rank.purity_rows(snapshot, context),
        "prototypes": lambda: first_rank.prototype_rows(snapshot, context),
        "drift since before": lambda: first_rank.drift_rows(
            snapshot, context, before, "prototype_drift"
        ),
        "drift": lambda: first_rank.drift_rows(snapshot, context, previous, "prototype_drift_step"),
        "path": lambda: first_rank.path_rows([*earlier, snapshot], context),
        "rivals": lambda: first_rank.rival_rows(snapshot, context),
        "pseudo labels": lambda: first_rank.pseudo_label_rows(snapshot, context),
    }
    if is_thorough:
        groups["class shape"] = lambda: second_rank.class_shape_rows(snapshot, context)
        groups["domains"] = lambda: second_rank.domain_rows(snapshot, context)
        if before is not None and before.step < snapshot.step:
            groups["change"] = lambda: second_rank.change_rows(snapshot, context, before)
    values = [value for name, measure in groups.items() for value in _measured(name, measure)]
    return [_row(snapshot.step, value) for value in values]


def _row(step: int, measured: Value) -> MeasureRow:
    return MeasureRow(step, **measured._replace(value=float(measured.value))._asdict())


def _measured(name: str, measure: Callable[[], Iterable[Value]]) -> Iterator[Value]:
    try:
        yield from list(measure())
    except (StoreError, ValueError, LookupError, TypeError, ArithmeticError) as error:
        yield Value(FAILED, float("nan"), "", sentence=f"The measures of {name} failed: {error}.")


def rows_at(
    run: Run, step: int, context: Context, *, is_thorough: bool | None = None
) -> list[MeasureRow]:
    """Return the rows of the snapshot at `step`, with its references looked up.

    The second rank is measured if `is_thorough`; by default at the end of the warm-up and at the
    end of the plan.
    """
    info, steps = run.info(), run.steps()
    before_step = info.before_step
    is_after = before_step is not None and before_step <= step and before_step in steps
    if is_thorough is None:
        is_thorough = step in (before_step, info.stages[-1].last_step)
    return snapshot_rows(
        run.snapshot(step),
        context,
        before=run.snapshot(before_step) if before_step is not None and is_after else None,
        earlier=[run.snapshot(other) for other in steps if other < step],
        is_thorough=is_thorough,
    )


def separability(run: Run, *, is_thorough: bool | None = None) -> pd.DataFrame:
    """Return every measure of every snapshot of a run as one tidy table.

    Columns: step, class (None: all classes), domain, labels (truth or pseudo), measure, value,
    unit, rival. Computed afresh; nothing is written. The measures are described in
    docs/measures.md; those of the second rank (slow) are there at the end of the warm-up and of
    the plan, or at every snapshot with `is_thorough`.
    """
    context = context_of(run)
    rows = [
        row for step in run.steps() for row in rows_at(run, step, context, is_thorough=is_thorough)
    ]
    return pd.DataFrame([row.to_json() for row in rows]).reindex(columns=list(MEASURE_COLUMNS))
