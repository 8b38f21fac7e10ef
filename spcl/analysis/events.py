"""What should make somebody look: a row for every snapshot at which a limit is passed.

Each snapshot is judged by itself, so that snapshots can be analysed in any order; since when a
condition holds is read off the row of rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spcl.analysis.measures import Row
from spcl.store.reader import Snapshot


@dataclass(frozen=True)
class Limits:
    """Where an alarm begins."""

    prototype_cosine: float = 0.8
    kept_share: float = 0.05
    lost_points: float = 5.0
    prototype_age: int = 50


def events_of(
    rows: Sequence[Row],
    *,
    snapshot: Snapshot,
    before: Snapshot | None,
    names: Sequence[str],
    is_adapting: bool,
    bad_losses: Sequence[int] = (),
    limits: Limits | None = None,
) -> list[dict[str, Any]]:
    """Return the events of a snapshot from its measures and scores.

    Args:
        rows: from `measures.snapshot_rows`.
        snapshot: the same snapshot.
        before: the snapshot that ends the warm-up, if it exists already.
        names: class names.
        is_adapting: whether the warm-up is over; pseudo labels say nothing earlier.
        bad_losses: steps since the snapshot before at which a loss was not finite.
        limits: where an alarm begins.
    """
    limits = limits or Limits()
    found = [*_not_finite(snapshot, bad_losses)]
    found += [*_close_prototypes(rows, limits), *_unseen(rows, limits)]
    if is_adapting:
        found += _starving(rows, limits)
        if before is not None and before.step < snapshot.step:
            found += _lost(snapshot, before, names, limits)
    return [{"step": snapshot.step, **event} for event in found]


def _not_finite(snapshot: Snapshot, bad_losses: Sequence[int]) -> Iterator[dict[str, Any]]:
    if bad_losses:
        text = f"A loss was not a number, {len(bad_losses)} times from step {bad_losses[0]} on."
        yield _event("not_finite", None, len(bad_losses), 0, text)
        return
    features = snapshot.features
    count = int((~np.isfinite(features).all(axis=1)).sum())
    if count:
        text = f"{count} of {len(features)} probe pixels have features that are not numbers."
        yield _event("not_finite", None, count, 0, text)


def _event(
    kind: str, of: str | None, number: float, limit: float, sentence: str, **more: str
) -> dict[str, Any]:
    row = {"class": of, "kind": kind, "number": round(float(number), 4), "limit": limit}
    return {**row, "sentence": sentence, **more}


def _close_prototypes(rows: Sequence[Row], limits: Limits) -> Iterator[dict[str, Any]]:
    limit = limits.prototype_cosine
    for row in rows:
        if row["measure"] == "prototype_cosine" and row["value"] > limit:
            pair = f"The prototypes of {row['class']} and {row['rival']}"
            text = f"{pair} have cosine {row['value']:.2f}, the limit is {limit:.2f}."
            yield _event(
                "prototypes_close", row["class"], row["value"], limit, text, rival=row["rival"]
            )


def _unseen(rows: Sequence[Row], limits: Limits) -> Iterator[dict[str, Any]]:
    limit = limits.prototype_age
    for row in rows:
        if row["measure"] == "prototype_age" and row["value"] > limit:
            text = f"No pixel of {row['class']} for {row['value']:.0f} updates, limit {limit}."
            yield _event("prototype_unseen", row["class"], row["value"], limit, text)


def _starving(rows: Sequence[Row], limits: Limits) -> Iterator[dict[str, Any]]:
    limit = limits.kept_share
    for row in rows:
        if row["measure"] == "kept_share" and row["class"] and row["value"] < limit:
            text = (
                f"{100 * row['value']:.0f} % of the target pixels called {row['class']} are sure "
                f"enough to learn from, the limit is {100 * limit:.0f} %."
            )
            yield _event("class_starves", row["class"], row["value"], limit, text)


def _lost(
    snapshot: Snapshot, before: Snapshot, names: Sequence[str], limits: Limits
) -> Iterator[dict[str, Any]]:
    now, then = snapshot.scores.get("target"), before.scores.get("target")
    if not now or not then:
        return
    values = zip(names, now["per_class_iou"], then["per_class_iou"], strict=True)
    for name, after, first in values:
        if after is None or first is None:
            continue
        change = 100 * (after - first)
        if np.isfinite(change) and change < -limits.lost_points:
            text = f"{name} has lost {-change:.1f} points of IoU on target since before."
            yield _event("class_lost", name, change, -limits.lost_points, text)
