"""What every pair of domains offers, however it lies on disk: listings, images, labels, one reader.

A reader knows how labels are encoded. Audit, training and evaluation see what it returns, so that
what passes one passes the others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from spcl.data.files.decoding import read_image
from spcl.data.files.opening import ReadError
from spcl.label_space import LabelSpace

SPLITS = ("source/train", "source/val", "target/train", "target/val")

OnFile = Callable[[int, int], None]
"""Called after each file with the number of those done and the number of all."""

LabelUse = Literal["look", "need", "skip"]
"""Whether labels of target/train are only looked at, needed (the oracles), or never touched."""


class LabelLook(NamedTuple):
    """What a label is like.

    Attributes:
        size: height and width.
        counts: pixels of each class id, (256,), unlabelled as 255.
        errors: why training would refuse it.
    """

    size: tuple[int, ...]
    counts: NDArray[np.int64]
    errors: list[ReadError]


class LabelReader(Protocol):
    """Reads the labels of a data set as class ids."""

    @property
    def space(self) -> LabelSpace:
        """Return the classes."""
        ...

    def read(self, path: Path, image_size: tuple[int, ...]) -> NDArray[np.uint8]:
        """Return class ids at the image's size (H, W), 255 unlabelled (ReadError if refused)."""
        ...

    def look(self, path: Path) -> LabelLook:
        """Return what a label holds, at its own size (ReadError if it cannot be read at all)."""
        ...

    def fit(
        self, path: Path, label_size: tuple[int, ...], image_size: tuple[int, ...]
    ) -> str | None:
        """Say how a label of another size than its image is used (ReadError if it is refused)."""
        ...


@dataclass(frozen=True)
class Split:
    """The images of a split in order, with their labels if those were requested.

    Attributes:
        split: one of `SPLITS`.
        images: files.
        labels: files, one an image, or None.
        names: what probe images and masks are called after, one an image and no two alike.
        reader: how the labels are read.
    """

    split: str
    images: tuple[Path, ...]
    labels: tuple[Path, ...] | None
    names: tuple[str, ...]
    reader: LabelReader

    def __len__(self) -> int:
        return len(self.images)

    def read(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
        """Return an image (H, W, 3) and its class ids (H, W), or None (UserError if damaged)."""
        image = read_image(self.images[index])
        if self.labels is None:
            return image, None
        return image, self.reader.read(self.labels[index], image.shape[:2])


@dataclass
class SplitListing:
    """What lies on disk for a split, and what is wrong with that before any file is opened.

    Attributes:
        images: files, by name.
        labels: the label of each image; None where there is none, or where it is not to be read.
        faults: kind and sentence of what prevents training.
        label_faults: the same of labels; prevents training where labels are needed.
        remarks: kind and sentence of what prevents nothing.
    """

    images: Sequence[Path] = ()
    labels: Sequence[Path | None] = ()
    faults: list[tuple[str, str]] = field(default_factory=list)
    label_faults: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)


class Pair(Protocol):
    """A source and a target domain on disk."""

    @property
    def label_space(self) -> LabelSpace:
        """Return the classes of both domains."""
        ...

    @property
    def splits(self) -> tuple[str, ...]:
        """Return the splits that there are."""
        ...

    @property
    def roots(self) -> Mapping[str, Path]:
        """Return the folder below which each domain lies; the same one if they share it."""
        ...

    @property
    def own_files(self) -> tuple[Path, ...]:
        """Return files of the pair that belong to no split."""
        ...

    @property
    def check_words(self) -> str:
        """Return what `python -m spcl check` is given to audit this pair."""
        ...

    def reader(self, split: str) -> LabelReader:
        """Return how labels of `split` are read."""
        ...

    def has_labels(self, split: str) -> bool:
        """Return whether the split has anything that may be labels."""
        ...

    def split(self, split: str, *, with_labels: bool) -> Split:
        """List the images of `split`, and its labels only if `with_labels` (UserError)."""
        ...

    def listing(self, split: str, target_labels: LabelUse) -> SplitListing:
        """Return what lies there, for the audit; nothing is opened."""
        ...


def needs_labels(split: str, target_labels: LabelUse) -> bool:
    """Return whether a run cannot do without the labels of `split`."""
    return not split.startswith("target") or (split == "target/train" and target_labels == "need")


def only_looked_at(split: str, target_labels: LabelUse) -> bool:
    """Return whether faults of the labels of `split` prevent nothing."""
    return split == "target/train" and target_labels != "need"
