"""What happened to the masks of a snapshot since the end of the warm-up, image by image."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spcl.analysis.measures import masks
from spcl.store.counts import cross_table
from spcl.store.reader import Run, Snapshot
from spcl.store.schema import DOMAINS, ProbeImage

VERSION = 1


def mask_report(run: Run, step: int) -> dict[str, Any]:
    """Return changes, gains, transfer and calibration of a snapshot as JSON types.

    `{"step", "before_step", "domains": {domain: {"images", "notable", "transfer",
    "calibration"}}}`: counts by true class of each image (fixed, broken, still_wrong,
    still_right), its gain in mean IoU, the most improved, most harmed and typical image, pixels by
    class before and after, and the reliability curve of the confidence. Up to the end of the
    warm-up there is nothing to compare with: calibration alone. Images without a label have
    only their share in the transfer.
    """
    info = run.info()
    before_step = info.before_step
    steps = run.steps()
    is_after = before_step is not None and before_step < step and before_step in steps
    before = run.snapshot(before_step) if before_step is not None and is_after else None
    report: dict[str, Any] = {"step": step, "before_step": before.step if before else None}
    report["domains"] = {
        domain: _domain(run, run.snapshot(step), before, domain) for domain in DOMAINS
    }
    return report


def _domain(run: Run, snapshot: Snapshot, before: Snapshot | None, domain: str) -> dict[str, Any]:
    num_classes = len(run.info().label_space)
    images = [image for image in run.probe().images if image.domain == domain]
    report: dict[str, Any] = {"calibration": _calibration(run, snapshot, images)}
    if before is None:
        return report
    counted: dict[str, Any] = {}
    total = np.zeros((num_classes, num_classes), np.int64)
    for image in images:
        then, now = before.mask(image.key), snapshot.mask(image.key)
        total += cross_table(then, now, num_classes)
        label = run.probe().label(image.key)
        if label is not None:
            found = masks.changes(then, now, label, num_classes)
            counted[image.key] = {
                "gain": _mean_iou(snapshot, image) - _mean_iou(before, image),
                **{name: counts.tolist() for name, counts in found._asdict().items()},
            }
    gains = {key: counts["gain"] for key, counts in counted.items()}
    for counts in counted.values():
        counts["gain"] = counts["gain"] if np.isfinite(counts["gain"]) else None
    return {
        **report,
        "images": counted,
        "notable": masks.notable_images(gains),
        "transfer": total.tolist(),
    }


def _mean_iou(snapshot: Snapshot, image: ProbeImage) -> float:
    scored = ((snapshot.scores.get(image.domain) or {}).get("images") or {}).get(image.key) or {}
    value = scored.get("mean_iou")
    return float("nan") if value is None else float(value)


def _calibration(run: Run, snapshot: Snapshot, images: list[ProbeImage]) -> dict[str, Any] | None:
    """Return the reliability curve over all labelled pixels of the images; None without any."""
    sums = [np.zeros(masks.BINS) for _ in range(3)]
    for confidence, is_right in _confidences(run, snapshot, images):
        found = masks.calibration(confidence, is_right)
        known = found.pixels > 0
        sums[0] += found.pixels
        sums[1][known] += (found.confidence * found.pixels)[known]
        sums[2][known] += (found.accuracy * found.pixels)[known]
    if not sums[0].any():
        return None
    curve = masks.summed_calibration(sums[0].astype(np.int64), sums[1], sums[2])
    return {
        "pixels": curve.pixels.tolist(),
        "confidence": _known(curve.confidence),
        "accuracy": _known(curve.accuracy),
        "error": curve.error,
    }


def _confidences(
    run: Run, snapshot: Snapshot, images: list[ProbeImage]
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.bool_]]]:
    """Yield confidence in [0, 1] and whether the prediction is right, of labelled pixels, (n,)."""
    for image in images:
        label = run.probe().label(image.key)
        if label is None:
            continue
        plane = snapshot.confidence(image.key)
        rows, columns = (
            np.arange(length) * coarse // length
            for length, coarse in zip(label.shape, plane.shape, strict=True)
        )
        known = label != 255
        confidence = plane[rows][:, columns][known].astype(np.float64) / 255
        yield confidence, snapshot.mask(image.key)[known] == label[known]


def _known(values: NDArray[np.float64]) -> list[float | None]:
    return [round(float(value), 4) if np.isfinite(value) else None for value in values]
