"""Pairs of the field's data sets, each read where it lies: nothing is converted, nothing copied."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from spcl.config.sections.inputs import NumClasses
from spcl.data.folders import without_labels
from spcl.data.official.causes import (
    fewer_than_published,
    labels_without_images,
    missing_labels,
    no_images,
)
from spcl.data.official.classes import NOT_IN_SYNTHIA, label_space
from spcl.data.official.labels import OfficialReader
from spcl.data.official.layouts import Layout, Part
from spcl.data.splits import SPLITS, LabelUse, Split, SplitListing, needs_labels
from spcl.errors import UserError
from spcl.label_space import LabelSpace


@dataclass(frozen=True)
class OfficialSet:
    """A data set and where it was unpacked."""

    layout: Layout
    root: Path


@dataclass(frozen=True)
class OfficialPair:
    """A source and a target, or one of them alone to be audited.

    Attributes:
        domains: "source" and "target".
        num_classes: the label space of both.
    """

    domains: Mapping[str, OfficialSet]
    num_classes: NumClasses = 19

    @cached_property
    def label_space(self) -> LabelSpace:
        """Return the official classes; the domains are called after their data sets."""
        names = {domain: one.layout.title for domain, one in self.domains.items()}
        return label_space(self.num_classes, names)

    @property
    def splits(self) -> tuple[str, ...]:
        """Return the splits of the domains there are."""
        return tuple(split for split in SPLITS if split.split("/")[0] in self.domains)

    @property
    def roots(self) -> Mapping[str, Path]:
        """Return the root of each domain."""
        return {domain: one.root for domain, one in self.domains.items()}

    @property
    def own_files(self) -> tuple[Path, ...]:
        """Return nothing: the classes are known."""
        return ()

    @property
    def check_words(self) -> str:
        """Return what `check` is given to audit this pair."""
        wanted = "" if self.num_classes == 19 else f" data.classes={self.num_classes}"
        return " ".join(str(root) for root in self.roots.values()) + wanted

    def reader(self, split: str) -> OfficialReader:
        """Return how labels of the domain of `split` are read."""
        layout = self._at(split)[0].layout
        return OfficialReader(
            layout.title,
            layout.encoding,
            self.label_space,
            self.num_classes,
            resizes=layout.resizes_labels,
        )

    def has_labels(self, split: str) -> bool:
        """Return whether the split has a label."""
        one, part = self._at(split)
        return part not in one.layout.without_labels and bool(one.layout.labels(one.root, part))

    def split(self, split: str, *, with_labels: bool) -> Split:
        """List the images of `split`, and its labels only if `with_labels` (UserError)."""
        one, part = self._at(split)
        images = self._images(split)
        labels = None
        if with_labels:
            _require_published_labels(one.layout, part, split)
            found, missing = _matched(one, part, images)
            if missing:
                raise UserError(missing_labels(one.layout, one.root, missing, images, split))
            labels = tuple(label for label in found if label is not None)
        names = tuple(one.layout.name_of(one.root, image) for image in images)
        return Split(split, tuple(images), labels, names, self.reader(split))

    def listing(self, split: str, target_labels: LabelUse) -> SplitListing:
        """Return what lies there of `split`, and what is missing with the usual cause."""
        (one, part), found = self._at(split), SplitListing()
        try:
            found.images = self._images(split)
        except UserError as error:
            found.faults.append(("images", str(error)))
            return found
        found.labels = [None] * len(found.images)
        layout = one.layout
        fewer = fewer_than_published(layout, part, len(found.images), split)
        if fewer is not None:
            found.remarks.append(("fewer", fewer))
        if layout.val_every and part == "val":
            found.remarks.append(("parted", _parted(layout)))
        if split == "source/train" and layout.encoding == "synthia" and self.num_classes == 19:
            sentence = f"{layout.title} has no {', '.join(NOT_IN_SYNTHIA)}; data.classes=16 leaves "
            found.remarks.append(("classes", f"{sentence}them out, 13 also the thin ones"))
        if split != "target/train" or target_labels != "skip":
            self._list_labels(split, found, is_needed=needs_labels(split, target_labels))
        return found

    def _list_labels(self, split: str, found: SplitListing, *, is_needed: bool) -> None:
        one, part = self._at(split)
        if part in one.layout.without_labels and is_needed:
            try:
                _require_published_labels(one.layout, part, split)
            except UserError as error:
                found.faults.append(("labels", str(error)))
            return
        if not is_needed and not self.has_labels(split):
            found.remarks.append(without_labels(split))
            return
        found.labels, missing = _matched(one, part, found.images)
        if missing:
            sentence = missing_labels(one.layout, one.root, missing, found.images, split)
            found.label_faults.append(("labels", sentence))
        every = found.images
        if one.layout.val_every:  # labels lie in one folder for both parts
            every = [i for each in one.layout.below for i in one.layout.images(one.root, each)]
        unused = labels_without_images(
            one.layout, one.root, one.layout.labels(one.root, part), every
        )
        if unused is not None and not (one.layout.val_every and part == "val"):
            found.remarks.append(("unused labels", unused))

    def _at(self, split: str) -> tuple[OfficialSet, Part]:
        if split not in self.splits:
            raise UserError(f'"{split}" is not a split; use one of {", ".join(self.splits)}')
        return self.domains[split.split("/")[0]], "train" if split.endswith("train") else "val"

    def _images(self, split: str) -> list[Path]:
        one, part = self._at(split)
        images = one.layout.images(one.root, part)
        if not images:
            raise UserError(no_images(one.layout, one.root, part))
        return images


def _matched(
    one: OfficialSet, part: Part, images: Sequence[Path]
) -> tuple[list[Path | None], list[Path]]:
    """Return the label of each image, or None, and the images that have none."""
    there = one.layout.labels(one.root, part)
    labels = [
        next((label for label in one.layout.labels_of(one.root, image) if label in there), None)
        for image in images
    ]
    missing = [image for image, label in zip(images, labels, strict=True) if label is None]
    return labels, missing


def _require_published_labels(layout: Layout, part: Part, split: str) -> None:
    if part in layout.without_labels:
        raise UserError(
            f"{layout.title} is published without labels of {part}, so it cannot be {split} where "
            "labels are needed; take another data set there"
        )


def _parted(layout: Layout) -> str:
    return (
        f"{layout.title} has no val of its own here: every {layout.val_every}th image by name is "
        "val, the others are train"
    )
