"""The images of a run: which may be opened, and the batches each stage learns from."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from spcl.config import Config
from spcl.data.folders import FolderPair
from spcl.data.loaders import (
    Batch,
    BatchLoader,
    Frames,
    RareClassSampler,
    ViewOptions,
    class_counts,
    labeled_batches,
    whole_batches,
)
from spcl.data.pairs import open_pair
from spcl.method.pseudo_labels import ConfidenceHistogram
from spcl.store.schema import CHECKPOINTS_FOLDER, LabelSpace
from spcl.training.offline_labels import Shares, relabeled


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


class Supply:
    """Batches of every stage; each depends on seed and step alone."""

    def __init__(self, config: Config, domains: Domains, *, run_path: Path | None) -> None:
        """Open the loaders.

        Args:
            config: sizes, seed, sampling.
            domains: frames to draw from.
            run_path: where pseudo labels of a whole stage are kept; None for a run that keeps
                nothing.
        """
        self.config = config
        self.domains = domains
        self._run_path = run_path
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self.source_counts = class_counts(domains.source_train, len(domains.label_space))
        is_rare = config.data.sampling == "rare_class"
        rare = RareClassSampler(self.source_counts) if is_rare else None
        adapt, alone = config.adapt, config.warmup.batch
        learns_from_both = adapt.arm == "spcl"
        # Arms that only go on with labels keep the warm-up's batch.
        sizes = (adapt.source_batch, adapt.target_batch) if learns_from_both else (alone, alone)
        self.warmup_source = self._loader(domains.source_train, alone, 0, rare)
        self.warmup_target = self._loader(domains.target_train, alone, 3, None)
        self.source = self._loader(domains.source_train, sizes[0], 1, rare)
        self.target = self._loader(domains.target_train, sizes[1], 2, None)

    def _loader(
        self,
        frames: Frames,
        batch_size: int,
        stream: int,
        rare: RareClassSampler | None,
        *,
        scale: tuple[float, float] | None = None,
    ) -> BatchLoader:
        data = self.config.data
        return BatchLoader(
            frames,
            batch_size=batch_size,
            view=ViewOptions(data.size, scale or (1.0, data.crop_scale)),
            seed=self.config.seed,
            stream=stream,
            rare=rare,
        )

    def relabel_target(
        self, shares_of: Shares, histogram: ConfidenceHistogram, *, first_step: int
    ) -> None:
        """Draw target images with pseudo labels of the model that began the stage."""
        if self._run_path is None and self._temporary is None:
            self._temporary = tempfile.TemporaryDirectory()
        root = (
            self._run_path / CHECKPOINTS_FOLDER
            if self._run_path is not None
            else Path(self._temporary.name if self._temporary else ".")
        )
        frames = relabeled(
            self.domains.target_train,
            shares_of,
            histogram,
            config=self.config,
            folder=root / "pseudo_labels" / f"step_{first_step}",
        )
        self.target.close()
        alone = first_step == self.config.adapt_end
        scale = self.config.selftrain.scale if alone else None
        self.target = self._loader(frames, self.target.batch_size, 2, None, scale=scale)

    def both_labeled(self, step: int) -> Batch:
        """Return the labelled images of both domains that the update `step` learns from."""
        first, second = self.source.batch(step), self.target.batch(step)
        assert first.labels is not None, "the source has labels"
        assert second.labels is not None, "the target is opened with labels for the oracles"
        images = torch.cat([first.images, second.images])
        return Batch(images, torch.cat([first.labels, second.labels]))

    def whole_source(self) -> Iterator[Batch]:
        """Yield the whole labelled source in order."""
        return labeled_batches(self.domains.source_train, size=self.config.data.size)

    def target_images(self, most: int) -> Iterator[Tensor]:
        """Yield whole target training images, unlabelled, evenly spaced, at most `most`."""
        size = self.config.data.size
        for batch in whole_batches(self.domains.target_train, size=size, most=most):
            yield batch.images

    def close(self) -> None:
        """Stop preparing batches."""
        for loader in (self.warmup_source, self.warmup_target, self.source, self.target):
            loader.close()
        if self._temporary is not None:
            self._temporary.cleanup()
