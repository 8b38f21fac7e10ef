"""The images a run may open: both domains, with the labels that its arm may see."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from spcl.config import Config
from spcl.data.batches.loaders import Frames
from spcl.data.class_counts import class_counts
from spcl.data.few import first_images, words_of
from spcl.data.files.fingerprint import Fingerprint
from spcl.data.pairs import open_pair
from spcl.data.splits import OnFile, Pair, Split
from spcl.store.classes import LabelSpace


@dataclass(frozen=True)
class Domains:
    """The frames training may open; target/train comes without labels except for the oracles."""

    pair: Pair
    source_train: Frames
    target_train: Frames
    source_val: Frames
    target_val: Frames
    all_of_source: Split
    """Listing of source/train, of which `data.source_images` may have chosen few."""
    seed: int

    @property
    def label_space(self) -> LabelSpace:
        """Return the classes of the pair."""
        return self.pair.label_space

    @property
    def notes(self) -> list[str]:
        """Return what every page must say of the choice of images."""
        used, every = len(self.source_train), len(self.all_of_source)
        return [] if used == every else [words_of(used, every, seed=self.seed)]

    @property
    def has_target_labels(self) -> bool:
        """Return whether labels of target/train are opened, as the oracles do."""
        return self.target_train.split.labels is not None

    @cached_property
    def source_counts(self) -> NDArray[np.int64]:
        """Return the pixels of each class in each label of source/train, (N, K)."""
        return class_counts(self.source_train.split)

    @cached_property
    def target_counts(self) -> NDArray[np.int64]:
        """Return the pixels of each class in each label of target/train, (N, K): oracles only."""
        assert self.has_target_labels, "labels of target/train are opened for the oracles alone"
        return class_counts(self.target_train.split)

    def count_source(self, on_file: OnFile | None) -> None:
        """Make `source_counts` now, with `on_file` called after each label."""
        vars(self)["source_counts"] = class_counts(self.source_train.split, on_file=on_file)

    def fingerprint(self) -> Fingerprint:
        """Return which files these are: names, sizes and times of all that may be opened.

        Source images that were not chosen are among them: the choice depends on them.
        """
        frames = (self.source_val, self.target_train, self.target_val)
        files = {"source": [*self.pair.own_files], "target": []}
        splits = [self.all_of_source, *(one.split for one in frames)]
        for split in splits:
            files[split.split.partition("/")[0]] += [*split.images, *(split.labels or ())]
        return Fingerprint.of(self.pair.roots, files)

    @classmethod
    def open(cls, config: Config) -> "Domains":
        """List the images of the pair and check that both domains have some."""
        pair = open_pair(config.data)
        source = pair.split("source/train", with_labels=True)
        few = first_images(source, config.data.source_images, seed=config.seed)
        cache = config.data.cache_mb
        oracle = config.adapt.arm in ("oracle", "oracle_joint")
        return cls(
            pair,
            Frames(few, cache_mb=cache),
            Frames(pair.split("target/train", with_labels=oracle), cache_mb=cache),
            Frames(pair.split("source/val", with_labels=True), cache_mb=cache),
            Frames(
                pair.split("target/val", with_labels=pair.has_labels("target/val")), cache_mb=cache
            ),
            source,
            config.seed,
        )
