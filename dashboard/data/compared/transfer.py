"""Which class of one run became which of another, pixel by pixel, in the images both observe."""

from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.colors import rgb_of
from dashboard.data import recorded
from dashboard.data.cache_keys import BY_BYTES
from dashboard.data.classes.images import gray_picture
from dashboard.data.compared.runs import Contender
from dashboard.data.compared.tables import Transfer, Which, tables_of
from dashboard.data.crops import address_of
from spcl.store.reader import Run
from spcl.store.scores.whole import PART_OF

_WIDTH = 240
"""Pixels of a small picture, at most."""


def transfer_between(first: Contender, second: Contender) -> Transfer:
    """Return what became of the pixels of all target images that both runs observe."""
    return _transfer(
        first.path,
        first.side.step,
        second.path,
        second.side.step,
        num_classes=len(first.info.label_space),
    )


def split_images(second: Contender) -> int | None:
    """Return how many images the target's split has; None where that is not recorded."""
    scores = recorded.scores(second.path, second.side.step).get("target")
    found = scores.get(PART_OF, scores.get("num_images")) if isinstance(scores, dict) else None
    return found if isinstance(found, int) else None


@st.cache_resource(max_entries=8, show_spinner="Counting pixels", hash_funcs=BY_BYTES)
def _transfer(
    first: str, first_step: int, second: str, second_step: int, *, num_classes: int
) -> Transfer:
    known = set(recorded.images(first))
    common = [one for one in recorded.images(second) if one in known and one.domain == "target"]
    one, other = Run(Path(first)).snapshot(first_step), Run(Path(second)).snapshot(second_step)
    probe = Run(Path(second)).probe()
    tables = {}
    for image in common:
        masks = one.mask(image.key), other.mask(image.key)
        if masks[0].shape == masks[1].shape:
            truth = probe.label(image.key)
            tables[image.key] = tables_of(masks[0], masks[1], truth, num_classes)
    return Transfer(tables, len(common) - len(tables))


@st.cache_data(max_entries=100, show_spinner=False, hash_funcs=BY_BYTES)
def cell_picture(
    first: tuple[str, int],
    second: tuple[str, int],
    key: str,
    cell: tuple[int, int],
    which: Which,
    *,
    color: str,
) -> str:
    """Return where the pixels of a cell lie, on the photograph in grey, as a PNG address.

    Args:
        first: the run and the step of the first.
        second: the same of the other.
        key: the image.
        cell: the class with the first run, and with the second.
        which: of which pixels.
        color: "#RRGGBB" that they are painted with.
    """
    probe = Run(Path(second[0])).probe()
    photo, truth = probe.picture(key), probe.label(key)
    masks = [Run(Path(path)).snapshot(step).mask(key) for path, step in (first, second)]
    every = max(1, -(-photo.shape[1] // _WIDTH))
    inside = np.logical_and(masks[0] == cell[0], masks[1] == cell[1])
    if which != "all" and truth is not None:
        inside = inside & (truth == cell[1 if which == "second" else 0])
    return address_of(_painted(photo[::every, ::every], _thinned(inside, every), color))


def _thinned(inside: NDArray[np.bool_], every: int) -> NDArray[np.bool_]:
    """Return whether any pixel of each square is inside, so that thin things stay to be seen."""
    height, width = (-(-size // every) * every for size in inside.shape)
    padded = np.zeros((height, width), bool)
    padded[: inside.shape[0], : inside.shape[1]] = inside
    squares = padded.reshape(height // every, every, width // every, every)
    found: NDArray[np.bool_] = np.asarray(squares.any(axis=(1, 3)), bool)
    return found


def _painted(photo: NDArray[np.uint8], inside: NDArray[np.bool_], color: str) -> NDArray[np.uint8]:
    picture = gray_picture(photo)
    picture[inside] = rgb_of(color)
    return picture
