"""What the masks of one image amount to, counted once and kept: numpy only, no drawing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from spcl.store.errors import DamagedError
from spcl.store.reader import Run
from spcl.store.schema import IGNORE_INDEX


@dataclass(frozen=True)
class MaskChange:
    """Pixels of one image with truth, before against after.

    Attributes:
        num_labelled: labelled pixels.
        fixed: wrong before, right after; as all three, a share of the labelled pixels in [0, 1].
        broken: right before, wrong after.
        still_wrong: wrong both times.
        confusion_before: pixels by truth (row) and prediction (column), (K, K).
        confusion_after: the same, after.
        transfer: pixels by prediction before (row) and after (column), (K, K).
        transfer_right: those of `transfer` that are right after.
    """

    num_labeled: int
    fixed: float
    broken: float
    still_wrong: float
    confusion_before: NDArray[np.int64]
    confusion_after: NDArray[np.int64]
    transfer: NDArray[np.int64]
    transfer_right: NDArray[np.int64]


@st.cache_resource(max_entries=500, show_spinner=False)
def mask_change(run_path: str, before: int, after: int, key: str) -> MaskChange | None:
    """Return what changed in a probe image between two steps; None without truth."""
    run = Run(Path(run_path))
    truth = run.probe().label(key)
    if truth is None:
        return None
    first, last = _masks(run, before, after, key)
    if truth.shape != last.shape:
        raise DamagedError(f"the label of {key} is not as large as its masks; copy the run again")
    return count_change(truth, first, last, num_classes=len(run.info().label_space))


@st.cache_resource(max_entries=500, show_spinner=False)
def mask_transfer(run_path: str, before: int, after: int, key: str) -> NDArray[np.int64]:
    """Return pixels of a probe image by prediction before (row) and after (column), (K, K)."""
    run = Run(Path(run_path))
    first, last = _masks(run, before, after, key)
    return cross_table(first, last, num_classes=len(run.info().label_space))


def _masks(run: Run, before: int, after: int, key: str) -> list[NDArray[np.uint8]]:
    first, last = (run.snapshot(step).mask(key) for step in (before, after))
    if first.shape != last.shape:
        raise DamagedError(
            f"the masks of {key} at steps {before} and {after} differ in size; copy the run again"
        )
    return [first, last]


def cross_table(
    rows: NDArray[Any], columns: NDArray[Any], *, num_classes: int
) -> NDArray[np.int64]:
    """Count pixels by class in `rows` and in `columns`, of one shape, (K, K); no other ids."""
    known = (rows < num_classes) & (columns < num_classes)
    cells = rows[known].astype(np.int64) * num_classes + columns[known]
    return np.bincount(cells, minlength=num_classes**2).reshape(num_classes, num_classes)


def count_change(
    truth: NDArray[np.uint8],
    before: NDArray[np.uint8],
    after: NDArray[np.uint8],
    *,
    num_classes: int,
) -> MaskChange:
    """Count fixed, broken, still wrong and every transfer of one image, each (H, W) of ids."""
    valid = truth != IGNORE_INDEX
    true, first, last = (plane[valid] for plane in (truth, before, after))
    was_right, is_right = first == true, last == true
    total = max(1, len(true))

    def table(rows: NDArray[np.uint8], columns: NDArray[np.uint8]) -> NDArray[np.int64]:
        return cross_table(rows, columns, num_classes=num_classes)

    return MaskChange(
        num_labeled=len(true),
        fixed=float((~was_right & is_right).sum() / total),
        broken=float((was_right & ~is_right).sum() / total),
        still_wrong=float((~was_right & ~is_right).sum() / total),
        confusion_before=table(true, first),
        confusion_after=table(true, last),
        transfer=table(first, last),
        transfer_right=table(first[is_right], last[is_right]),
    )
