"""What a report of the masks holds, as arrays; one that holds anything else is no report."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spcl.store.formats.files import WRONG_CONTENT
from spcl.store.scores.counts import Counts

_OF_TRUTH = ("before", "after", "transfer_labeled", "transfer_right")
_MOST_PIXELS = 10**12


@dataclass(frozen=True)
class ImageReport:
    """The tables of one image, (K, K) each.

    Attributes:
        transfer: pixels by prediction before (row) and after (column).
        of_truth: confusion before and after, `transfer` of the labelled pixels and of those that
            are right after; None without truth.
    """

    transfer: Counts
    of_truth: tuple[Counts, Counts, Counts, Counts] | None


@dataclass(frozen=True)
class Reliability:
    """How often predictions of a confidence are right, over 15 bins of equal width, (15,) each.

    Attributes:
        pixels: how many have a confidence in the bin.
        confidence: their mean confidence in [0, 1]; NaN for an empty bin.
        accuracy: share of them that is right, in [0, 1]; NaN for an empty bin.
        error: expected calibration error, in [0, 1]; low is good.
    """

    pixels: NDArray[np.int64]
    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    error: float


@dataclass(frozen=True)
class MaskReport:
    """The report of one step.

    Attributes:
        before_step: the step it is compared with; None up to the end of the warm-up.
        images: what it says of each image, by its key.
        curves: of each domain the curve of the step and the one before; None without labels.
    """

    before_step: int | None
    images: Mapping[str, ImageReport]
    curves: Mapping[str, tuple[Reliability | None, Reliability | None]]


def parsed(raw: Mapping[str, Any]) -> MaskReport | None:
    """Return a report as the analysis writes it; None for anything else, e.g. an older one."""
    try:
        domains = raw["domains"]
        return MaskReport(
            before_step=raw["before_step"],
            images={
                key: _image(image)
                for domain in domains.values()
                for key, image in domain.get("images", {}).items()
            },
            curves={
                name: (_curve(domain.get("calibration")), _curve(domain["calibration_before"]))
                for name, domain in domains.items()
            },
        )
    except WRONG_CONTENT:
        return None


def _image(raw: Mapping[str, Any]) -> ImageReport:
    transfer = _table(raw["transfer"])
    if "gain" not in raw:
        return ImageReport(transfer, None)
    before, after, labeled, right = (_table(raw[name]) for name in _OF_TRUTH)
    if {table.shape for table in (before, after, labeled, right)} != {transfer.shape}:
        raise ValueError("the tables are of different classes")
    return ImageReport(transfer, (before, after, labeled, right))


def _table(raw: Any) -> Counts:
    table: Counts = np.asarray(raw, np.int64)
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise ValueError("a table has as many rows as columns")
    return _counted(table)


def _counted(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    if ((numbers < 0) | (numbers > _MOST_PIXELS)).any():
        raise ValueError("these are no numbers of pixels")
    return numbers


def _curve(raw: Mapping[str, Any] | None) -> Reliability | None:
    if raw is None:
        return None
    pixels = _counted(np.asarray(raw["pixels"], np.int64))
    confidence, accuracy, error = (
        _shares(raw[name]) for name in ("confidence", "accuracy", "error")
    )
    if pixels.ndim != 1 or not pixels.shape == confidence.shape == accuracy.shape:
        raise ValueError("the bins of a curve are as many of each kind")
    return Reliability(pixels, confidence, accuracy, float(error))


def _shares(raw: Any) -> NDArray[np.float64]:
    shares = np.asarray(raw, np.float64)
    if ((shares < 0) | (shares > 1)).any():
        raise ValueError("a share lies in [0, 1]")
    return shares
