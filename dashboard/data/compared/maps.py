"""The map of two runs: their parts of it, and which probe pixels a cell of the table holds."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.data import recorded
from dashboard.data.compared.requests import JointRequest
from dashboard.data.compared.runs import Contender
from dashboard.data.opened_run import OpenedRun
from spcl.store.derived.joint import joint_part, joint_recipe
from spcl.store.derived.reader import Layout
from spcl.store.reader import status_of


class Parts(NamedTuple):
    """The parts of a map, of the first run and of the second."""

    first: Layout
    second: Layout


def request_of(first: Contender, second: Contender) -> JointRequest:
    """Return what asks for the map of two runs."""
    return JointRequest(first.run.path, first.side.step, second.run.path, second.side.step)


def parts_of(first: Contender, second: Contender) -> Parts | None:
    """Return both parts; None while the map is not made."""
    pair = (first, second)
    recipe = joint_recipe([one.info for one in pair], [one.side.step for one in pair])
    found = [joint_part(one.run, recipe, one.side.step) for one in pair]
    return None if found[0] is None or found[1] is None else Parts(found[0], found[1])


def opened_at(one: Contender, opened: OpenedRun) -> OpenedRun:
    """Return a compared run as the map takes it: at the step compared, with the same choices."""
    if one.run.path == opened.run.path:
        return opened
    return OpenedRun(
        one.run,
        one.info,
        opened.selection,
        status_of(one.info, one.run.path),
        list(one.steps),
        one.side.step,
        None,
    )


def cell_pixels(first: Contender, second: Contender, cell: tuple[int, int]) -> NDArray[np.int64]:
    """Return the target probe pixels that are in a cell: its row's class, its column's class."""
    one, other = (
        recorded.predictions(side.path, side.side.step)["class_id"] for side in (first, second)
    )
    is_target = recorded.pixels(second.path)["domain"] == 1
    return np.flatnonzero(is_target & (one == cell[0]) & (other == cell[1])).astype(np.int64)
