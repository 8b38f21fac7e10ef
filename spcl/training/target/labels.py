"""Who labels the target: the teacher at every update, or a file made at the start of a stage.

`pseudo_labels.mode` chooses one of the two once, when the learner is built.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from spcl.config import Config
from spcl.data.batches.loaders import Batch
from spcl.label_space import IGNORE_INDEX
from spcl.method.grid.labels import slot_sums
from spcl.method.grid.resize import upsample
from spcl.method.normalization import using_statistics
from spcl.method.prototypes import PrototypeBank
from spcl.method.pseudo_labels import (
    ConfidenceHistogram,
    PseudoLabels,
    most_probable,
    pseudo_labels,
)
from spcl.method.ranks.sums import sum_over_ranks
from spcl.method.readout import prototype_logits, rectified
from spcl.training.optimizer import Report


class PseudoLabeler(ABC):
    """Give every target pixel a class, a confidence, and whether it is learnt from."""

    def __init__(self, config: Config, bank: PrototypeBank, histogram: ConfidenceHistogram) -> None:
        """Read from `bank` and `histogram`, which the learner owns."""
        self.settings = config.pseudo_labels
        self.bank = bank
        self.histogram = histogram
        self.statistics: dict[str, Tensor] | None = None
        """Batch-norm statistics with which the teacher labels; None keeps its own."""

    @abstractmethod
    def labels(self, target: Batch, teacher: nn.Module, size: tuple[int, int]) -> PseudoLabels:
        """Return the pseudo labels of a batch at `size` (height, width)."""

    def report(self, labels: PseudoLabels) -> Report:
        """Return what the metrics say of a batch: the share kept and the thresholds."""
        return {
            "pseudo_labels/kept": labels.kept.float().mean(),
            "pseudo_labels/threshold": self.thresholds(),
        }

    def probabilities(self, model: nn.Module, images: Tensor, size: tuple[int, int]) -> Tensor:
        """Return class probabilities, rectified by the prototypes if so set, (B, K, *size)."""
        output = model(images)
        probabilities = upsample(output.logits, size).softmax(1)
        if self.settings.rectify == "none":
            return probabilities
        cosines = prototype_logits(output.features, self.bank.vectors, self.bank.seen)
        return rectified(probabilities, cosines)

    def thresholds(self) -> Tensor:
        """Return the confidence from which a pseudo label of each class is kept, (K,)."""
        settings = self.settings
        return self.histogram.thresholds(quantile=settings.quantile, cap=settings.cap)


class OnlineLabels(PseudoLabeler):
    """The teacher labels each batch; thresholds follow the histogram of its confidences."""

    def labels(self, target: Batch, teacher: nn.Module, size: tuple[int, int]) -> PseudoLabels:
        """Label by the teacher, with batch-norm statistics of the target once there are some."""
        with using_statistics(teacher, self.statistics):
            best = most_probable(self.probabilities(teacher, target.images, size))
        self.histogram.update(*best)
        return pseudo_labels(*best, self.thresholds())

    def report(self, labels: PseudoLabels) -> Report:
        """Return also the share kept of each class, NaN for a class without pseudo labels."""
        num_classes = len(self.bank.vectors)
        each = torch.ones_like(labels.labels)
        total, kept = sum_over_ranks(
            slot_sums(labels.labels, each, num_slots=num_classes),
            slot_sums(labels.labels, labels.kept.to(each), num_slots=num_classes),
        )
        share = torch.where(total > 0, kept / total.clamp(min=1), torch.nan)
        return {**super().report(labels), "pseudo_labels/kept_per_class": share}


class OfflineLabels(PseudoLabeler):
    """The batch brings labels made once for the whole stage; what was not kept then is 255."""

    def labels(self, target: Batch, teacher: nn.Module, size: tuple[int, int]) -> PseudoLabels:
        """Return the labels of the batch, each kept one with confidence 1."""
        assert target.labels is not None, "the target is labelled when the stage begins"
        kept = target.labels != IGNORE_INDEX
        return PseudoLabels(target.labels, kept.float(), kept)


LABELERS: dict[str, type[PseudoLabeler]] = {"online": OnlineLabels, "offline": OfflineLabels}
"""By the value of `pseudo_labels.mode`."""
