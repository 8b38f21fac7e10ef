"""A pair of domains as folders: {source,target}/{train,val}/{images,labels} and classes.json.

Images are listed when a split is opened and read when needed. Labels are listed only on request;
training never requests those of target/train.
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
    """The images of a split, sorted by name, with their labels if those were requested."""

    root: Path
    split: str
    num_classes: int
    ignore: int
    images: tuple[Path, ...]
    labels: tuple[Path, ...] | None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the file names without suffix, which also name probe images and masks."""
        return tuple(path.stem for path in self.images)

    def __len__(self) -> int:
        return len(self.images)

    def read(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
        """Return an image (H, W, 3) and its class ids (H, W), or None (UserError if damaged)."""
        image = read_image(self.images[index])
        if self.labels is None:
            return image, None
        path = self.labels[index]
        label = read_label(path, num_classes=self.num_classes, ignore=self.ignore)
        if label.shape != image.shape[:2]:
            raise UserError(
                f"{path} is {_size(label)} but its image is {_size(image)}; make both the same size"
            )
        return image, label


@dataclass(frozen=True)
class FolderPair:
    """A source and a target domain in one root folder."""

    root: Path
    label_space: LabelSpace

    @classmethod
    def open(cls, root: Path) -> "FolderPair":
        """Open the pair at `root` (UserError: the folder or a valid classes.json is missing)."""
        if not root.is_dir():
            raise UserError(
                f"{root} is not a folder; name one that has source/, target/ and classes.json"
            )
        return cls(root, load_label_space(root / "classes.json"))

    def has_labels(self, split: str) -> bool:
        """Return whether the split has a labels folder."""
        return (self.root / split / "labels").is_dir()

    def split(self, split: str, *, with_labels: bool) -> FolderSplit:
        """List the images of `split`, and its labels only if `with_labels`.

        Raises:
            UserError: the folder is missing or empty, or an image lacks its label.
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
                "give each image a PNG of the same name in labels/"
            )
        return labels


def list_images(folder: Path) -> tuple[Path, ...]:
    """Return a folder's JPEG and PNG files by name (UserError: missing, empty, a name twice)."""
    if not folder.is_dir():
        raise UserError(
            f"{folder} does not exist; create it and put the images of this split there"
        )
    images = sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")
    )
    if not images:
        raise UserError(f"{folder} has no images; put JPEG or PNG files there")
    stems = [path.stem for path in images]
    twice = next((stem for a, stem in zip(stems, stems[1:], strict=False) if a == stem), None)
    if twice is not None:
        raise UserError(
            f"{folder} has two images called {twice}; rename one, suffixes do not count"
        )
    return tuple(images)


def read_image(path: Path) -> NDArray[np.uint8]:
    """Return an image as RGB (H, W, 3) (UserError if it cannot be read)."""
    try:
        with Image.open(path) as image:
            return np.asarray(image.convert("RGB"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise UserError(f"{path} is not a readable image; replace or remove it") from None


def read_label(path: Path, *, num_classes: int, ignore: int) -> NDArray[np.uint8]:
    """Return class ids (H, W), unlabelled as 255 (UserError: unreadable, ids out of range)."""
    label = read_ids(path)
    label = np.where(label == ignore, IGNORE_INDEX, label) if ignore != IGNORE_INDEX else label
    wrong = (label >= num_classes) & (label != IGNORE_INDEX)
    if wrong.any():
        ids, counts = np.unique(label[wrong], return_counts=True)
        raise UserError(
            f"{path} has id {ids[0]} in {counts[0]} pixels; use 0 to {num_classes - 1}, or "
            f"{ignore} for unlabelled"
        )
    return np.asarray(label, np.uint8)


def read_ids(path: Path) -> NDArray[np.uint8]:
    """Return the raw ids of a label file, (H, W) (UserError unless 8-bit with one channel)."""
    try:
        with Image.open(path) as image:
            if image.mode not in ("L", "P"):
                raise UserError(
                    f"{path} has mode {image.mode}; save labels as 8-bit PNG, one channel of ids"
                )
            return np.asarray(image)
    except FileNotFoundError:
        raise UserError(f"{path} is missing; give each labelled image its label") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise UserError(f"{path} is not a readable image; replace or remove it") from None


def _size(array: NDArray[np.uint8]) -> str:
    return f"{array.shape[1]}x{array.shape[0]}"
