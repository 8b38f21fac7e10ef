"""Target images with squares hidden, on which the student is held to labels of the whole image.

After Hoyer et al. 2023, MIC (arXiv 2212.01322), eqs. 4 to 6.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from spcl.config import Config
from spcl.data.batches.loaders import Batch
from spcl.method.pictures.masking import hide_blocks
from spcl.method.pseudo_labels import PseudoLabels, label_weights
from spcl.models.segmenter import Segmenter
from spcl.training.losses import Losses

Augment = Callable[[Tensor, torch.Generator], Tensor]
"""Images (B, 3, H, W) and a source of randomness -> images."""


class MaskedConsistency:
    """What the student learns from hidden squares; off with `adapt.mask_weight` 0."""

    def __init__(self, config: Config) -> None:
        self.settings = config.adapt
        self.weighting = config.pseudo_labels

    def images(self, target: Batch, augment: Augment, generator: torch.Generator) -> Tensor:
        """Return target images as the student sees them: augmented, then hidden in part."""
        return hide_blocks(
            augment(target.images, generator),
            block=self.settings.mask_block,
            ratio=self.settings.mask_ratio,
            generator=generator,
        )

    def losses(
        self,
        student: Segmenter,
        target: Batch,
        pseudo: PseudoLabels,
        losses: Losses,
        augment: Augment,
        generator: torch.Generator,
    ) -> dict[str, Tensor]:
        """Return the weighted cross-entropy with the labels of the whole images; none while off.

        A forward pass of its own: running statistics of batch norm follow these images, too.
        """
        if self.settings.mask_weight == 0:
            return {}
        images = self.images(target, augment, generator)
        logits = student(images.contiguous(memory_format=torch.channels_last)).logits
        weights = label_weights(pseudo, how=self.weighting.weight, sure=self.weighting.sure)
        loss = losses.segmentation(logits, pseudo.labels, weights)
        return {"masked": self.settings.mask_weight * loss}
