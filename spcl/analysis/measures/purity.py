"""Which classes a pixel's nearest pixels have: within a domain cheaply, across domains slowly."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spcl.analysis.formulas import margins, neighbors
from spcl.analysis.measures.table import (
    Context,
    Ids,
    Value,
    class_rows,
    finite_features,
    labelings,
)
from spcl.store.reader import Snapshot
from spcl.store.schema import DOMAINS


def purity_rows(snapshot: Snapshot, context: Context) -> Iterator[Value]:
    """Yield the purity of neighbourhoods within each domain."""
    nearest = _Nearest(finite_features(snapshot))
    for domain in DOMAINS:
        yield from _within(nearest, snapshot, context, domain)


def mixed_purity_rows(snapshot: Snapshot, context: Context) -> Iterator[Value]:
    """Yield the purity of neighbourhoods in both domains together, and from target to source.

    Neighbours among all pixels take more than twice as long as those within the domains.
    """
    nearest = _Nearest(finite_features(snapshot))
    yield from _within(nearest, snapshot, context, "mixed")
    source = dict(labelings(snapshot, context, "source"))
    for labels, class_id in labelings(snapshot, context, "target"):
        if labels in source:
            of, pool = (_known(ids, context) for ids in (class_id, source[labels]))
            purity = neighbors.knn_purity(
                nearest(pool, of),
                of,
                np.minimum(class_id, source[labels]),  # 255 outside
            )
            means = _means(purity, class_id[of], context)
            where: dict[str, Any] = {"domain": "both", "labels": labels}
            yield from class_rows("knn_purity_to_source", means, "share", context.names, **where)


def _within(
    nearest: "_Nearest", snapshot: Snapshot, context: Context, region: str
) -> Iterator[Value]:
    for labels, class_id in labelings(snapshot, context, region):
        of = _known(class_id, context)
        purity = neighbors.knn_purity(nearest(of, of), of, class_id)
        means = _means(purity, class_id[of], context)
        where: dict[str, Any] = {"domain": region, "labels": labels}
        yield from class_rows("knn_purity", means, "share", context.names, **where)


def _known(class_id: Ids, context: Context) -> neighbors.Indices:
    return np.flatnonzero(class_id < len(context.names))


def _means(purity: NDArray[np.float64], class_id: Ids, context: Context) -> NDArray[np.float64]:
    per_class = margins.by_class(purity, class_id, len(context.names))
    return np.array([values.mean() if len(values) else np.nan for values in per_class])


class _Nearest:
    """Neighbours computed once for all labellings of the same pixels."""

    def __init__(self, features: NDArray[np.floating]) -> None:
        self.features = features
        self._known: dict[tuple[bytes, bytes], neighbors.Indices] = {}

    def __call__(self, pool: neighbors.Indices, of: neighbors.Indices) -> neighbors.Indices:
        key = (pool.tobytes(), of.tobytes())
        if key not in self._known:
            self._known[key] = neighbors.nearest_pixels(self.features, pool, of)
        return self._known[key]
