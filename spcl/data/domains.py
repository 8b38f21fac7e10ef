"""The images a run may open: both domains, with the labels that its arm may see."""

from dataclasses import dataclass

from spcl.config import Config
from spcl.data.folders import FolderPair
from spcl.data.loaders import Frames
from spcl.data.pairs import open_pair
from spcl.store.schema import LabelSpace


@dataclass(frozen=True)
class Domains:
    """The frames training may open; target/train comes without labels except for the oracles."""

    label_space: LabelSpace
    source_train: Frames
    target_train: Frames
    source_val: Frames
    target_val: Frames

    @classmethod
    def open(cls, config: Config) -> "Domains":
        """List the images of the pair and check that both domains have some."""
        pair: FolderPair = open_pair(config.data)
        cache = config.data.cache_mb
        oracle = config.adapt.arm in ("oracle", "oracle_joint")
        return cls(
            pair.label_space,
            Frames(pair.split("source/train", with_labels=True), cache_mb=cache),
            Frames(pair.split("target/train", with_labels=oracle), cache_mb=cache),
            Frames(pair.split("source/val", with_labels=True), cache_mb=cache),
            Frames(
                pair.split("target/val", with_labels=pair.has_labels("target/val")), cache_mb=cache
            ),
        )
