"""What a snapshot observes of a model, gathered image by image into files and scores."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from spcl.recorder.in_order import Work, at_once
from spcl.recorder.probe import ProbeSet, cells_of
from spcl.store import schema
from spcl.store.formats.encoding import array_bytes, arrays_bytes, gray_bytes, mask_bytes
from spcl.store.schema import Domain
from spcl.store.scores.counts import cross_table, score, score_of_image
from spcl.store.scores.whole import PART_OF

Doer = Callable[[Work], None]
"""Has work done: here and now, or later and in order."""
CONFIDENCE_STRIDE = 4
"""The confidence plane is stored at a quarter of the mask's size: it is smooth."""


class Labeled(Protocol):
    """What a model says of the classes of one image, at the size of its label, if it has one."""

    @property
    def label(self) -> NDArray[np.uint8] | None:
        """Return the true class ids (H, W), or None."""
        ...

    @property
    def class_ids(self) -> NDArray[np.uint8]:
        """Return the predicted class of every pixel, (H, W)."""
        ...


class Observed(Labeled, Protocol):
    """What a model says of one image, at the size of its label, or of the image without one."""

    def confidence(self) -> NDArray[np.float32] | None:
        """Return the probability of the predicted class, (H, W); None if it is not known."""
        ...

    @property
    def grid(self) -> tuple[int, int] | None:
        """Return height and width of the feature grid; None without features."""
        ...

    def features_at(
        self, rows: NDArray[np.int64], columns: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Return the features of cells of the grid, (N, C)."""
        ...


class SplitScores:
    """Scores of one split, over all its images and for each probe image."""

    def __init__(self, domain: Domain, num_classes: int) -> None:
        self.domain = domain
        self.confusion = np.zeros((num_classes, num_classes), np.int64)
        self.by_image: dict[str, Any] = {}
        self.num_images = 0

    def add(self, observed: Labeled, key: str | None) -> None:
        """Count one image, if it has a label; `key` names a probe image."""
        if observed.label is None:
            return
        counts = cross_table(observed.label, observed.class_ids, len(self.confusion))
        self.confusion += counts
        self.num_images += 1
        if key is not None:
            self.by_image[key] = score_of_image(counts)

    def join(self, other: "SplitScores") -> None:
        """Count the images of `other`, which are none of these."""
        self.confusion += other.confusion
        self.num_images += other.num_images
        self.by_image |= other.by_image

    def values(self, *, part_of: int | None = None) -> dict[str, Any] | None:
        """Return the scores as in `scores.json`; None for a split without labels.

        `part_of` is how many images the split has, where not all of them were added.
        """
        if not self.num_images:
            return None
        return {
            "split": f"{self.domain}/val",
            "num_images": self.num_images,
            **({} if part_of is None else {PART_OF: part_of}),
            **score(self.confusion),
            "images": self.by_image,
        }


class ObservedPart(NamedTuple):
    """What was observed of some of the probe images, to be joined with what was of the others.

    Attributes:
        masks: files of the pictures, by name.
        rows: the probe pixels in those images, (N,).
        class_id: their predicted classes, (N,).
        confidence: their confidence, (N,), NaN where it is not known.
        features: their features, (N, C); None without features.
    """

    masks: dict[str, bytes]
    rows: NDArray[np.int64]
    class_id: NDArray[np.uint8]
    confidence: NDArray[np.float32]
    features: NDArray[np.float32] | None


class ProbeObservation:
    """Masks of the probe images and one row a probe pixel, filled image by image."""

    def __init__(self, probe: ProbeSet, palette: Sequence[int], *, encode: Doer = at_once) -> None:
        """Begin with no image; `encode` has pictures encoded, in order and before `files`."""
        self.probe = probe
        self.palette = palette
        self._encode = encode
        num_pixels = len(probe.pixels["image"])
        self.masks: dict[str, bytes] = {}
        self.features: NDArray[np.float32] | None = None
        self.class_id = np.zeros(num_pixels, np.uint8)
        self.confidence = np.full(num_pixels, np.nan, np.float32)
        self._rows: list[NDArray[np.int64]] = []

    def add(self, observed: Observed, image: int) -> None:
        """Take what is predicted for the probe image at place `image`."""
        confidence = observed.confidence()
        name = f"{schema.MASKS_FOLDER}/{self.probe.images[image].key}"
        self._encode(partial(self._add_pictures, name, observed.class_ids, confidence))
        rows = np.flatnonzero(self.probe.pixels["image"] == image)
        row, column = self.probe.pixels["row"][rows], self.probe.pixels["column"][rows]
        self._rows.append(rows)
        self.class_id[rows] = observed.class_ids[row, column]
        if confidence is not None:
            self.confidence[rows] = confidence[row, column]
        if observed.grid is not None:
            cells = cells_of(row, column, size=observed.class_ids.shape, grid=observed.grid)
            self._put_features(rows, observed.features_at(*cells))

    def _put_features(self, rows: NDArray[np.int64], features: NDArray[np.float32]) -> None:
        if self.features is None:
            self.features = np.zeros((len(self.class_id), features.shape[1]), np.float32)
        self.features[rows] = features

    def part(self) -> ObservedPart:
        """Return what has been added; its pictures must have been encoded at once."""
        rows = np.concatenate([np.zeros(0, np.int64), *self._rows])
        features = None if self.features is None else self.features[rows]
        return ObservedPart(self.masks, rows, self.class_id[rows], self.confidence[rows], features)

    def join(self, part: ObservedPart) -> None:
        """Take what was observed elsewhere of other images."""
        self._encode(partial(self.masks.update, part.masks))
        self.class_id[part.rows] = part.class_id
        self.confidence[part.rows] = part.confidence
        if part.features is not None:
            self._put_features(part.rows, part.features)

    def _add_pictures(
        self, name: str, class_ids: NDArray[np.uint8], confidence: NDArray[np.float32] | None
    ) -> None:
        pictures = pictures_of(class_ids, confidence, palette=self.palette)
        self.masks |= zip((f"{name}.png", f"{name}.confidence.png"), pictures, strict=False)

    def unit_features(self) -> NDArray[np.float16]:
        """Return the features at unit length, (N, C); C is 0 without features."""
        if self.features is None:
            return np.zeros((len(self.class_id), 0), np.float16)
        length = np.linalg.norm(self.features, axis=1, keepdims=True)
        unit: NDArray[np.float16] = (self.features / np.maximum(length, 1e-12)).astype(np.float16)
        return unit

    def predictions(self, thresholds: NDArray[np.float32] | None) -> dict[str, NDArray[Any]]:
        """Return class_id, confidence and whether it would be kept as a pseudo label, each (N,).

        Without thresholds none is kept.
        """
        kept = np.zeros(len(self.class_id), bool)
        if thresholds is not None:
            kept = self.confidence >= thresholds[self.class_id]
        return {
            "class_id": self.class_id,
            "confidence": self.confidence.astype(np.float16),
            "kept": kept,
        }

    def files(
        self, prototypes: dict[str, NDArray[Any]], thresholds: NDArray[np.float32] | None
    ) -> dict[str, bytes]:
        """Return the files of the snapshot but its scores.

        Args:
            prototypes: vectors (K, C), pixel_count, age and seen (K,).
            thresholds: confidence from which a pseudo label is kept, (K,), if there are such.
        """
        return {
            **self.masks,
            schema.FEATURES_FILE: array_bytes(self.unit_features()),
            schema.PREDICTIONS_FILE: arrays_bytes(self.predictions(thresholds)),
            schema.PROTOTYPES_FILE: arrays_bytes(prototypes),
        }


def pictures_of(
    class_ids: NDArray[np.uint8],
    confidence: NDArray[np.float32] | None,
    *,
    palette: Sequence[int],
) -> list[bytes]:
    """Return the mask of an image and its confidence, if that is known, as they are stored."""
    mask = mask_bytes(class_ids, palette)
    return [mask] if confidence is None else [mask, gray_bytes(_coarse(confidence))]


def _coarse(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a plane (H, W) at a quarter of its size, means of blocks."""
    height, width = (side // CONFIDENCE_STRIDE * CONFIDENCE_STRIDE for side in plane.shape)
    if not height or not width:
        return plane
    blocks = plane[:height, :width].reshape(
        height // CONFIDENCE_STRIDE, CONFIDENCE_STRIDE, width // CONFIDENCE_STRIDE, -1
    )
    coarse: NDArray[np.float32] = blocks.mean(axis=(1, 3))
    return coarse
