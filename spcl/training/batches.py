"""The batches that each stage of a run learns from."""

import math
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from spcl.config import Config
from spcl.data.batches.loaders import (
    Batch,
    BatchLoader,
    Frames,
    RareClassSampler,
    ViewOptions,
    labeled_batches,
    whole_batches,
)
from spcl.data.domains import Domains
from spcl.errors import UserError
from spcl.method.pictures.style import with_style_of
from spcl.method.pseudo_labels import ConfidenceHistogram
from spcl.method.ranks.sums import num_ranks, own_items
from spcl.models.backbones import norm_stride
from spcl.training.target.offline import Probabilities, relabeled


def require_statistics(config: Config) -> None:
    """Refuse batches of one value a channel, of which batch norm has no variance (UserError)."""
    height, width = config.data.size
    stride = norm_stride(config.model.backbone, config.model.architecture)
    if stride is None:
        return
    cells = math.ceil(height / stride) * math.ceil(width / stride)
    sizes = {"warmup.batch": config.warmup.batch}
    if len(config.stages) > 2:
        sizes["adapt.target_batch"] = config.adapt.target_batch  # alone in the last stage
    parts = config.optimizer.accumulate
    for key, size in sizes.items():
        if size // parts * cells < 2:
            seen = f"{key} is {size}" + (f" in {parts} parts" if parts > 1 else "")
            raise UserError(
                f"{seen} and data.size [{height}, {width}] leaves one value a channel at "
                f"stride {stride}, of which batch norm has no variance; use at least "
                f"{2 * parts} images a batch, or a larger data.size"
            )


def require_shares(config: Config) -> None:
    """Refuse batches that cannot be shared equally among ranks and micro-batches (UserError)."""
    sizes = {
        "warmup.batch": config.warmup.batch,
        "adapt.source_batch": config.adapt.source_batch,
        "adapt.target_batch": config.adapt.target_batch,
    }
    ranks, parts = num_ranks(), config.optimizer.accumulate
    by = " in ".join(
        told
        for told, count in (
            (f"{ranks} processes", ranks),
            (f"{parts} parts (optimizer.accumulate)", parts),
        )
        if count > 1
    )
    for key, size in sizes.items():
        if size % (ranks * parts):
            raise UserError(
                f"{key} is {size}, which {by} cannot share equally; "
                f"use a multiple of {ranks * parts}"
            )


class Batches:
    """The batches of every stage; each depends on seed and step alone."""

    def __init__(
        self, config: Config, domains: Domains, *, device: torch.device | None = None
    ) -> None:
        """Open the loaders over `domains`; all batches come out on `device`, the CPU by default."""
        self.device = device or torch.device("cpu")
        self.config = config
        self.domains = domains
        self.source_counts = domains.source_counts
        is_rare = config.data.sampling == "rare_class"
        rare = RareClassSampler(self.source_counts) if is_rare else None
        # An oracle draws its labelled target as it drew its source, so that labels alone differ.
        has_labels = is_rare and domains.has_target_labels
        rare_target = RareClassSampler(domains.target_counts) if has_labels else None
        adapt, warmup_size = config.adapt, config.warmup.batch
        learns_from_both = adapt.arm == "spcl"
        # Arms that only go on with labels keep the warm-up's batch size.
        source_size = adapt.source_batch if learns_from_both else warmup_size
        target_size = adapt.target_batch if learns_from_both else warmup_size
        even = config.data.crop_share
        even_target = even if domains.has_target_labels else 1.0
        source, target = domains.source_train, domains.target_train
        self.warmup_source = self._loader(source, warmup_size, stream=0, rare=rare, most=even)
        self.warmup_target = self._loader(target, warmup_size, stream=3)
        self.source = self._loader(source, source_size, stream=1, rare=rare, most=even)
        self.target = self._loader(
            target, target_size, stream=2, rare=rare_target, most=even_target
        )

    def _loader(
        self,
        frames: Frames,
        batch_size: int,
        *,
        stream: int,
        rare: RareClassSampler | None = None,
        scale: tuple[float, float] | None = None,
        most: float = 1.0,
    ) -> BatchLoader:
        data = self.config.data
        return BatchLoader(
            frames,
            batch_size=batch_size,
            view=ViewOptions(data.size, scale or (1.0, data.crop_scale), most),
            seed=self.config.seed,
            stream=stream,
            rare=rare,
            device=self.device,
            workers=data.workers,
        )

    def relabel_target(
        self,
        probabilities_of: Probabilities,
        histogram: ConfidenceHistogram,
        *,
        folder: Path,
        scale: tuple[float, float] | None = None,
    ) -> None:
        """Draw target images from now on with pseudo labels made once, by the model as it is.

        Args:
            probabilities_of: the model that labels.
            histogram: takes the confidences of the whole split.
            folder: where the labels are kept, or found if they were made before.
            scale: smallest and largest magnification of a view; that of the data by default.
        """
        frames = relabeled(
            self.domains.target_train,
            probabilities_of,
            histogram,
            config=self.config,
            folder=folder,
        )
        self.target.close()
        self.target = self._loader(frames, self.target.batch_size, stream=2, scale=scale)

    def source_alone(self, step: int) -> Batch:
        """Return the labelled source images of an update that learns from nothing else.

        With `adapt.style` they look like unlabelled target images of the same step.
        """
        source = self.source.batch(step)
        if self.config.adapt.style == "none":
            return source
        return self._styled(source, self.target.batch(step))

    def both(self, step: int) -> tuple[Batch, Batch]:
        """Return labelled source and target images of an update of the method."""
        source, target = self.source.batch(step), self.target.batch(step)
        return self._styled(source, target), target

    def _styled(self, source: Batch, target: Batch) -> Batch:
        settings = self.config.adapt
        if settings.style == "none":
            return source
        images = with_style_of(
            target.images, source.images, how=settings.style, share=settings.style_share
        )
        return Batch(images.contiguous(memory_format=torch.channels_last), source.labels)

    def both_labeled(self, step: int) -> Batch:
        """Return the labelled images of both domains that the update `step` learns from."""
        source, target = self.source.batch(step), self.target.batch(step)
        assert source.labels is not None, "the source has labels"
        assert target.labels is not None, "the target is opened with labels for the oracles"
        images = torch.cat([source.images, target.images])
        return Batch(images, torch.cat([source.labels, target.labels]))

    def whole_source(self) -> Iterator[Batch]:
        """Yield the whole labelled source in order, of several ranks this one's share."""
        size = self.config.data.size
        for batch in own_items(labeled_batches(self.domains.source_train, size=size)):
            yield batch.on(self.device)

    def target_images(self, most: int) -> Iterator[Tensor]:
        """Yield this rank's share of at most `most` whole target training images, evenly spaced."""
        size = self.config.data.size
        for batch in own_items(whole_batches(self.domains.target_train, size=size, most=most)):
            yield batch.on(self.device).images

    def close(self) -> None:
        """Stop preparing batches."""
        for loader in (self.warmup_source, self.warmup_target, self.source, self.target):
            loader.close()
