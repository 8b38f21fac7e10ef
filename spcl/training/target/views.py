"""What the student sees of the target: source classes pasted on its images, or the images alone.

`selftrain.mode` chooses one of the two once, when the learner is built.
"""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spcl.config import Config
from spcl.data.batches.loaders import Batch
from spcl.data.batches.transforms import color_jitter, random_blur
from spcl.method.mixing import class_mix, class_rarity
from spcl.method.pictures.colors import strong_colors
from spcl.method.pseudo_labels import PseudoLabels, label_weights
from spcl.training.losses import Losses


class TargetView(NamedTuple):
    """One batch as the student sees it.

    Attributes:
        images: (B, 3, H, W) in [0, 1].
        labels: pseudo labels, and true labels where source was pasted, (B, H, W), 255 ignored.
        weights: of each pixel, (B, H, W) in [0, 1]; None where every label counts once.
        kept: target pixels whose pseudo label is kept, (B, H, W) bool.
    """

    images: Tensor
    labels: Tensor
    weights: Tensor | None
    kept: Tensor


class MixedViews:
    """Source classes are pasted on target images, and cross-entropy learns from the mixture."""

    def __init__(self, config: Config, pixel_counts: NDArray[np.int64]) -> None:
        """Take source pixels of each class, (K,), by which rare classes are pasted."""
        self.settings = config.adapt
        self.weighting = config.pseudo_labels
        is_rare = config.adapt.mix == "rare"
        self.rarity = class_rarity(torch.from_numpy(pixel_counts)) if is_rare else None

    def compose(
        self, source: Batch, target: Batch, pseudo: PseudoLabels, generator: torch.Generator
    ) -> TargetView:
        """Paste half of the classes of each source image; pasted pixels have weight 1."""
        weights = label_weights(pseudo, how=self.weighting.weight, sure=self.weighting.sure)
        assert source.labels is not None, "the source has labels"
        images, labels, weights, pasted = class_mix(
            source.images, source.labels, target.images, pseudo.labels, weights, generator,
            rarity=self.rarity,
        )  # fmt: skip
        return TargetView(images, labels, weights, pseudo.kept & ~pasted)

    def augment(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Jitter the colours strongly and blur some images; with `strong` change them further."""
        jittered = color_jitter(images, self.settings.jitter, generator)
        blurred = random_blur(jittered, self.settings.blur, generator)
        return strong_colors(blurred, generator) if self.settings.augment == "strong" else blurred

    def losses(self, logits: Tensor, view: TargetView, losses: Losses) -> dict[str, Tensor]:
        """Return the weighted cross-entropy on the mixture."""
        cross_entropy = losses.segmentation(logits, view.labels, view.weights)
        return {"self_training": self.settings.target_weight * cross_entropy}


class PlainViews:
    """Target images as they are; only the contrast learns from them, as released."""

    def __init__(self, config: Config) -> None:
        self.weighting = config.pseudo_labels
        # Labels made once are hard: what is not kept is 255 and needs no weight.
        self.labels_are_hard = config.pseudo_labels.mode == "offline"

    def compose(
        self, source: Batch, target: Batch, pseudo: PseudoLabels, generator: torch.Generator
    ) -> TargetView:
        """Return images and pseudo labels unchanged."""
        weights = label_weights(pseudo, how=self.weighting.weight, sure=self.weighting.sure)
        weighed = None if self.labels_are_hard else weights
        return TargetView(target.images, pseudo.labels, weighed, pseudo.kept)

    def augment(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Return the images unchanged."""
        return images

    def losses(self, logits: Tensor, view: TargetView, losses: Losses) -> dict[str, Tensor]:
        """Return nothing: there is no cross-entropy on target in this stage."""
        return {}


TargetViews = MixedViews | PlainViews


def target_views(config: Config, pixel_counts: NDArray[np.int64]) -> TargetViews:
    """Return the views that `selftrain.mode` asks for; source pixels of each class are (K,)."""
    if config.selftrain.mode == "mixing":
        return MixedViews(config, pixel_counts)
    return PlainViews(config)
