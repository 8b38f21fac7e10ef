"""What one update does: learn from source, from both domains, or from target alone.

Randomness comes from a generator seeded by (seed, step); there is no other random state.
"""

import torch
from torch import Tensor

from spcl.data.batches.loaders import Batch
from spcl.data.batches.transforms import color_jitter
from spcl.method.pseudo_labels import label_agreement
from spcl.models.segmenter import Output
from spcl.training.learner_state import LearnerState, labels_of
from spcl.training.optimizer import Report


class Learner(LearnerState):
    """The updates of a run."""

    def warmup_update(self, source: Batch, target: Batch | None = None) -> Report:
        """Learn once from labelled source images; `target` images feed the adversary, if any."""
        self.student.train()
        images = color_jitter(source.images, self.config.data.jitter, self._generator())
        output = self.student(images)
        labels = labels_of(source)
        losses = {"segmentation": self.losses.source_segmentation(output.logits, labels)}
        if self.losses.contrasts(self.step, warming_up=True):
            shares = self.losses.source_shares(labels, output)
            self.bank.update(self._learning_features(source.images, output), shares)
            losses["contrast"] = self.losses.contrast(output.features, shares, self.bank)
        if target is not None:
            target_logits = self.student(target.images).logits
            losses |= self.adversary.losses(output.logits, target_logits, labels.shape[1:])
        return self._step(losses, output.shared)

    def supervised_update(self, batch: Batch) -> Report:
        """Learn once from labelled images alone (source-only, oracle); the teacher follows."""
        self.student.train()
        images = color_jitter(batch.images, self.config.data.jitter, self._generator())
        output = self.student(images)
        labels = labels_of(batch)
        losses = {"segmentation": self.losses.source_segmentation(output.logits, labels)}
        features = self._learning_features(batch.images, output)
        self.bank.update(features, self.losses.shares(labels, features))
        report = self._step(losses, output.shared)
        self._teacher().update(self.student)
        return report

    def selftrain_update(self, target: Batch) -> Report:
        """Learn once from target images and their pseudo labels alone; the teacher follows."""
        self.student.train()
        images = color_jitter(target.images, self.config.adapt.jitter, self._generator())
        output = self.student(images)
        losses = {"self_training": self.losses.segmentation(output.logits, labels_of(target))}
        report = self._step(losses, output.shared)
        self._teacher().update(self.student)
        return report

    def adapt_update(self, source: Batch, target: Batch) -> Report:
        """Learn once from labelled source and unlabelled target images; the teacher follows.

        The labeler gives target pixels pseudo labels, the view decides what the student sees of
        them and what it learns besides the contrast. One joint forward pass serves both domains.
        """
        generator = self._generator()
        labels = labels_of(source)
        with torch.no_grad():
            size = (int(labels.shape[1]), int(labels.shape[2]))
            pseudo = self.labeler.labels(target, self._teacher().model, size)
            view = self.target_views.compose(source, target, pseudo, generator)
        source_images = color_jitter(source.images, self.config.data.jitter, generator)
        target_images = self.target_views.augment(view.images, generator)
        shared, on_source, on_target = self._forward_jointly(source_images, target_images)

        losses = {"segmentation": self.losses.source_segmentation(on_source.logits, labels)}
        losses |= self.target_views.losses(on_target.logits, view, self.losses)
        losses |= self.masked.losses(
            self.student, target, pseudo, self.losses, self.target_views.augment, generator
        )
        source_shares = self.losses.source_shares(labels, on_source)
        self.bank.update(self._prototype_features(source.images, on_source), source_shares)
        if self.losses.contrasts(self.step, warming_up=False):
            weights = self.losses.contrast_pixels(view.weights, pseudo.confidence)
            target_shares = self.losses.shares(view.labels, on_target.features, weights)
            losses["contrast"] = self.losses.contrast_of_domains(
                (on_source.features, source_shares), (on_target.features, target_shares), self.bank
            )
        report = self._step(losses, shared)
        self._teacher().update(self.student)
        agreement = label_agreement(on_target.logits, pseudo.labels, view.kept)
        report["pseudo_labels/agreement"] = agreement
        return report | self.labeler.report(pseudo)

    def _forward_jointly(
        self, source_images: Tensor, target_images: Tensor
    ) -> tuple[Tensor, Output, Output]:
        """Return what the heads share, of both domains in one tensor, and the output for each."""
        self.student.train()
        images = torch.cat([source_images, target_images])
        output = self.student(images.contiguous(memory_format=torch.channels_last))
        num_source = len(source_images)
        on_source = Output(*(tensor[:num_source] for tensor in output))
        on_target = Output(*(tensor[num_source:] for tensor in output))
        return output.shared, on_source, on_target

    def _prototype_features(self, images: Tensor, of_student: Output) -> Tensor:
        """Return the features whose class means move the prototypes, (B, C, h, w)."""
        if self.config.prototypes.features != "teacher":
            return self._learning_features(images, of_student)
        with torch.no_grad():
            features: Tensor = self._teacher().model(images).features
        return features

    def _learning_features(self, images: Tensor, of_student: Output) -> Tensor:
        """Return the student's features, (B, C, h, w), or those of the frozen model if there is."""
        if self.frozen is None:
            return of_student.features.detach()
        with torch.no_grad():
            features: Tensor = self.frozen(images).features
        return features

    def _step(self, losses: dict[str, Tensor], shared: Tensor) -> Report:
        is_warmup = self.teacher is None
        report = self.optimizer.step(
            self.step,
            losses,
            shared,
            self.contrast_weight,
            factor=self.losses.contrast_factor(self.step, warming_up=is_warmup),
            alone=self.losses.is_contrast_alone(self.step, warming_up=is_warmup),
        )
        self.step += 1
        return report

    def _generator(self) -> torch.Generator:
        return torch.Generator().manual_seed(self.config.seed * 1_000_003 + self.step)
