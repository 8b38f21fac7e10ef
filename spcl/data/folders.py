"""A pair of domains as folders: {source,target}/{train,val}/{images,labels} and classes.json.

Images are listed first and read when needed. Labels of target/train are not even listed unless
somebody asks for them; training does not.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from spcl.errors import UserError
from spcl.label_space import IGNORE_INDEX, LabelSpace, load_label_space

SPLITS = ("source/train", "source/val", "target/train", "target/val")
IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg")


@dataclass(frozen=True)
class FolderSplit:
    """The images of a split, sorted by name, and their labels where they were asked for."""

    root: Path
    split: str
    num_classes: int
    ignore: int
    images: tuple[Path, ...]
    labels: tuple[Path, ...] | None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the file names without suffix; they name probe images and masks."""
        return tuple(path.stem for path in self.images)

    def __len__(self) -> int:
        return len(self.images)

    def read(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
        """Return the image (H, W, 3) and its class ids (H, W) or None (UserError if damaged)."""
        image = read_image(self.images[index])
        if self.labels is None:
            return image, None
        path = self.labels[index]
        label = read_label(path, num_classes=self.num_classes, ignore=self.ignore)
        if label.shape != image.shape[:2]:
            raise UserError(
                f"{path} is {_size(label)}, its image {_size(image)}; a label has the size of its "
                "image"
            )
        return image, label


@dataclass(frozen=True)
class FolderPair:
    """A source and a target domain below one root."""

    root: Path
    label_space: LabelSpace

    @classmethod
    def open(cls, root: Path) -> "FolderPair":
        """Read `classes.json` (UserError: no such folder, no or a damaged classes.json)."""
        if not root.is_dir():
            raise UserError(
                f"{root} is not a folder; data.root holds source/, target/ and classes.json"
            )
        return cls(root, load_label_space(root / "classes.json"))

    def has_labels(self, split: str) -> bool:
        """Return whether the split has a folder of labels."""
        return (self.root / split / "labels").is_dir()

    def split(self, split: str, *, with_labels: bool) -> FolderSplit:
        """List the images of `split`, and its labels only if asked to.

        Raises:
            UserError: the folder is missing, has no images, or an image has no label.
        """
        images = list_images(self.root / split / "images")
        labels = self._labels(split, images) if with_labels else None
        space = self.label_space
        return FolderSplit(self.root, split, len(space), space.ignore, images, labels)

    def _labels(self, split: str, images: tuple[Path, ...]) -> tuple[Path, ...]:
        folder = self.root / split / "labels"
        labels = tuple(folder / f"{path.stem}.png" for path in images)
        missing = [path for path in labels if not path.is_file()]
        if missing:
            raise UserError(
                f"{missing[0]} is missing ({len(missing)} of {len(labels)} labels of {split} are); "
                "each image needs a PNG of the same name in labels/"
            )
        return labels


def list_images(folder: Path) -> tuple[Path, ...]:
    """Return the JPEG and PNG files of a folder by name (UserError: missing, empty, twice)."""
    if not folder.is_dir():
        raise UserError(f"{folder} does not exist; put the images of this split there")
    found = sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")
    )
    if not found:
        raise UserError(f"{folder} has no images; put JPEG or PNG files there")
    stems = [path.stem for path in found]
    twice = next((stem for a, stem in zip(stems, stems[1:], strict=False) if a == stem), None)
    if twice is not None:
        raise UserError(f"{folder} has two images called {twice}; names must differ without suffix")
    return tuple(found)


def read_image(path: Path) -> NDArray[np.uint8]:
    """Return an image as RGB (H, W, 3) (UserError: no image)."""
    try:
        with Image.open(path) as image:
            return np.asarray(image.convert("RGB"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise UserError(f"{path} is no readable image; replace it or take it away") from None


def read_label(path: Path, *, num_classes: int, ignore: int) -> NDArray[np.uint8]:
    """Return class ids (H, W), unlabelled as 255 (UserError: no label, ids out of range)."""
    label = read_ids(path)
    label = np.where(label == ignore, IGNORE_INDEX, label) if ignore != IGNORE_INDEX else label
    wrong = (label >= num_classes) & (label != IGNORE_INDEX)
    if wrong.any():
        ids, counts = np.unique(label[wrong], return_counts=True)
        raise UserError(
            f"{path} has id {ids[0]} in {counts[0]} pixels; ids are 0 to {num_classes - 1}, or "
            f"{ignore} for unlabelled"
        )
    return np.asarray(label, np.uint8)


def read_ids(path: Path) -> NDArray[np.uint8]:
    """Return the raw 8-bit ids of a label file (H, W) (UserError: no 8-bit, one-channel image)."""
    try:
        with Image.open(path) as image:
            if image.mode not in ("L", "P"):
                raise UserError(
                    f"{path} has mode {image.mode}; a label is an 8-bit PNG with one channel of ids"
                )
            return np.asarray(image)
    except FileNotFoundError:
        raise UserError(f"{path} is missing; each labelled image needs its label") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise UserError(f"{path} is no readable image; replace it or take it away") from None


def _size(array: NDArray[np.uint8]) -> str:
    return f"{array.shape[1]}x{array.shape[0]}"
