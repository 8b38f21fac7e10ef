"""All measures of one snapshot as tidy rows, and of a run as one table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spcl.analysis import drift
from spcl.analysis.pseudo_labels import kept_shares
from spcl.analysis.separability import (
    by_class,
    domain_gap,
    margins,
    nearest_prototype_shares,
    similarities,
)
from spcl.store.reader import Run, Snapshot
from spcl.store.schema import DOMAINS, IGNORE_INDEX

VERSION = 2
"""Raised when a formula changes, so that nothing stale is kept."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Context:
    """What the rows of a run's snapshots have in common."""

    names: tuple[str, ...]
    truth: NDArray[np.integer]
    domain: NDArray[np.integer]


def context_of(run: Run) -> Context:
    """Read class names and probe pixels of a run."""
    pixels = run.probe().pixels
    return Context(run.info().label_space.names, pixels["class_id"], pixels["domain"])


def snapshot_rows(
    snapshot: Snapshot,
    context: Context,
    *,
    before: Snapshot | None = None,
    previous: Snapshot | None = None,
) -> list[Row]:
    """Return the rows (step, class, domain, labels, measure, value, unit[, rival]) of a snapshot.

    Args:
        snapshot: what to measure.
        context: class names, true classes and domains of the probe pixels.
        before: the snapshot that ends the warm-up, for drift since then; None before that.
        previous: the snapshot just before this one, for drift per snapshot.
    """
    rows = [
        *_separability_rows(snapshot, context),
        *_domain_gap_rows(snapshot, context),
        *_prototype_rows(snapshot, context),
        *_drift_rows(snapshot, context, before, "prototype_drift"),
        *_drift_rows(snapshot, context, previous, "prototype_drift_step"),
        *_pseudo_label_rows(snapshot, context),
    ]
    return [{"step": snapshot.step, **row} for row in rows]


def _row(
    measure: str,
    value: float,
    unit: str,
    *,
    of: str | None = None,
    domain: str | None = None,
    labels: str | None = None,
    rival: str | None = None,
) -> Row:
    row: Row = {"class": of, "domain": domain, "labels": labels, "measure": measure}
    row |= {"value": float(value), "unit": unit}
    return row if rival is None else {**row, "rival": rival}


def _labellings(
    snapshot: Snapshot, context: Context, domain: int
) -> Iterator[tuple[str, NDArray[np.integer]]]:
    """Yield ("truth", ids) where labels exist and ("pseudo", ids) always, of all pixels."""
    inside = context.domain == domain
    if (context.truth[inside] != IGNORE_INDEX).any():
        yield "truth", np.where(inside, context.truth, IGNORE_INDEX)
    yield "pseudo", np.where(inside, snapshot.predictions["class_id"], IGNORE_INDEX)


def _separability_rows(snapshot: Snapshot, context: Context) -> Iterator[Row]:
    prototypes = snapshot.prototypes
    similarity = similarities(snapshot.features, prototypes["vectors"], prototypes["seen"])
    num_classes = len(context.names)
    for number, domain in enumerate(DOMAINS):
        for labels, class_id in _labellings(snapshot, context, number):
            where = {"domain": domain, "labels": labels}
            margin = margins(similarity, class_id)
            shares = nearest_prototype_shares(similarity, class_id, num_classes)
            per_class = by_class(margin, class_id, num_classes)
            summary = [_margin_summary(values) for values in per_class]
            for column, (measure, unit) in enumerate(_MARGIN_MEASURES):
                values = np.array([row[column] for row in summary])
                yield from _class_rows(measure, values, unit, context.names, **where)
            for i, j in zip(*np.nonzero(shares > 0), strict=True):
                names = {"of": context.names[i], "rival": context.names[j]}
                yield _row("nearest_prototype_share", shares[i, j], "share", **names, **where)


_MARGIN_MEASURES = (
    ("nearest_prototype_accuracy", "share"),
    ("margin_mean", "cosine"),
    ("margin_p5", "cosine"),
)


def _margin_summary(values: NDArray[np.float64]) -> tuple[float, float, float]:
    if not len(values):
        return (np.nan,) * 3
    return float((values > 0).mean()), float(values.mean()), float(np.percentile(values, 5))


def _class_rows(
    measure: str, values: NDArray[np.float64], unit: str, names: Sequence[str], **where: Any
) -> Iterator[Row]:
    """Yield a row a known class, and their mean with class null."""
    for name, value in zip(names, values, strict=True):
        if np.isfinite(value):
            yield _row(measure, value, unit, of=name, **where)
    if np.isfinite(values).any():
        yield _row(measure, float(np.nanmean(values)), unit, **where)


def _domain_gap_rows(snapshot: Snapshot, context: Context) -> Iterator[Row]:
    features = snapshot.features
    source_labels = dict(_labellings(snapshot, context, 0))
    for labels, target_class in _labellings(snapshot, context, 1):
        source_class = source_labels.get(labels)
        if source_class is None:
            continue
        gap = domain_gap(features, source_class, features, target_class, len(context.names))
        yield from _class_rows(
            "domain_gap", gap, "spreads", context.names, domain="both", labels=labels
        )


def _prototype_rows(snapshot: Snapshot, context: Context) -> Iterator[Row]:
    prototypes, names = snapshot.prototypes, context.names
    cosine = drift.cosine_matrix(prototypes["vectors"], prototypes["seen"])
    for i, j in zip(*np.triu_indices(len(names), 1), strict=True):
        if np.isfinite(cosine[i, j]):
            yield _row("prototype_cosine", cosine[i, j], "cosine", of=names[i], rival=names[j])
    for index, name in enumerate(names):
        yield _row("prototype_age", prototypes["age"][index], "updates", of=name)
        yield _row("prototype_pixels", prototypes["pixel_count"][index], "pixels", of=name)


def _drift_rows(
    snapshot: Snapshot, context: Context, reference: Snapshot | None, measure: str
) -> Iterator[Row]:
    if reference is None:
        return
    mine, theirs = snapshot.prototypes, reference.prototypes
    moved = drift.drift(mine["vectors"], theirs["vectors"], mine["seen"], theirs["seen"])
    yield from _class_rows(measure, moved, "1 - cosine", context.names)


def _pseudo_label_rows(snapshot: Snapshot, context: Context) -> Iterator[Row]:
    target = context.domain == DOMAINS.index("target")
    predictions = snapshot.predictions
    shares = kept_shares(
        predictions["class_id"][target],
        predictions["kept"][target],
        context.truth[target],
        len(context.names),
    )
    where = {"domain": "target", "labels": "pseudo"}
    yield from _class_rows("kept_share", shares.kept, "share", context.names, **where)
    yield from _class_rows("pseudo_accuracy", shares.accuracy, "share", context.names, **where)


def rows_at(run: Run, step: int, context: Context) -> list[Row]:
    """Return the rows of the snapshot at `step`, with its references looked up."""
    steps = run.steps()
    before_step = run.info().before_step
    is_after = before_step is not None and before_step <= step and before_step in steps
    earlier = [other for other in steps if other < step]
    return snapshot_rows(
        run.snapshot(step),
        context,
        before=run.snapshot(before_step) if before_step is not None and is_after else None,
        previous=run.snapshot(earlier[-1]) if earlier else None,
    )


def separability(run: Run) -> pd.DataFrame:
    """Return every measure of every snapshot of a run as one tidy table.

    Columns: step, class (None: mean over classes), domain, labels (truth or pseudo), measure,
    value, unit, rival. Computed afresh; nothing is written.
    """
    context = context_of(run)
    rows = [row for step in run.steps() for row in rows_at(run, step, context)]
    columns = ["step", "class", "domain", "labels", "measure", "value", "unit", "rival"]
    return pd.DataFrame(rows).reindex(columns=columns)
