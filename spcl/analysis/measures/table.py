"""Measures as tidy values: a number, and what it is the number of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spcl.store.classes import IGNORE_INDEX
from spcl.store.reader import Run, Snapshot
from spcl.store.schema import DOMAINS

REGIONS = (*DOMAINS, "mixed")
"""Where a measure looks: one domain, or the pixels of both together."""
Ids = NDArray[np.integer]


class Value(NamedTuple):
    """One value of one measure; the snapshot's step makes it a `MeasureRow`, with these fields."""

    measure: str
    value: float
    unit: str
    class_name: str | None = None
    domain: str | None = None
    labels: str | None = None
    rival: str | None = None
    sentence: str | None = None


@dataclass(frozen=True)
class Context:
    """What the rows of a run's snapshots have in common: class names, truth (N,), domain (N,)."""

    names: tuple[str, ...]
    truth: Ids
    domain: Ids
    displays: Mapping[str, str] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    """What the run did not record, as words of `schema.ABSENT`."""

    def shown(self, name: str | None) -> str:
        """Return what people call a class, within a sentence."""
        return self.displays.get(name or "", name or "")


def context_of(run: Run) -> Context:
    """Read class names and probe pixels of a run."""
    pixels = run.probe().pixels
    info = run.info()
    space = info.label_space
    displays = {info.name: info.display.lower() for info in space}
    return Context(
        space.names, pixels["class_id"], pixels["domain"], displays, frozenset(info.absent)
    )


def class_rows(
    measure: str,
    values: NDArray[np.floating],
    unit: str,
    names: Sequence[str],
    *,
    overall: float | None = None,
    **where: Any,
) -> Iterator[Value]:
    """Yield a value for each known class, and one for all: `overall`, or the mean over classes."""
    known = np.isfinite(values)
    for name, value in zip(names, values, strict=True):
        if np.isfinite(value):
            yield Value(measure, value, unit, class_name=name, **where)
    if overall is None and known.any():
        overall = float(values[known].mean())
    if overall is not None and np.isfinite(overall):
        yield Value(measure, overall, unit, **where)


def labelings(snapshot: Snapshot, context: Context, region: str) -> Iterator[tuple[str, Ids]]:
    """Yield ("truth", ids) where labels exist and ("pseudo", ids) always, (N,), 255 outside.

    `mixed` has true labels only where both domains have some.
    """
    inside = np.isin(context.domain, _domains_in(region))
    labeled = context.truth != IGNORE_INDEX
    if all(labeled[context.domain == domain].any() for domain in _domains_in(region)):
        yield "truth", np.where(inside, context.truth, IGNORE_INDEX)
    yield "pseudo", np.where(inside, snapshot.predictions["class_id"], IGNORE_INDEX)


def _domains_in(region: str) -> list[int]:
    return [0, 1] if region == "mixed" else [DOMAINS.index(region)]


def finite_features(snapshot: Snapshot) -> NDArray[np.float32]:
    """Return the features, (N, C); ValueError that names them if some are not numbers."""
    features = snapshot.features.astype(np.float32)
    bad = int((~np.isfinite(features).all(axis=1)).sum())
    if bad:
        raise ValueError(f"the features of {bad} of {len(features)} pixels are not finite numbers")
    return features
