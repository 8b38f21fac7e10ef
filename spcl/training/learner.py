"""What one update does: learn on source, on both domains, or on target alone.

Randomness comes from a generator seeded by (seed, step); there is no other random state.
"""

import torch
from torch import Tensor, nn

from spcl.data.loaders import Batch
from spcl.data.transforms import color_jitter, random_blur
from spcl.evaluate import Predict
from spcl.label_space import IGNORE_INDEX
from spcl.method.mixing import class_mix
from spcl.method.normalization import using_statistics
from spcl.method.pseudo_labels import (
    PseudoLabels,
    label_agreement,
    most_probable,
    pseudo_labels,
)
from spcl.method.readout import prototype_logits, rectified
from spcl.method.resize import upsample
from spcl.training.learner_state import LearnerState, labels_of
from spcl.training.optimizer import Report


class Learner(LearnerState):
    """The updates of a run."""

    def warmup_update(self, batch: Batch, target: Batch | None = None) -> Report:
        """Learn once from labelled source images; an adversary needs target images beside them."""
        self.student.train()
        images = color_jitter(batch.images, self.config.data.jitter, self._generator())
        output = self.student(images)
        labels = labels_of(batch)
        losses = {"segmentation": self.objective.source_segmentation(output.logits, labels)}
        if self.objective.contrasts(warming_up=True):
            shares = self.objective.source_shares(labels, output)
            self.bank.update(output.features.detach(), shares)
            losses["contrast"] = self.objective.contrast(output.features, shares, self.bank)
        if target is not None:
            target_logits = self.student(target.images).logits
            losses |= self.adversary.losses(output.logits, target_logits, labels.shape[1:])
        return self._descend(losses, output.features)

    def supervised_update(self, batch: Batch) -> Report:
        """Learn once from labelled images alone (source-only, oracle); the teacher follows."""
        self.student.train()
        images = color_jitter(batch.images, self.config.data.jitter, self._generator())
        output = self.student(images)
        labels = labels_of(batch)
        losses = {"segmentation": self.objective.source_segmentation(output.logits, labels)}
        self.bank.update(output.features.detach(), self.objective.shares(labels, output.features))
        report = self._descend(losses, output.features)
        self._teacher().update(self.student)
        return report

    def selftrain_update(self, target: Batch) -> Report:
        """Learn once from target images and their pseudo labels alone; the teacher follows."""
        self.student.train()
        images = color_jitter(target.images, self.config.adapt.jitter, self._generator())
        output = self.student(images)
        losses = {"self_training": self.objective.segmentation(output.logits, labels_of(target))}
        report = self._descend(losses, output.features)
        self._teacher().update(self.student)
        return report

    def adapt_update(self, source: Batch, target: Batch) -> Report:
        """Learn once from labelled source and unlabelled target images.

        Target pixels have pseudo labels: the batch's, or the teacher's of this moment. Source
        classes are pasted on the target images and cross-entropy learns from both, or the contrast
        alone does. One joint forward and one backward serve both domains.
        """
        generator = self._generator()
        labels = labels_of(source)
        mixing = self.config.selftrain.mode == "mixing"
        with torch.no_grad():
            found = self._pseudo_labels_of(target, (int(labels.shape[1]), int(labels.shape[2])))
            weights = found.confidence * found.kept
            images, target_labels, own_pixels = target.images, found.labels, found.kept
            if mixing:
                images, target_labels, weights, pasted = class_mix(
                    source.images, labels, images, target_labels, weights, generator
                )
                own_pixels = found.kept & ~pasted
        clean = color_jitter(source.images, self.config.data.jitter, generator)
        strong = self._strong(images, generator) if mixing else images
        self.student.train()
        joint = torch.cat([clean, strong]).contiguous(memory_format=torch.channels_last)
        output = self.student(joint)
        number = len(labels)
        own = type(output)(output.features[:number], output.logits[:number])
        losses = {"segmentation": self.objective.source_segmentation(own.logits, labels)}
        if mixing:
            cross_entropy = self.objective.segmentation(
                output.logits[number:], target_labels, weights
            )
            losses["self_training"] = self.config.adapt.target_weight * cross_entropy
        shares = self.objective.source_shares(labels, own)
        self.bank.update(self._prototype_features(source.images, own.features), shares)
        if self.objective.contrasts(warming_up=False):
            there = output.features[number:]
            # Labels made once are hard: what is not kept is 255 and needs no weight.
            soft = weights if mixing or target.labels is None else None
            target_shares = self.objective.shares(target_labels, there, soft)
            losses["contrast"] = self.objective.contrast(
                own.features, shares, self.bank
            ) + self.objective.contrast(there, target_shares, self.bank)
        report = self._descend(losses, output.features)
        self._teacher().update(self.student)
        report["pseudo_labels/agreement"] = round(
            float(label_agreement(output.logits[number:], found.labels, own_pixels)), 4
        )
        return report | self._pseudo_report(found, once=target.labels is not None)

    def class_shares(self, model: nn.Module, images: Tensor, size: tuple[int, int]) -> Tensor:
        """Return what `model` says of `images`, rectified if so set, (B, K, *size), sum 1."""
        output = model(images)
        probabilities = upsample(output.logits, size).softmax(1)
        if self.config.pseudo_labels.rectify == "none":
            return probabilities
        cosines = prototype_logits(output.features, self.bank.vectors, self.bank.seen)
        return rectified(probabilities, cosines)

    def _pseudo_labels_of(self, target: Batch, shape: tuple[int, int]) -> PseudoLabels:
        if target.labels is not None:  # made once, for the whole stage
            kept = target.labels != IGNORE_INDEX
            return PseudoLabels(target.labels, kept.float(), kept)
        teacher = self._teacher().model
        with using_statistics(teacher, self.target_statistics):
            best = most_probable(self.class_shares(teacher, target.images, shape))
        self.histogram.update(*best)
        return pseudo_labels(*best, self._thresholds())

    def _prototype_features(self, images: Tensor, of_student: Tensor) -> Tensor:
        if self.config.prototypes.features == "student":
            return of_student.detach()
        with torch.no_grad():
            features: Tensor = self._teacher().model(images).features
        return features

    def _strong(self, images: Tensor, generator: torch.Generator) -> Tensor:
        adapt = self.config.adapt
        jittered = color_jitter(images, adapt.jitter, generator)
        return random_blur(jittered, adapt.blur, generator)

    def _pseudo_report(self, found: PseudoLabels, *, once: bool) -> Report:
        """Return a row of metrics; of labels made once it is not known what was left out."""
        report: Report = {"pseudo_labels/kept": float(found.kept.float().mean())}
        if not once:
            total = torch.bincount(found.labels.flatten(), minlength=self.num_classes)
            chosen = torch.bincount(found.labels[found.kept], minlength=self.num_classes)
            share = torch.where(total > 0, chosen / total.clamp(min=1), torch.nan)
            report["pseudo_labels/kept_per_class"] = [round(v, 4) for v in share.tolist()]
        thresholds = [round(v, 4) for v in self._thresholds().tolist()]
        return report | {"pseudo_labels/threshold": thresholds}

    def _descend(self, losses: dict[str, Tensor], features: Tensor) -> Report:
        report = self.descent.descend(self.step, losses, features, self.contrast_weight)
        self.step += 1
        return report

    def _generator(self) -> torch.Generator:
        return torch.Generator().manual_seed(self.config.seed * 1_000_003 + self.step)


def predictor(model: nn.Module) -> Predict:
    """Return `model` as a function from images to (features, logits)."""

    def predict(images: Tensor) -> tuple[Tensor, Tensor]:
        output = model(images)
        return output.features, output.logits

    return predict
