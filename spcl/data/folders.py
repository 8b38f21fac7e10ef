"""A pair of domains as folders: {source,target}/{train,val}/{images,labels} and classes.json.

Images are listed when a split is opened and read when needed. Labels are listed only on request;
training never requests those of target/train.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spcl.data.decoding import ReadError, read_ids, read_image
from spcl.data.listing import LABEL_SUFFIXES, list_folder, list_images, match_labels
from spcl.errors import UserError
from spcl.label_space import IGNORE_INDEX, LabelSpace, load_label_space

SPLITS = ("source/train", "source/val", "target/train", "target/val")

__all__ = ["SPLITS", "FolderPair", "FolderSplit", "read_ids", "read_image", "read_label"]


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
        require_same_size(path, label.shape, image.shape[:2])
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
        """Return whether the split has a labels folder with a file that may be a label."""
        folder = self.root / split / "labels"
        if not folder.is_dir():
            return False
        listing = list_folder(folder, LABEL_SUFFIXES)
        return bool(listing.files or listing.others or listing.folders)

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
        labels, missing = match_labels(self.root / split / "labels", images, split)
        if missing is not None:
            raise UserError(missing)
        return labels


def read_label(path: Path, *, num_classes: int, ignore: int) -> NDArray[np.uint8]:
    """Return class ids (H, W), unlabelled as 255 (UserError: unreadable, ids out of range)."""
    return as_class_ids(path, read_ids(path), num_classes=num_classes, ignore=ignore)


def as_class_ids(
    path: Path, ids: NDArray[np.uint8], *, num_classes: int, ignore: int
) -> NDArray[np.uint8]:
    """Return the ids (H, W) of `path`, unlabelled as 255 (ReadError names an id out of range)."""
    label = np.where(ids == ignore, IGNORE_INDEX, ids) if ignore != IGNORE_INDEX else ids
    wrong = (label >= num_classes) & (label != IGNORE_INDEX)
    if wrong.any():
        found, counts = np.unique(label[wrong], return_counts=True)
        raise ReadError(
            "ids",
            f"{path} has id {found[0]} in {counts[0]} pixels; use 0 to {num_classes - 1}, or "
            f"{ignore} for unlabelled",
        )
    return np.asarray(label, np.uint8)


def require_same_size(path: Path, label_size: tuple[int, ...], image_size: tuple[int, ...]) -> None:
    """Require the label at `path` to have the height and width of its image (ReadError)."""
    if label_size == image_size:
        return
    is_turned = label_size == image_size[::-1]
    hint = " (both upright, as their EXIF orientation says)" if is_turned else ""
    raise ReadError(
        "size",
        f"{path} is {label_size[1]}x{label_size[0]} but its image is "
        f"{image_size[1]}x{image_size[0]}{hint}; make both the same size",
    )
