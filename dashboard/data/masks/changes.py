"""What changed in the masks of an image, and how far the confidence can be believed.

Read from the report of the analysis; pixels are counted here only for two steps without a report.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.data.cache_keys import BY_BYTES
from dashboard.data.masks.reports import ImageReport, MaskReport, Reliability, parsed
from spcl.store.derived.reader import MASKS_FOLDER, DerivedReader
from spcl.store.errors import DamagedError
from spcl.store.reader import Run
from spcl.store.schema import Domain
from spcl.store.scores.counts import Counts, Ids, cross_table


@dataclass(frozen=True)
class MaskChange:
    """Labelled pixels of one image, before against after.

    Attributes:
        num_labeled: labelled pixels.
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
    confusion_before: Counts
    confusion_after: Counts
    transfer: Counts
    transfer_right: Counts


def mask_change(
    run_path: str, before: int, after: int, key: str, num_classes: int
) -> MaskChange | None:
    """Return what changed in a probe image between two steps; None without truth."""
    reported = _image_report(run_path, before, after, key, num_classes)
    if reported is None:
        return _counted_change(run_path, before, after, key, num_classes)
    return None if reported.of_truth is None else change_of(*reported.of_truth)


def mask_transfer(run_path: str, before: int, after: int, key: str, num_classes: int) -> Counts:
    """Return pixels of a probe image by prediction before (row) and after (column), (K, K)."""
    reported = _image_report(run_path, before, after, key, num_classes)
    if reported is None:
        return _counted_transfer(run_path, before, after, key, num_classes)
    return reported.transfer


def reliability(
    run_path: str, step: int, domain: Domain
) -> tuple[Reliability | None, Reliability | None] | None:
    """Return the curves of a step and before adaptation; None without a report of the step.

    A curve is None without labels; the one before also at the end of the warm-up and earlier.
    """
    report = _report(run_path, step)
    if report is None:
        return None
    return report.curves.get(domain, (None, None))


def _image_report(
    run_path: str, before: int, after: int, key: str, num_classes: int
) -> ImageReport | None:
    """Return what the report of `after` says of an image; None if it compares other steps."""
    report = _report(run_path, after)
    if report is None or report.before_step != before:
        return None
    image = report.images.get(key)
    return image if image is not None and len(image.transfer) == num_classes else None


def _report(run_path: str, step: int) -> MaskReport | None:
    path = DerivedReader(Run(Path(run_path))).path / MASKS_FOLDER / f"step_{step}.json"
    try:
        modified = path.stat().st_mtime_ns
    except OSError:
        return None
    return _read_report(run_path, step, modified)


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs=BY_BYTES)
def _read_report(run_path: str, step: int, modified: int) -> MaskReport | None:
    """Return a report (do not change it); None for a damaged one, or an old one without tables."""
    report = DerivedReader(Run(Path(run_path))).mask_report(step)
    return None if report is None else parsed(report)


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_BYTES)
def _counted_change(
    run_path: str, before: int, after: int, key: str, num_classes: int
) -> MaskChange | None:
    run = Run(Path(run_path))
    truth = run.probe().label(key)
    if truth is None:
        return None
    first, last = _masks(run, before, after, key)
    if truth.shape != last.shape:
        raise DamagedError(f"the label of {key} is not as large as its masks; copy the run again")
    return count_change(truth, first, last, num_classes=num_classes)


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_BYTES)
def _counted_transfer(run_path: str, before: int, after: int, key: str, num_classes: int) -> Counts:
    first, last = _masks(Run(Path(run_path)), before, after, key)
    return cross_table(first, last, num_classes)


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_BYTES)
def change_between(
    first: str, first_step: int, second: str, second_step: int, key: str, *, num_classes: int
) -> MaskChange | None:
    """Return what changes in an image from one run's masks to another's; None without truth.

    None also where they differ in size: then it is not the same image.
    """
    truth = Run(Path(second)).probe().label(key)
    one = Run(Path(first)).snapshot(first_step).mask(key)
    other = Run(Path(second)).snapshot(second_step).mask(key)
    if truth is None or not truth.shape == one.shape == other.shape:
        return None
    return count_change(truth, one, other, num_classes=num_classes)


def _masks(run: Run, before: int, after: int, key: str) -> list[NDArray[np.uint8]]:
    first, last = (run.snapshot(step).mask(key) for step in (before, after))
    if first.shape != last.shape:
        raise DamagedError(
            f"the masks of {key} at steps {before} and {after} differ in size; copy the run again"
        )
    return [first, last]


def count_change(truth: Ids, before: Ids, after: Ids, *, num_classes: int) -> MaskChange:
    """Count every transfer between two masks of one image, each (H, W) of class ids."""
    labeled, right = truth < num_classes, after == truth
    return change_of(
        cross_table(truth, before, num_classes),
        cross_table(truth, after, num_classes),
        cross_table(before[labeled], after[labeled], num_classes),
        cross_table(before[right], after[right], num_classes),
    )


def change_of(
    confusion_before: Counts, confusion_after: Counts, transfer: Counts, transfer_right: Counts
) -> MaskChange:
    """Return the change that four tables, (K, K) each, amount to.

    What is right after and was so before never left its class: the diagonal of `transfer_right`.
    """
    total = int(confusion_after.sum())
    right_before, right_after = int(np.trace(confusion_before)), int(np.trace(confusion_after))
    right_twice = int(np.trace(transfer_right))
    kinds = (
        right_after - right_twice,
        right_before - right_twice,
        total - right_before - right_after + right_twice,
    )
    fixed, broken, still_wrong = (count / max(1, total) for count in kinds)
    return MaskChange(
        num_labeled=total,
        fixed=fixed,
        broken=broken,
        still_wrong=still_wrong,
        confusion_before=confusion_before,
        confusion_after=confusion_after,
        transfer=transfer,
        transfer_right=transfer_right,
    )
