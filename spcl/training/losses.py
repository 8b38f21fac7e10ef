"""The losses of an update, as configured; their formulas live in `method/`."""

from functools import reduce

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spcl.config import Config
from spcl.config.identity import contrasts
from spcl.label_space import IGNORE_INDEX
from spcl.method.classes.contrast import class_contrast
from spcl.method.grid.labels import label_shares, majority_labels, nearest_labels
from spcl.method.grid.resize import upsample
from spcl.method.losses import (
    ContrastWeight,
    class_weights_from_frequency,
    segmentation_loss,
)
from spcl.method.prototypes import PrototypeBank
from spcl.method.schedule import contrast_factor
from spcl.models.segmenter import Output


class Losses:
    """Cross-entropy and prototype contrast; nothing here changes during training."""

    def __init__(
        self,
        config: Config,
        *,
        num_classes: int,
        pixel_counts: NDArray[np.int64],
        device: torch.device | None = None,
    ) -> None:
        """Weigh the classes of the cross-entropy by their frequency.

        Args:
            config: the settings.
            num_classes: K.
            pixel_counts: source pixels of each class, (K,).
            device: where the losses are computed, the CPU by default.
        """
        self.config = config
        self.num_classes = num_classes
        self.class_weights = class_weights_from_frequency(
            torch.from_numpy(pixel_counts), power=config.segmentation.class_weights
        ).to(device)

    def segmentation(
        self,
        logits: Tensor,
        labels: Tensor,
        weights: Tensor | None = None,
        *,
        logit_scale: float = 1.0,
    ) -> Tensor:
        """Return the class-weighted cross-entropy of logits (B, K, h, w) at the labels' size."""
        shape = (int(labels.shape[1]), int(labels.shape[2]))
        return segmentation_loss(
            upsample(logits, shape),
            labels,
            class_weights=self.class_weights,
            pixel_weights=weights,
            logit_scale=logit_scale,
        )

    def source_segmentation(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Return the cross-entropy of source images, whose logits `logit_scale` divides."""
        scale = self.config.segmentation.logit_scale
        return self.segmentation(logits, labels, logit_scale=scale)

    def shares(self, labels: Tensor, features: Tensor, weights: Tensor | None = None) -> Tensor:
        """Return the share of each feature cell that each class covers, (B, K, h, w) in [0, 1]."""
        size = (int(features.shape[2]), int(features.shape[3]))
        downsample = self.config.labels.downsample
        shares = label_shares(labels, self.num_classes, size=size, weights=weights)
        if downsample == "share":
            return shares
        hard = (
            nearest_labels(labels, size=size)
            if downsample == "nearest"
            else majority_labels(shares)
        )
        one_hot = torch.zeros_like(shares)
        valid = (hard != IGNORE_INDEX).unsqueeze(1)
        one_hot.scatter_(1, hard.clamp(max=self.num_classes - 1).unsqueeze(1), valid.to(one_hot))
        return one_hot if weights is None else one_hot * shares.sum(1, keepdim=True)

    def source_shares(self, labels: Tensor, output: Output) -> Tensor:
        """Return the shares of source cells, all or only those whose prediction is correct."""
        shares = self.shares(labels, output.features)
        if self.config.contrast.source_pixels == "labeled":
            return shares
        predicted = output.logits.detach().max(1, keepdim=True).indices
        return shares * torch.zeros_like(shares).scatter_(1, predicted, 1.0)

    def contrasts(self, step: int, *, warming_up: bool) -> bool:
        """Return whether the contrast has any weight in the update after `step`."""
        has_any = contrasts(self.config.contrast, warming_up=warming_up)
        return has_any and self.contrast_factor(step, warming_up=warming_up) > 0

    def contrast_factor(self, step: int, *, warming_up: bool) -> float:
        """Return the factor that `contrast.schedule` gives the contrast in the update after it."""
        settings, warmup = self.config.contrast, self.config.warmup.steps
        done, num_steps = (step, warmup) if warming_up else (step - warmup, self.config.adapt.steps)
        first = settings.schedule_share * num_steps
        return contrast_factor(settings.schedule, done, first=first)

    def is_contrast_alone(self, step: int, *, warming_up: bool) -> bool:
        """Return whether the update after `step` learns from the contrast and nothing else."""
        settings = self.config.contrast
        is_early = step < settings.schedule_share * self.config.warmup.steps
        return warming_up and is_early and settings.schedule == "alone"

    def contrast(self, features: Tensor, shares: Tensor, bank: PrototypeBank) -> Tensor:
        """Return the contrast between the features of cells, (B, C, h, w), and the prototypes."""
        settings = self.config.contrast
        return class_contrast(
            bank.scores(features, settings.temperature),
            shares,
            balance=settings.balance,
            hard_negatives=settings.hard_negatives,
        )

    def contrast_of_domains(
        self, source: tuple[Tensor, Tensor], target: tuple[Tensor, Tensor], bank: PrototypeBank
    ) -> Tensor:
        """Return the contrast of one domain or the sum over both, as `contrast.domains` says.

        Each is given as the features of its cells, (B, C, h, w), and their shares (B, K, h, w).
        """
        chosen = {"both": (source, target), "source": (source,), "target": (target,)}
        each = chosen[self.config.contrast.domains]
        return reduce(torch.add, (self.contrast(*one, bank) for one in each))

    def contrast_pixels(self, weights: Tensor | None, confidence: Tensor) -> Tensor | None:
        """Return the weights of target pixels in the contrast, (B, H, W); None where each counts 1.

        Args:
            weights: of the same pixels in the cross-entropy; 0 where no pseudo label is kept.
            confidence: of all pseudo labels, in [0, 1].
        """
        if weights is None or self.config.contrast.target_pixels == "kept":
            return weights
        return torch.where(weights > 0, weights, confidence)

    def contrast_weight(self, *, warming_up: bool) -> ContrastWeight:
        """Return the weight of the contrast at the start of a stage."""
        settings = self.config.contrast
        return ContrastWeight(
            ratio=settings.warmup_ratio if warming_up else settings.adapt_ratio,
            every=settings.ratio_every,
            fixed=None if settings.weight == "ratio" else settings.weight,
        )
