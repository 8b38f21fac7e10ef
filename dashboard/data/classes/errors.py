"""Where in the image the errors stand: over all observed images of a domain, by coarse cells."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.data import recorded
from dashboard.data.cache_keys import BY_BYTES
from dashboard.data.opened_run import OpenedRun
from spcl.store.reader import Run

ROWS, COLUMNS = 24, 48
_MOST_PIXELS = 32_000_000
"""Of the images that are read for one map; of more, evenly spaced ones stand for all."""


@dataclass(frozen=True)
class ErrorMap:
    """Labelled pixels and wrong ones by their place in the image, over some images.

    Attributes:
        wrong: pixels that are called something else, (ROWS, COLUMNS).
        labeled: pixels that count, (ROWS, COLUMNS).
        images: how many images were read.
        of_images: how many labelled images of the domain are observed.
    """

    wrong: NDArray[np.int64]
    labeled: NDArray[np.int64]
    images: int
    of_images: int

    @property
    def shares(self) -> NDArray[np.float64]:
        """Return the share of wrong pixels in each cell, in [0, 1]; NaN where none counts."""
        return np.where(self.labeled > 0, self.wrong / np.maximum(self.labeled, 1), np.nan)


def error_map(opened: OpenedRun, step: int, class_id: int | None) -> ErrorMap | None:
    """Return where errors on the target stand at a step; None without labelled images.

    Args:
        opened: the run.
        step: the snapshot.
        class_id: only pixels that truly have this class count; None for all.
    """
    known = [i for i in recorded.images(opened.path) if i.domain == "target" and i.has_label]
    if not known:
        return None
    most = max(1, _MOST_PIXELS // max(image.height * image.width for image in known))
    places = np.linspace(0, len(known) - 1, min(most, len(known))).round().astype(int)
    keys = tuple(known[i].key for i in places.tolist())
    wrong, labeled = _counted(opened.path, step, keys, class_id, len(opened.classes))
    return ErrorMap(wrong, labeled, len(keys), len(known))


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=BY_BYTES)
def _counted(
    run_path: str, step: int, keys: tuple[str, ...], class_id: int | None, num_classes: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    run = Run(Path(run_path))
    probe, snapshot = run.probe(), run.snapshot(step)
    wrong = np.zeros((ROWS, COLUMNS), np.int64)
    labeled = np.zeros((ROWS, COLUMNS), np.int64)
    for key in keys:
        truth, mask = probe.label(key), snapshot.mask(key)
        if truth is None or truth.shape != mask.shape:
            continue
        counts = truth < num_classes if class_id is None else truth == class_id
        labeled += by_cells(counts)
        wrong += by_cells(counts & (truth != mask))
    return wrong, labeled


def by_cells(marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return how many pixels of (H, W) are marked in each cell, (ROWS, COLUMNS)."""
    height, width = marked.shape
    rows, columns = np.nonzero(marked)
    cells = (rows * ROWS // height) * COLUMNS + columns * COLUMNS // width
    return np.bincount(cells, minlength=ROWS * COLUMNS).reshape(ROWS, COLUMNS)
