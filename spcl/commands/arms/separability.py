"""How well the classes come apart in the features of an arm, beside its mIoU."""

import math
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from spcl.ablation.scores import ArmScore
from spcl.analysis.measures.every_snapshot import domain_gap_rows, margin_rows
from spcl.analysis.measures.purity import mixed_purity_rows
from spcl.analysis.measures.table import Context, Value, context_of
from spcl.store.baselines.statistics import statistics_of
from spcl.store.errors import StoreError
from spcl.store.reader import Snapshot

MEASURES = {
    "nearest_prototype_accuracy": ("nearest_prototype_accuracy", "target"),
    "purity_to_source": ("knn_purity_to_source", "both"),
    "domain_gap": ("domain_gap", "both"),
    "margin": ("margin_mean", "target"),
}
"""What is told of an arm -> the measure of docs/measures.md, and where it is taken."""

_GROUPS: Sequence[Callable[[Snapshot, Context], Iterable[Value]]] = (
    margin_rows,
    domain_gap_rows,
    mixed_purity_rows,
)

Separability = dict[str, float | None]


def separability_of(score: ArmScore) -> Separability:
    """Measure the snapshot that an arm was read off, by true labels, the mean over the classes.

    None for what cannot be told. All is None for an arm that is read with other batch-norm
    statistics than its features were recorded with, as source-only is: its features are AdaBN's.
    """
    nothing: Separability = dict.fromkeys(MEASURES)
    step = score.baseline.step
    if statistics_of(score.run.info(), step) != score.statistics:
        return nothing
    found: dict[tuple[str, str | None], float] = {}
    with suppress(StoreError, ValueError, LookupError, TypeError, ArithmeticError):
        snapshot, context = score.run.snapshot(step), context_of(score.run)
        for rows in _GROUPS:
            for value in rows(snapshot, context):
                if value.class_name is None and value.labels == "truth":
                    found[value.measure, value.domain] = float(value.value)
    return {name: found.get(measure) for name, measure in MEASURES.items()}


def mean_of(found: Sequence[Separability]) -> Separability:
    """Return the mean over seeds; None where one of them has none."""
    return {name: _mean([one[name] for one in found]) for name in MEASURES}


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None and math.isfinite(value)]
    return sum(known) / len(known) if known and len(known) == len(values) else None
