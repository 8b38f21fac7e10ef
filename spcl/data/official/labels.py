"""Labels of the field's data sets as class ids, in the encodings that they are published in."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spcl.config.sections.inputs import NumClasses
from spcl.data.class_ids import require_fitting_palette, require_same_size
from spcl.data.files.decoding import LabelFile, read_label_file
from spcl.data.files.opening import ReadError, opened
from spcl.data.official import classes
from spcl.data.official.classes import UNKNOWN, Encoding
from spcl.data.splits import LabelLook
from spcl.label_space import IGNORE_INDEX, LabelSpace

TRAIN_IDS_END = "labelTrainIds.png"
"""Files that end so hold train ids, whatever the data set's own encoding is."""

_DEEP = "RGB;16B"
_LOW_BYTES = "RGB;16L"
"""Pillow's name for 16-bit samples in the other byte order: keeps the second byte of each."""


@dataclass(frozen=True)
class OfficialReader:
    """Reads labels of one data set.

    Attributes:
        title: what the data set is called.
        encoding: how its labels name classes.
        space: the classes that are wanted.
        num_classes: how many those are.
        resizes: whether a label of another size is brought to that of its image.
    """

    title: str
    encoding: Encoding
    space: LabelSpace
    num_classes: NumClasses
    resizes: bool = False

    def read(self, path: Path, image_size: tuple[int, ...]) -> NDArray[np.uint8]:
        """Return class ids at the image's size (H, W), 255 unlabelled (ReadError)."""
        ids = self._file(path).ids
        label = self._table(path)[ids]
        if (label == UNKNOWN).any():
            self._require_known(path, _pixels(ids))
        if self.fit(path, label.shape, image_size) is None:
            return label
        size = (image_size[1], image_size[0])
        return np.asarray(Image.fromarray(label).resize(size, Image.Resampling.NEAREST))

    def look(self, path: Path) -> LabelLook:
        """Return what the label holds, at its own size."""
        file, table = self._file(path), self._table(path)
        pixels, counts, errors = _pixels(file.ids), np.zeros(256, np.int64), []
        np.add.at(counts, np.where(table == UNKNOWN, IGNORE_INDEX, table), pixels)
        try:
            self._require_known(path, pixels)
            self._require_fitting_palette(path, file, np.flatnonzero(pixels))
        except ReadError as error:
            errors.append(error)
        return LabelLook(file.ids.shape, counts, errors)

    def fit(
        self, path: Path, label_size: tuple[int, ...], image_size: tuple[int, ...]
    ) -> str | None:
        """Say that a label is resized to its image, where the data set needs that (ReadError)."""
        if not self.resizes:
            require_same_size(path, label_size, image_size)
        if label_size == image_size:
            return None
        return (
            f"{path} is {label_size[1]}x{label_size[0]} but its image is "
            f"{image_size[1]}x{image_size[0]}, as some of {self.title} are; the label is resized "
            "to the image by nearest neighbour"
        )

    def _file(self, path: Path) -> LabelFile:
        if self._encoding(path) == "synthia":
            return LabelFile(read_first_channel(path), None)
        return read_label_file(path)

    def _encoding(self, path: Path) -> Encoding:
        return "train ids" if path.name.endswith(TRAIN_IDS_END) else self.encoding

    def _table(self, path: Path) -> NDArray[np.uint8]:
        return classes.table(self._encoding(path), self.num_classes)

    def _require_known(self, path: Path, pixels: NDArray[np.int64]) -> None:
        """Refuse ids that no label of the data set holds; `pixels` counts each id, (256,)."""
        unknown = np.flatnonzero((self._table(path) == UNKNOWN) & (pixels > 0))
        if len(unknown):
            told = classes.told_ids(self._encoding(path))
            raise ReadError(
                "ids",
                f"{path} has id {unknown[0]} in {pixels[unknown[0]]} pixels; labels of "
                f"{self.title} hold {told}, so get that file anew",
            )

    def _require_fitting_palette(self, path: Path, file: LabelFile, ids: NDArray[np.intp]) -> None:
        encoding = self._encoding(path)
        names = {disk: name for name, disk in classes.ids_on_disk(encoding).items()}
        used = [int(i) for i in ids if int(i) in names]
        require_fitting_palette(
            path,
            file,
            used,
            ids_of_color=classes.ids_of_color(encoding),
            names=names,
            remedy="a program has sorted its palette anew, so get the file as it was published",
        )


def _pixels(ids: NDArray[np.uint8]) -> NDArray[np.int64]:
    return np.bincount(ids.ravel(), minlength=256).astype(np.int64)


def read_first_channel(path: Path) -> NDArray[np.uint8]:
    """Return the first channel of a 16-bit RGB PNG, (H, W), as SYNTHIA keeps its classes in.

    Pillow keeps the upper byte of each sample, which is 0 for every class; so both are read.

    Raises:
        ReadError: it is another kind of picture, or holds a sample above 255.
    """
    with opened(path) as image:
        raw = image.tile[0][3] if image.format == "PNG" and image.tile else None
        raw = raw[0] if isinstance(raw, tuple) else raw
        if raw != _DEEP:
            raise ReadError(
                "depth",
                f"{path} is not a PNG of three channels of 16 bits, as the labels of SYNTHIA are; "
                "take GT/LABELS as it was published, not GT/COLOR and nothing converted",
            )
        upper = np.asarray(image)[:, :, 0]
    if upper.any():
        raise ReadError(
            "ids",
            f"{path} has an id above 255 in its first channel; labels of SYNTHIA hold 0 to 22, so "
            "get that file anew",
        )
    with opened(path) as image:
        image.tile = [tile._replace(args=_LOW_BYTES) for tile in image.tile]
        return np.asarray(image)[:, :, 0].copy()
