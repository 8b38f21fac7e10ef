"""Two runs, or two steps of one, on one map: the same probe pixels, laid out together.

Runs need not share a feature space. A pixel's neighbours are those of its own run, and the same
pixel in each other run stands as near as its nearest: where runs agree the two coincide, and where
a run took a pixel elsewhere they come apart.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spcl.analysis.maps.embedding import (
    Neighbors,
    Positions,
    first_box,
    nearest,
    optimized,
    reduced_features,
)
from spcl.analysis.maps.layout_quality import Quality, quality
from spcl.analysis.maps.projection import FIRST_EPOCHS, place_prototypes
from spcl.store.derived.joint import why_apart
from spcl.store.errors import UserError
from spcl.store.reader import Run


class JointLayout(NamedTuple):
    """One map of several snapshots; the runs in the order they were given.

    Attributes:
        pixels: where every probe pixel stands, (R, N, 2) in map units.
        prototypes: where the prototypes stand, (R, K, 2) each; NaN for one not seen.
        quality: how far each run's part can be trusted.
    """

    pixels: Positions
    prototypes: Positions
    quality: tuple[Quality, ...]


OnPart = Callable[[int, str], None]


def _say_nothing(_: int, __: str) -> None:
    """Ignore how far it is."""


def joint_layout(
    runs: Sequence[Run], steps: Sequence[int], *, seed: int = 0, on_part: OnPart = _say_nothing
) -> JointLayout:
    """Lay out one snapshot of each run on one map.

    Args:
        runs: runs that observe the same probe pixels and have the same classes.
        steps: the snapshot to show of each.
        seed: the same seed gives the same map.
        on_part: called before each part of the work with its number, from 0, and what it is.

    Raises:
        UserError: the runs cannot be laid out together.
    """
    on_part(0, "whether both observe the same")
    _check(runs, steps)
    snapshots = [run.snapshot(step) for run, step in zip(runs, steps, strict=True)]
    features = [snapshot.features for snapshot in snapshots]
    pixels = joint_positions(features, seed=seed, on_part=on_part)
    on_part(3, "how far the map can be trusted")
    placed = [
        place_prototypes(part, table, snapshot.prototypes["vectors"], snapshot.prototypes["seen"])
        for part, table, snapshot in zip(pixels, features, snapshots, strict=True)
    ]
    measured = tuple(
        quality(table, part, seed=seed) for table, part in zip(features, pixels, strict=True)
    )
    return JointLayout(pixels, np.stack(placed), measured)


def joint_positions(
    features: Sequence[NDArray[np.floating]], *, seed: int = 0, on_part: OnPart = _say_nothing
) -> Positions:
    """Return one UMAP layout of the same pixels' features in several runs, (R, N, 2)."""
    on_part(1, "neighbours of every pixel in its own run")
    reduced = [reduced_features(table) for table in features]
    near = stacked([nearest(table) for table in reduced])
    on_part(2, "one layout of both")
    start = np.tile(first_box(reduced[0]), (len(reduced), 1))
    together = optimized(near, start, epochs=FIRST_EPOCHS, rate=1.0, seed=seed)
    centerd: Positions = together - together.mean(axis=0)
    return centerd.reshape(len(reduced), -1, 2)


def stacked(parts: Sequence[Neighbors]) -> Neighbors:
    """Return the neighbours of all runs' pixels, (R N, k + R - 1): itself, its twins, the others.

    A twin is the same pixel in another run, as far away as the pixel's nearest neighbour.
    """
    num_pixels = len(parts[0].indices)
    rows = np.arange(num_pixels, dtype=np.int32)[:, None]
    indices, distances = [], []
    for own, part in enumerate(parts):
        others = [rows + other * num_pixels for other in range(len(parts)) if other != own]
        indices.append(
            np.hstack([rows + own * num_pixels, *others, part.indices[:, 1:] + own * num_pixels])
        )
        twin = np.repeat(part.distances[:, 1:2], len(others), axis=1)
        distances.append(np.hstack([part.distances[:, :1], twin, part.distances[:, 1:]]))
    return Neighbors(np.vstack(indices), np.vstack(distances))


def _check(runs: Sequence[Run], steps: Sequence[int]) -> None:
    if len(runs) < 2 or len(runs) != len(steps):
        raise UserError(
            f"{len(runs)} runs and {len(steps)} steps given; a joint map takes at least two runs "
            "and one step for each"
        )
    first, *others = runs
    for other in others:
        reason = why_apart(first, other)
        if not reason and not _same_pictures(first, other):
            reason = f"{first.path.name} and {other.path.name} observe other pictures."
        if reason:
            raise UserError(reason.removesuffix("."))


def _same_pictures(one: Run, other: Run) -> bool:
    """Return whether the pictures that both call by the same names are the same."""
    ours, theirs = one.probe(), other.probe()
    return all(
        np.array_equal(ours.picture(image.key), theirs.picture(image.key)) for image in ours.images
    )
