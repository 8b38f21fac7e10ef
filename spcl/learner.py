"""One learner: the student, its teacher, the prototypes, and what one update does to them.

Everything that an update changes is in `state()`, so that a run continues bit for bit.
Randomness comes from a generator seeded by (seed, step); there is no other random state.
"""

import copy
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spcl.adversary import Adversary
from spcl.config import Config
from spcl.data.loaders import Batch
from spcl.data.transforms import color_jitter, random_blur
from spcl.descent import Descent, Report
from spcl.evaluate import Predict
from spcl.label_space import IGNORE_INDEX
from spcl.method.mixing import class_mix
from spcl.method.normalisation import (
    reestimate_batch_norm,
    using_statistics,
)
from spcl.method.prototypes import PrototypeBank, class_sums
from spcl.method.pseudo_labels import ConfidenceHistogram, PseudoLabels, pseudo_labels
from spcl.method.readout import prototype_logits, rectified
from spcl.method.teacher import Teacher
from spcl.models.segmenter import Segmenter, build_segmenter, upsample
from spcl.objective import Objective


class Learner:
    """Student, teacher, prototypes, histogram and optimiser of one run."""

    def __init__(
        self, config: Config, *, num_classes: int, pixel_counts: NDArray[np.int64]
    ) -> None:
        """Build a fresh learner.

        Args:
            config: the settings.
            num_classes: K.
            pixel_counts: source pixels of each class, (K,), for the class weights.
        """
        self.config = config
        self.num_classes = num_classes
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self.student: Segmenter = build_segmenter(
                config.model.backbone, num_classes, weights=config.model.weights
            ).to(memory_format=torch.channels_last)
        self.objective = Objective(config, num_classes=num_classes, pixel_counts=pixel_counts)
        settings = config.prototypes
        self.bank = PrototypeBank(
            num_classes,
            self.student.num_channels,
            momentum=settings.momentum,
            absent=settings.absent,
            normalise=settings.normalise,
            min_pixels=settings.min_pixels,
        )
        self.histogram = ConfidenceHistogram(num_classes, decay=config.pseudo_labels.decay)
        self.contrast_weight = self.objective.contrast_weight(warming_up=True)
        self.adversary = Adversary(config, num_classes)
        self.teacher: Teacher | None = None
        self.target_statistics: dict[str, Tensor] | None = None
        self.descent = self._descent("warmup")
        self.step = 0

    def _descent(self, stage: str) -> Descent:
        config = self.config
        first, number = {
            "warmup": (0, config.warmup.steps),
            "adapt": (config.warmup.steps, config.adapt.steps),
            "selftrain": (config.adapt_end, config.selftrain.steps),
        }[stage]
        rates = config.warmup if stage == "warmup" else config.adapt
        return Descent(
            config,
            self.student,
            rates=(rates.body_lr, rates.head_lr),
            first_step=first,
            num_steps=number,
            poly=stage == "warmup" or config.optimiser.schedule == "poly",
        )

    # --- warm-up -----------------------------------------------------------------------------

    def warmup_update(self, batch: Batch, target: Batch | None = None) -> Report:
        """Learn once from labelled source images; an adversary needs target images beside them."""
        self.student.train()
        images = color_jitter(batch.images, self.config.data.jitter, self._generator())
        output = self.student(images)
        labels = _labels_of(batch)
        losses = {"segmentation": self.objective.source_segmentation(output.logits, labels)}
        if self.objective.contrasts(warming_up=True):
            shares = self.objective.source_shares(labels, output)
            self.bank.update(output.features.detach(), shares)
            losses["contrast"] = self.objective.contrast(output.features, shares, self.bank)
        if target is not None:
            target_logits = self.student(target.images).logits
            losses |= self.adversary.losses(output.logits, target_logits, labels.shape[1:])
        return self._descend(losses, output.features)

    # --- adaptation --------------------------------------------------------------------------

    def begin_adaptation(self, source_images: Iterable[Batch]) -> None:
        """Make the teacher, and pool the prototypes over the whole labelled source in one pass."""
        self.teacher = Teacher(self.student, momentum=self.config.teacher.momentum)
        by_image = self.config.prototypes.init == "mean_of_means"
        total: tuple[Tensor, Tensor] | None = None
        with torch.inference_mode():
            for batch in source_images:
                output = self.teacher.model(batch.images)
                shares = self.objective.source_shares(_labels_of(batch), output)
                added = _image_means(output.features, shares) if by_image else None
                added = added or tuple(class_sums(output.features, shares))
                total = added if total is None else (total[0] + added[0], total[1] + added[1])
        assert total is not None, "the source has images"
        self.bank.initialise(total[0].clone(), total[1].clone())
        self.descent = self._descent("adapt")
        self.contrast_weight = self.objective.contrast_weight(warming_up=False)

    def begin_selftraining(self) -> None:
        """Begin the stage that learns from pseudo labels of target alone."""
        self.descent = self._descent("selftrain")

    def supervised_update(self, batch: Batch) -> Report:
        """Learn once from labelled images alone (source-only, oracle); the teacher follows."""
        self.student.train()
        images = color_jitter(batch.images, self.config.data.jitter, self._generator())
        output = self.student(images)
        labels = _labels_of(batch)
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
        losses = {"self_training": self.objective.segmentation(output.logits, _labels_of(target))}
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
        labels = _labels_of(source)
        mixing = self.config.selftrain.mode == "mixing"
        with torch.no_grad():
            found = self._pseudo_labels_of(target, (int(labels.shape[1]), int(labels.shape[2])))
            weights = found.confidence * found.kept
            images, target_labels = target.images, found.labels
            if mixing:
                images, target_labels, weights = class_mix(
                    source.images, labels, images, target_labels, weights, generator
                )
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
        return report | self._pseudo_report(found, once=target.labels is not None)

    def _pseudo_labels_of(self, target: Batch, shape: tuple[int, int]) -> PseudoLabels:
        if target.labels is not None:  # made once, for the whole stage
            kept = target.labels != IGNORE_INDEX
            return PseudoLabels(target.labels, kept.float(), kept)
        teacher = self._teacher().model
        with using_statistics(teacher, self.target_statistics):
            output = teacher(target.images)
        probabilities = upsample(output.logits, shape).softmax(1)
        if self.config.pseudo_labels.rectify == "prototype":
            cosines = prototype_logits(output.features, self.bank.vectors, self.bank.seen)
            probabilities = rectified(probabilities, cosines)
        self.histogram.update(probabilities)
        return pseudo_labels(probabilities, self._thresholds())

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

    def _thresholds(self) -> Tensor:
        settings = self.config.pseudo_labels
        return self.histogram.thresholds(quantile=settings.quantile, cap=settings.cap)

    def thresholds(self) -> NDArray[np.float32]:
        """Return the confidence from which a class's pseudo label is kept, (K,) in [0, 1]."""
        values: NDArray[np.float32] = self._thresholds().float().numpy()
        return values

    def _teacher(self) -> Teacher:
        assert self.teacher is not None, "the adaptation has begun"
        return self.teacher

    # --- observation and state ---------------------------------------------------------------

    def observed_model(self) -> nn.Module:
        """Return a copy, in eval mode, of the model that is looked at: teacher, or student."""
        model = self.teacher.model if self.teacher is not None else self.student
        return copy.deepcopy(model).eval()

    @property
    def has_teacher(self) -> bool:
        """Return whether the observed model differs from the one that learns."""
        return self.teacher is not None and self.teacher.momentum > 0

    def student_alone(self) -> nn.Module:
        """Return a copy of the learning model in eval mode."""
        return copy.deepcopy(self.student).eval()

    def with_target_statistics(self, images: Iterable[Tensor]) -> nn.Module:
        """Return a copy of the observed model with batch-norm statistics of unlabelled `images`."""
        model = self.observed_model()
        reestimate_batch_norm(model, images)
        return model.eval()

    def state(self) -> dict[str, Any]:
        """Return everything an update changes."""
        return {
            "step": self.step,
            "student": self.student.state_dict(),
            "teacher": self.teacher.state_dict() if self.teacher is not None else None,
            "bank": self.bank.state_dict(),
            "histogram": self.histogram.state_dict(),
            "contrast_weight": self.contrast_weight.state_dict(),
            "adversary": self.adversary.state_dict(),
            "optimiser": self.descent.optimiser.state_dict(),
            "target_statistics": self.target_statistics,
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Continue from what `state` returned."""
        self.step = state["step"]
        self.student.load_state_dict(state["student"])
        if state["teacher"] is not None:
            self.teacher = Teacher(self.student, momentum=self.config.teacher.momentum)
            self.teacher.load_state_dict(state["teacher"])
            late = self.step > self.config.adapt_end
            self.descent = self._descent("selftrain" if late else "adapt")
            self.contrast_weight = self.objective.contrast_weight(warming_up=False)
        self.target_statistics = state["target_statistics"]
        self.bank.load_state_dict(state["bank"])
        self.histogram.load_state_dict(state["histogram"])
        self.contrast_weight.load_state_dict(state["contrast_weight"])
        self.adversary.load_state_dict(state.get("adversary"))
        if state["optimiser"]["state"]:  # else it has not stepped: the settings here hold
            self.descent.optimiser.load_state_dict(state["optimiser"])


def predictor(model: nn.Module) -> Predict:
    """Return `model` as a function from images to (features, logits)."""

    def predict(images: Tensor) -> tuple[Tensor, Tensor]:
        output = model(images)
        return output.features, output.logits

    return predict


def _labels_of(batch: Batch) -> Tensor:
    assert batch.labels is not None, "this update needs labels"
    return batch.labels


def _image_means(features: Tensor, shares: Tensor) -> tuple[Tensor, Tensor]:
    """Return the summed image means of each class, (K, C), and in how many images it occurs, (K,).

    The mean of means of the released code: an image with ten pixels of a class counts as one with
    ten thousand.
    """
    means, occurs = [], []
    for image in range(len(features)):
        sums, counts = class_sums(features[image : image + 1], shares[image : image + 1])
        occurs.append((counts > 0).float())
        means.append(sums / counts.clamp(min=1e-12).unsqueeze(1) * occurs[-1].unsqueeze(1))
    return torch.stack(means).sum(0), torch.stack(occurs).sum(0)
