"""Slower and noisier measures: at the end of the warm-up, at the last snapshot, and on request."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from spcl.analysis.formulas import domains, margins, neighbors, scatter
from spcl.analysis.measures.table import (
    REGIONS,
    Context,
    Ids,
    Value,
    class_rows,
    finite_features,
    labelings,
)
from spcl.store.reader import Snapshot
from spcl.store.schema import DOMAINS


def class_shape_rows(snapshot: Snapshot, context: Context) -> Iterator[Value]:
    """Yield silhouette and discrimination of each class."""
    features, table, names = finite_features(snapshot), snapshot.prototypes, context.names
    similarity = margins.similarities(features, table["vectors"], table["seen"])
    for region in REGIONS:
        for labels, class_id in labelings(snapshot, context, region):
            where: dict[str, Any] = {"domain": region, "labels": labels}
            shape = scatter.silhouette(features, class_id, len(names))
            yield from class_rows("silhouette", shape, "index", names, **where)
            ratio = margins.discrimination(similarity, class_id, len(names))
            yield from class_rows("discrimination", ratio, "ratio", names, **where)


def domain_rows(snapshot: Snapshot, context: Context) -> Iterator[Value]:
    """Yield MMD and proxy A-distance of each class between the domains, and their mean.

    Pixels of all classes together would also tell which classes are more frequent in a domain, and
    hide that single ones lie apart.
    """
    features = finite_features(snapshot)
    source = dict(labelings(snapshot, context, "source"))
    for labels, target_class in labelings(snapshot, context, "target"):
        if labels not in source:
            continue
        found: dict[tuple[str, str], list[float]] = {}
        where: dict[str, Any] = {"domain": "both", "labels": labels}
        for k, name in enumerate(context.names):
            x, y = (features[ids == k] for ids in (source[labels], target_class))
            proxy = domains.proxy_a_distance(x, y)
            values = {
                ("squared_mmd", "squared distance"): domains.squared_mmd(x, y),
                ("proxy_a_distance", "distance"): proxy.distance,
                ("proxy_a_error", "share"): proxy.error,
            }
            for key, value in values.items():
                if np.isfinite(value):
                    found.setdefault(key, []).append(value)
                    yield Value(key[0], value, key[1], class_name=name, **where)
        for (measure, unit), known in found.items():
            yield Value(measure, float(np.mean(known)), unit, class_name=None, **where)


def change_rows(snapshot: Snapshot, context: Context, reference: Snapshot) -> Iterator[Value]:
    """Yield how much of the representation is as it was at a reference: CKA, neighbours kept."""
    now, then = finite_features(snapshot), finite_features(reference)
    kept = neighbors.neighbors_kept(now, then)
    measured: tuple[tuple[str, Callable[[Ids], float], str], ...] = (
        ("linear_cka", lambda rows: domains.linear_cka(now[rows], then[rows]), "index"),
        ("neighbors_kept", lambda rows: float(kept[rows].mean()), "share"),
    )
    for index, domain in enumerate(DOMAINS):
        inside = context.domain == index
        for measure, value_of, unit in measured:
            for k, name in enumerate(context.names):
                rows = np.flatnonzero(inside & (context.truth == k))
                if len(rows) >= domains.LEAST:
                    where = {"class_name": name, "domain": domain, "labels": "truth"}
                    yield Value(measure, value_of(rows), unit, **where)
            rows = np.flatnonzero(inside)
            if len(rows):
                yield Value(measure, value_of(rows), unit, domain=domain)
