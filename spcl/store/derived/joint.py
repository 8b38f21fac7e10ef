"""Two runs on one map: what its two parts are called, and which runs have no such map."""

from collections.abc import Sequence

import numpy as np

from spcl.store.derived.reader import VERSIONS, DerivedReader, Layout, digest
from spcl.store.reader import Run
from spcl.store.schema import RunInfo

JOINT = "joint"
"""The method of a layout that is one part of a map of several runs."""


def joint_recipe(infos: Sequence[RunInfo], steps: Sequence[int]) -> str:
    """Return the recipe of the map of these snapshots, in this order."""
    runs = [[info.started_at, step] for info, step in zip(infos, steps, strict=True)]
    return digest({"version": VERSIONS["maps"], "method": JOINT, "runs": runs})


def joint_part(run: Run, recipe: str, step: int) -> Layout | None:
    """Return a run's part of the map of a recipe; None where it is not made yet."""
    found = (one for one in DerivedReader(run).layouts() if one.method == JOINT)
    return next((one for one in found if one.recipe == recipe and step in one.steps), None)


def why_apart(one: Run, other: Run) -> str:
    """Return in a sentence why two runs cannot be laid out on one map; "" where they can."""
    infos = one.info(), other.info()
    for info in infos:
        if "features" in info.absent:
            return f"{info.id} records no features, so it has no map."
    if infos[0].label_space.names != infos[1].label_space.names:
        return f"{infos[0].id} and {infos[1].id} have different classes."
    if not _same_probe(one, other):
        return (
            f"{infos[0].id} and {infos[1].id} do not observe the same probe pixels; give runs with "
            "the same data, classes and record settings."
        )
    return ""


def _same_probe(one: Run, other: Run) -> bool:
    ours, theirs = one.probe(), other.probe()
    return [image.key for image in ours.images] == [image.key for image in theirs.images] and all(
        np.array_equal(ours.pixels[key], theirs.pixels[key]) for key in ("image", "row", "column")
    )
