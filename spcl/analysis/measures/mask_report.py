"""What happened to the masks of a snapshot since the end of the warm-up, image by image."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spcl.analysis.formulas import masks
from spcl.store.classes import IGNORE_INDEX
from spcl.store.reader import Run, Snapshot
from spcl.store.schema import DOMAINS, ProbeImage
from spcl.store.scores.counts import Counts, Floats, cross_table, mean_iou_of_present

Ids = NDArray[np.uint8]


class MaskReports:
    """Reports on the masks of one run; what they are compared with is read once."""

    def __init__(self, run: Run) -> None:
        """Look at `run`, whose probe must be written."""
        info = run.info()
        self.run = run
        self.num_classes = len(info.label_space)
        self.has_confidence = "confidence" not in info.absent
        self.probe = run.probe()
        self._curves_before: dict[str, dict[str, Any] | None] = {}

    def report(self, step: int) -> dict[str, Any]:
        """Return changes, gains, transfer and calibration of the snapshot at `step`.

        docs/run-store.md describes the keys. Up to the end of the warm-up there is nothing to
        compare with: calibration alone. A gain is NaN without labelled pixels.
        """
        snapshot, before = self.run.snapshot(step), self._before(step)
        return {
            "step": step,
            "before_step": before.step if before else None,
            "domains": {domain: self._domain(snapshot, before, domain) for domain in DOMAINS},
        }

    def _before(self, step: int) -> Snapshot | None:
        before = self.run.info().before_step
        if before is None or before >= step or before not in self.run.steps():
            return None
        return self.run.snapshot(before)

    def _domain(self, snapshot: Snapshot, before: Snapshot | None, domain: str) -> dict[str, Any]:
        images = [image for image in self.probe.images if image.domain == domain]
        report = {"calibration": self._curve(snapshot, images), "calibration_before": None}
        if before is None:
            return report
        if domain not in self._curves_before:
            self._curves_before[domain] = self._curve(before, images)
        changes = {image.key: self._change(snapshot, before, image.key) for image in images}
        gains = {key: change["gain"] for key, change in changes.items() if "gain" in change}
        return {
            **report,
            "calibration_before": self._curves_before[domain],
            "images": changes,
            "notable": masks.notable_images(gains),
            "transfer": sum((change["transfer"] for change in changes.values()), self._none()),
        }

    def _none(self) -> Counts:
        return np.zeros((self.num_classes, self.num_classes), np.int64)

    def _change(self, snapshot: Snapshot, before: Snapshot, key: str) -> dict[str, Any]:
        """Return what changed in one image; without a label its transfer alone."""
        then, now, num_classes = before.mask(key), snapshot.mask(key), self.num_classes
        transfer = {"transfer": cross_table(then, now, num_classes)}
        label = self.probe.label(key)
        if label is None:
            return transfer
        tables = [cross_table(label, mask, num_classes) for mask in (then, now)]
        labeled, right = label < num_classes, now == label
        return {
            "gain": mean_iou_of_present(tables[1]) - mean_iou_of_present(tables[0]),
            **masks.changes(then, now, label, num_classes)._asdict(),
            "before": tables[0],
            "after": tables[1],
            **transfer,
            "transfer_labeled": cross_table(then[labeled], now[labeled], num_classes),
            "transfer_right": cross_table(then[right], now[right], num_classes),
        }

    def _curve(self, snapshot: Snapshot, images: Sequence[ProbeImage]) -> dict[str, Any] | None:
        """Return the reliability curve over all labelled pixels of the images; None without any."""
        if not self.has_confidence:
            return None
        sums = np.sum([np.zeros((3, masks.BINS)), *self._bins(snapshot, images)], axis=0)
        if not sums.any():
            return None
        curve = masks.curve(*sums)
        return {
            "pixels": curve.pixels,
            "confidence": _rounded(curve.confidence),
            "accuracy": _rounded(curve.accuracy),
            "error": curve.error,
        }

    def _bins(self, snapshot: Snapshot, images: Sequence[ProbeImage]) -> Iterator[Floats]:
        for image in images:
            label = self.probe.label(image.key)
            if label is not None:
                known = label != IGNORE_INDEX
                confidence = _enlarged(snapshot.confidence(image.key), label.shape)[known] / 255
                yield masks.bins(confidence, snapshot.mask(image.key)[known] == label[known])


def _enlarged(plane: Ids, shape: tuple[int, ...]) -> Ids:
    rows, columns = (
        np.arange(length) * coarse // length
        for length, coarse in zip(shape, plane.shape, strict=True)
    )
    enlarged: Ids = plane[rows][:, columns]
    return enlarged


def _rounded(values: Floats) -> list[float | None]:
    return [round(float(value), 4) if np.isfinite(value) else None for value in values]
