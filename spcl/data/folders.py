"""A pair of domains as folders: {source,target}/{train,val}/{images,labels} and classes.json.

Images are listed when a split is opened and read when needed. Labels are listed only on request;
training never requests those of target/train.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from spcl.data.class_ids import ClassIdReader
from spcl.data.files.listing import (
    IMAGE_SUFFIXES,
    LABEL_SUFFIXES,
    list_folder,
    list_images,
    match_labels,
    nested_images,
)
from spcl.data.splits import SPLITS, LabelUse, Split, SplitListing, needs_labels
from spcl.errors import UserError
from spcl.label_space import LabelSpace, load_label_space


@dataclass(frozen=True)
class FolderPair:
    """A source and a target domain in one root folder."""

    root: Path
    label_space: LabelSpace
    splits: tuple[str, ...] = SPLITS

    @classmethod
    def open(cls, root: Path) -> "FolderPair":
        """Open the pair at `root` (UserError: the folder or a valid classes.json is missing)."""
        if not root.is_dir():
            raise UserError(
                f"{root} is not a folder; name one that has source/, target/ and classes.json"
            )
        return cls(root, load_label_space(root / "classes.json"))

    @property
    def roots(self) -> Mapping[str, Path]:
        """Return the one root folder for both domains."""
        return {"source": self.root, "target": self.root}

    @property
    def own_files(self) -> tuple[Path, ...]:
        """Return the file of the classes."""
        return (self.root / "classes.json",)

    @property
    def check_words(self) -> str:
        """Return what `check` is given to audit this pair."""
        return str(self.root)

    def reader(self, split: str) -> ClassIdReader:
        """Return how labels of any split are read."""
        return ClassIdReader(self.label_space)

    def has_labels(self, split: str) -> bool:
        """Return whether the split has a labels folder with a file that may be a label."""
        folder = self.root / split / "labels"
        if not folder.is_dir():
            return False
        listing = list_folder(folder, LABEL_SUFFIXES)
        return bool(listing.files or listing.others or listing.folders)

    def split(self, split: str, *, with_labels: bool) -> Split:
        """List the images of `split`, and its labels only if `with_labels`.

        Raises:
            UserError: the folder is missing or empty, or an image lacks its label.
        """
        images = list_images(self.root / split / "images")
        labels = self._labels(split, images) if with_labels else None
        names = tuple(path.stem for path in images)
        return Split(split, images, labels, names, self.reader(split))

    def _labels(self, split: str, images: tuple[Path, ...]) -> tuple[Path, ...]:
        labels, missing = match_labels(self.root / split / "labels", images, split)
        if missing is not None:
            raise UserError(missing)
        return labels

    def listing(self, split: str, target_labels: LabelUse) -> SplitListing:
        """Return what lies in the folders of `split`: used, missing and unused."""
        found, folder = SplitListing(), self.root / split / "images"
        try:
            found.images = list_images(folder)
        except UserError as error:
            found.faults.append(("images", str(error)))
            return found
        found.labels = [None] * len(found.images)
        found.remarks += _unused(folder, IMAGE_SUFFIXES)
        if split != "target/train" or target_labels != "skip":
            self._list_labels(split, found, is_needed=needs_labels(split, target_labels))
        return found

    def _list_labels(self, split: str, found: SplitListing, *, is_needed: bool) -> None:
        folder = self.root / split / "labels"
        if not folder.is_dir() and is_needed:
            found.faults.append(("labels", f"{folder} does not exist; {split} needs labels"))
            return
        if not is_needed and not self.has_labels(split):
            found.remarks.append(without_labels(split))
            return
        try:
            labels, missing = match_labels(folder, found.images, split)
        except UserError as error:
            found.label_faults.append(("labels", str(error)))
            return
        if missing is not None:
            found.label_faults.append(("labels", missing))
        found.remarks += [*_unused(folder, LABEL_SUFFIXES), *_without_image(folder, found.images)]
        found.labels = [label if label.exists() or label.is_symlink() else None for label in labels]


def without_labels(split: str) -> tuple[str, str]:
    """Return the remark on a split that may go without labels and does."""
    use = "scores" if split == "target/val" else "the oracle"
    return "labels", f"{split} has no labels; only {use} would use them"


def _unused(folder: Path, suffixes: Sequence[str]) -> list[tuple[str, str]]:
    """Say what lies in a folder and is not read: files of other kinds, sub-folders."""
    listing, remarks = list_folder(folder, suffixes), []
    if listing.others:
        sentence = (
            f"{folder} has {_files(len(listing.others))} that are not read, for example "
            f"{listing.others[0].name}; {', '.join(suffixes)} are read"
        )
        remarks.append((f"others {folder}", sentence))
    nested = list(nested_images(listing.folders))
    if nested:
        sentence = (
            f"{folder} has {_files(len(nested))} in sub-folders that are not read, for example "
            f"{nested[0].relative_to(folder)}; put them directly into {folder.name}/"
        )
        remarks.append((f"nested {folder}", sentence))
    return remarks


def _without_image(folder: Path, images: Sequence[Path]) -> list[tuple[str, str]]:
    names = {image.stem for image in images}
    unused = [p for p in list_folder(folder, LABEL_SUFFIXES).files if p.stem not in names]
    if not unused:
        return []
    sentence = (
        f"{folder} has {len(unused)} labels without an image of the same name, for example "
        f"{unused[0].name}; add the images or remove the labels"
    )
    return [(f"unused {folder}", sentence)]


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"
