"""The measures of every snapshot, cheap enough to be taken while a training goes on."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spcl.analysis.formulas import margins, prototypes, scatter
from spcl.analysis.formulas.pseudo_labels import kept_shares
from spcl.analysis.measures.history import Trace, trace
from spcl.analysis.measures.table import (
    REGIONS,
    Context,
    Value,
    class_rows,
    finite_features,
    labelings,
)
from spcl.store.reader import Snapshot
from spcl.store.schema import DOMAINS
from spcl.store.scores.counts import row_shares


def margin_rows(snapshot: Snapshot, context: Context) -> Iterator[Value]:
    """Yield margins, nearest-prototype accuracy, and to which prototype each class goes."""
    table = snapshot.prototypes
    similarity = margins.similarities(finite_features(snapshot), table["vectors"], table["seen"])
    for region in REGIONS:
        for labels, class_id in labelings(snapshot, context, region):
            where: dict[str, Any] = {"domain": region, "labels": labels}
            margin = margins.margins(similarity, class_id)
            per_class = margins.by_class(margin, class_id, len(context.names))
            summary = np.array([_summary(values) for values in per_class])
            for column, (measure, unit) in enumerate(_MARGINS):
                yield from class_rows(measure, summary[:, column], unit, context.names, **where)
            if region != "mixed":
                shares = margins.nearest_prototype_shares(similarity, class_id, len(context.names))
                yield from _share_rows("nearest_prototype_share", shares, context, **where)


_MARGINS = (
    ("nearest_prototype_accuracy", "share"),
    ("margin_mean", "cosine"),
    ("margin_p5", "cosine"),
)


def _summary(values: NDArray[np.float64]) -> tuple[float, float, float]:
    if not len(values):
        return (np.nan,) * 3
    return float((values > 0).mean()), float(values.mean()), float(np.percentile(values, 5))


def _share_rows(
    measure: str, shares: NDArray[np.float64], context: Context, **where: Any
) -> Iterator[Value]:
    for i, j in zip(*np.nonzero(shares > 0), strict=True):
        names = {"class_name": context.names[i], "rival": context.names[j]}
        yield Value(measure, shares[i, j], "share", **names, **where)


def scatter_rows(snapshot: Snapshot, context: Context) -> Iterator[Value]:
    """Yield compactness, distance between classes and Fisher ratio."""
    features, names = finite_features(snapshot), context.names
    for region in REGIONS:
        for labels, class_id in labelings(snapshot, context, region):
            where: dict[str, Any] = {"domain": region, "labels": labels}
            means = scatter.class_means(features, class_id, len(names))
            within = scatter.compactness(features, class_id, len(names))
            apart = scatter.interclass_distance(means)
            ratio, overall = scatter.fisher_ratio(means, within)
            yield from class_rows("compactness", within, "squared distance", names, **where)
            yield from class_rows("interclass_distance", apart, "distance", names, **where)
            yield from class_rows("fisher_ratio", ratio, "ratio", names, overall=overall, **where)


def domain_gap_rows(snapshot: Snapshot, context: Context) -> Iterator[Value]:
    """Yield the domain gap of each class."""
    features = finite_features(snapshot)
    source = dict(labelings(snapshot, context, "source"))
    for labels, target_class in labelings(snapshot, context, "target"):
        if labels in source:
            gap = scatter.domain_gap(features, source[labels], target_class, len(context.names))
            where: dict[str, Any] = {"domain": "both", "labels": labels}
            yield from class_rows("domain_gap", gap, "spreads", context.names, **where)


def prototype_rows(snapshot: Snapshot, context: Context) -> Iterator[Value]:
    """Yield how the prototypes stand to each other, their length, age and pixels."""
    table, names = snapshot.prototypes, context.names
    cosine = prototypes.cosine_matrix(table["vectors"], table["seen"])
    for i, j in zip(*np.triu_indices(len(names), 1), strict=True):
        if np.isfinite(cosine[i, j]):
            yield Value(
                "prototype_cosine", cosine[i, j], "cosine", class_name=names[i], rival=names[j]
            )
    rank = prototypes.effective_rank(table["vectors"], table["seen"])
    if np.isfinite(rank):
        yield Value("effective_rank", rank, "directions")
    lengths = prototypes.lengths(table["vectors"], table["seen"])
    yield from class_rows("prototype_length", lengths, "length", names)
    for index, name in enumerate(names):
        yield Value("prototype_age", table["age"][index], "updates", class_name=name)
        yield Value("prototype_pixels", table["pixel_count"][index], "pixels", class_name=name)


def drift_rows(snapshot: Snapshot, context: Context, before: Snapshot | None) -> Iterator[Value]:
    """Yield how far each prototype has turned since the end of the warm-up, if that is over."""
    if before is None:
        return
    mine, theirs = snapshot.prototypes, before.prototypes
    moved = prototypes.drift(mine["vectors"], theirs["vectors"], mine["seen"], theirs["seen"])
    yield from class_rows("prototype_drift", moved, "1 - cosine", context.names)


def course_rows(snapshot: Snapshot, context: Context, earlier: Sequence[Trace]) -> Iterator[Value]:
    """Yield how far each prototype has turned since the last snapshot, and in all so far."""
    now = trace(snapshot, context, earlier[-1] if earlier else None)
    yield from class_rows("prototype_drift_step", now.drift, "1 - cosine", context.names)
    yield from class_rows("prototype_path", now.path, "degrees", context.names)


def rival_rows(snapshot: Snapshot, context: Context) -> Iterator[Value]:
    """Yield the nearest rival of each class by prototype and by margin."""
    table, names = snapshot.prototypes, context.names
    cosine = prototypes.cosine_matrix(table["vectors"], table["seen"])
    yield from _rivals("rival_by_prototype", cosine, "cosine", names)
    similarity = margins.similarities(finite_features(snapshot), table["vectors"], table["seen"])
    for domain in DOMAINS:
        for labels, class_id in labelings(snapshot, context, domain):
            shares = margins.nearest_prototype_shares(similarity, class_id, len(names))
            where: dict[str, Any] = {"domain": domain, "labels": labels}
            yield from _rivals("rival_by_margin", shares, "share", names, **where)


def confusion_rows(snapshot: Snapshot, context: Context) -> Iterator[Value]:
    """Yield to which class the pixels of each go, and the nearest rival by that."""
    for domain in DOMAINS:
        scored = snapshot.scores.get(domain)
        if scored:
            shares = row_shares(np.asarray(scored["confusion"]))
            where: dict[str, Any] = {"domain": domain, "labels": "truth"}
            yield from _share_rows("confusion_share", shares, context, **where)
            yield from _rivals("rival_by_confusion", shares, "share", context.names, **where)


def _rivals(
    measure: str, table: NDArray[np.float64], unit: str, names: Sequence[str], **where: Any
) -> Iterator[Value]:
    for name, rival in zip(names, prototypes.rivals(table), strict=True):
        if rival is not None:
            yield Value(measure, rival[1], unit, class_name=name, rival=names[rival[0]], **where)


def pseudo_label_rows(snapshot: Snapshot, context: Context) -> Iterator[Value]:
    """Yield the share of pseudo labels kept, and of those kept the share that is right."""
    target = context.domain == DOMAINS.index("target")
    predicted = snapshot.predictions
    shares = kept_shares(
        predicted["class_id"][target],
        predicted["kept"][target],
        context.truth[target],
        len(context.names),
    )
    where: dict[str, Any] = {"domain": "target", "labels": "pseudo"}
    yield from class_rows("kept_share", shares.kept, "share", context.names, **where)
    yield from class_rows("pseudo_accuracy", shares.accuracy, "share", context.names, **where)
