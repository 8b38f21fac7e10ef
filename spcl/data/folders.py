"""A pair of domains as folders: {source,target}/{train,val}/{images,labels} and classes.json."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spcl.errors import UserError
from spcl.label_space import LabelSpace, load_label_space


@dataclass(frozen=True)
class FolderSplit:
    """The images of a split, sorted by name, and their labels where asked for."""

    root: Path
    num_classes: int
    images: tuple[Path, ...]
    labels: tuple[Path, ...] | None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(path.stem for path in self.images)

    def __len__(self) -> int:
        return len(self.images)

    def read(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
        image = np.asarray(Image.open(self.images[index]).convert("RGB"))
        if self.labels is None:
            return image, None
        return image, np.asarray(Image.open(self.labels[index]))


@dataclass(frozen=True)
class FolderPair:
    root: Path
    label_space: LabelSpace

    @classmethod
    def open(cls, root: Path) -> "FolderPair":
        return cls(root, load_label_space(root / "classes.json"))

    def has_labels(self, split: str) -> bool:
        return (self.root / split / "labels").is_dir()

    def split(self, split: str, *, with_labels: bool) -> FolderSplit:
        images = tuple(sorted((self.root / split / "images").iterdir()))
        if not images:
            raise UserError("no images")
        labels = (
            tuple(self.root / split / "labels" / f"{path.stem}.png" for path in images)
            if with_labels
            else None
        )
        return FolderSplit(self.root, len(self.label_space), images, labels)
