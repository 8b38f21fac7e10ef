"""What a run observes, and what it looked like at one step; neither ever changes."""

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spcl.store import schema
from spcl.store.errors import DamagedError, StoreError
from spcl.store.formats.files import WRONG_CONTENT, load_npy, load_npz, load_png, plain, read_json
from spcl.store.schema import ProbeImage
from spcl.store.scores.counts import rescored


class Probe:
    """The probe images and pixels of a run; written once."""

    def __init__(self, path: Path) -> None:
        """Point at the probe folder of a run."""
        self.path = path
        self._run_path = path.parent

    @cached_property
    def images(self) -> tuple[ProbeImage, ...]:
        """Return the probe images in order; `pixels["image"]` indexes them."""
        path = self.path / schema.PROBE_FILE
        try:
            listing = read_json(path, within=self._run_path)
            return tuple(ProbeImage.from_json(entry) for entry in listing["images"])
        except WRONG_CONTENT as error:
            raise DamagedError(f"{path} is damaged ({plain(error)}); copy the run again") from None

    @cached_property
    def pixels(self) -> dict[str, NDArray[Any]]:
        """Return the probe pixels, each (N,): image, row, column, class_id, domain.

        `class_id` is 255 where there is no label; `domain` is 0 for source, 1 for target.
        """
        path = self.path / schema.PIXELS_FILE
        names = ("image", "row", "column", "class_id", "domain")
        return load_npz(path, names, within=self._run_path)

    def image(self, key: str) -> ProbeImage:
        """Return the probe image named `key` (StoreError if there is none)."""
        for image in self.images:
            if image.key == key:
                return image
        raise StoreError(f"there is no probe image {key}; the run has {len(self.images)} others")

    def picture(self, key: str) -> NDArray[np.uint8]:
        """Return the input as RGB (H, W, 3), 0..255."""
        return load_png(self.picture_path(key), mode="RGB", within=self._run_path)

    def picture_path(self, key: str) -> Path:
        """Return the PNG of the input of a listed image."""
        return self.path / f"{self.image(key).key}.png"

    def label(self, key: str) -> NDArray[np.uint8] | None:
        """Return the true class ids (H, W), 255 where unlabelled; None without a label."""
        return (
            load_mask(self.label_path(key), self._run_path) if self.image(key).has_label else None
        )

    def label_path(self, key: str) -> Path:
        """Return the palette PNG of the label of a listed image."""
        return self.path / f"{self.image(key).key}.label.png"


class Snapshot:
    """What was observed at one step; published whole, never changes."""

    def __init__(self, path: Path, step: int) -> None:
        """Point at a snapshot folder of a run."""
        self.path = path
        self._run_path = path.parents[1]
        self.step = step

    @cached_property
    def features(self) -> NDArray[np.float16]:
        """Return unit-length features (N, C), row i is probe pixel i."""
        array = load_npy(self.path / schema.FEATURES_FILE, within=self._run_path)
        self._require_own_step()
        if array.ndim != 2 or array.dtype.kind != "f":
            raise DamagedError(f"{self.path}: features.npy is not (N, C); copy the run again")
        return array

    @cached_property
    def predictions(self) -> dict[str, NDArray[Any]]:
        """Return class_id (N,), confidence (N,) in [0, 1], kept (N,) bool of the probe pixels."""
        path = self.path / schema.PREDICTIONS_FILE
        self._require_own_step()
        return load_npz(path, ("class_id", "confidence", "kept"), within=self._run_path)

    @cached_property
    def prototypes(self) -> dict[str, NDArray[Any]]:
        """Return vectors (K, C), pixel_count (K,), age (K,), seen (K,) bool."""
        path = self.path / schema.PROTOTYPES_FILE
        self._require_own_step()
        return load_npz(path, ("vectors", "pixel_count", "age", "seen"), within=self._run_path)

    @cached_property
    def scores(self) -> dict[str, Any]:
        """Return `scores.json`: per domain the confusion (K, K), and IoU made from it anew."""
        path = self.path / schema.SCORES_FILE
        scores = read_json(path, within=self._run_path)
        if not all(isinstance(scores.get(name), dict | None) for name in schema.DOMAINS):
            raise DamagedError(f"{path} holds no scores; copy the run again")
        if scores.get("step", self.step) != self.step:
            raise DamagedError(
                f"{self.path} holds the snapshot of step {str(scores['step'])[:20]}; its folder "
                "was renamed or exchanged with another: copy the run again"
            )
        try:
            return rescored(scores)
        except WRONG_CONTENT as error:
            raise DamagedError(f"{path} is damaged ({plain(error)}); copy the run again") from None

    def _require_own_step(self) -> None:
        """Raise DamagedError where the folder holds the snapshot of another step."""
        _ = self.scores

    def mask_path(self, key: str) -> Path:
        """Return the palette PNG with the predicted class ids of probe image `key`."""
        return self.path / schema.MASKS_FOLDER / f"{key}.png"

    def confidence_path(self, key: str) -> Path:
        """Return the grey PNG with the confidence (255 is 1) of probe image `key`."""
        return self.path / schema.MASKS_FOLDER / f"{key}.confidence.png"

    def mask(self, key: str) -> NDArray[np.uint8]:
        """Return the predicted class ids (H, W)."""
        return load_mask(self.mask_path(key), self._run_path)

    def confidence(self, key: str) -> NDArray[np.uint8]:
        """Return the confidence (h, w), 255 is 1; may be coarser than the mask."""
        return load_mask(self.confidence_path(key), self._run_path)


def load_mask(path: Path, run_path: Path) -> NDArray[np.uint8]:
    """Return a map of one byte a pixel, (H, W); DamagedError for any other picture."""
    mask = load_png(path, within=run_path)
    if mask.ndim != 2 or mask.dtype != np.uint8:
        raise DamagedError(f"{path} is no map of one byte a pixel; copy the run again")
    return mask
