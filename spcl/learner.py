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

from spcl.config import Config
from spcl.data.loaders import Batch
from spcl.data.transforms import color_jitter, random_blur
from spcl.evaluate import Predict
from spcl.label_space import IGNORE_INDEX
from spcl.method.labels import label_shares, majority_labels, nearest_labels
from spcl.method.losses import (
    ContrastWeight,
    class_weights_from_frequency,
    prototype_contrast,
    segmentation_loss,
)
from spcl.method.mixing import class_mix
from spcl.method.normalisation import (
    batch_norm_statistics,
    reestimate_batch_norm,
    using_statistics,
)
from spcl.method.prototypes import PrototypeBank, class_sums
from spcl.method.pseudo_labels import ConfidenceHistogram, pseudo_labels
from spcl.method.schedule import linear_decay, poly_decay
from spcl.method.teacher import Teacher
from spcl.models.segmenter import Segmenter, build_segmenter, upsample

Report = dict[str, Any]


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
        self.class_weights = class_weights_from_frequency(
            torch.from_numpy(pixel_counts), power=config.segmentation.class_weights
        )
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
        self.contrast_weight = self._weight_for(config.contrast.warmup_ratio)
        self.teacher: Teacher | None = None
        self.target_statistics: dict[str, Tensor] | None = None
        self.optimiser = self._optimiser(config.warmup.body_lr, config.warmup.head_lr)
        self.step = 0

    def _weight_for(self, ratio: float) -> ContrastWeight:
        wanted = self.config.contrast.weight
        return ContrastWeight(
            ratio=ratio,
            every=self.config.contrast.ratio_every,
            fixed=None if wanted == "ratio" else wanted,
        )

    def _optimiser(self, body_lr: float, head_lr: float) -> torch.optim.AdamW:
        body, head = self.student.parameter_groups()
        groups = [{"params": body, "lr": body_lr}, {"params": head, "lr": head_lr}]
        for group in groups:
            group["base_lr"] = group["lr"]
        return torch.optim.AdamW(groups, weight_decay=self.config.optimiser.weight_decay)

    # --- warm-up -----------------------------------------------------------------------------

    def warmup_update(self, batch: Batch) -> Report:
        """Learn once from labelled source images."""
        config = self.config
        self.student.train()
        images = color_jitter(batch.images, config.data.jitter, self._generator())
        output = self.student(images)
        labels = _labels_of(batch)
        segmentation = self._segmentation(output.logits, labels)
        losses = {"segmentation": segmentation}
        if config.contrast.start == "warmup" and self._contrasts(config.contrast.warmup_ratio):
            shares = self._shares(labels, output.features)
            self.bank.update(output.features.detach(), shares)
            losses["contrast"] = self._contrast(output.features, shares)
        share = self.step / config.warmup.steps
        return self._descend(losses, output.features, poly_decay(share), stage="warmup")

    # --- adaptation --------------------------------------------------------------------------

    def begin_adaptation(self, source_images: Iterable[Batch]) -> None:
        """Make the teacher, and pool the prototypes over the whole labelled source in one pass."""
        self.teacher = Teacher(self.student, momentum=self.config.teacher.momentum)
        sums, counts = None, None
        with torch.inference_mode():
            for batch in source_images:
                output = self.teacher.model(batch.images)
                shares = self._shares(_labels_of(batch), output.features)
                added, number = class_sums(output.features, shares)
                sums = added if sums is None else sums + added
                counts = number if counts is None else counts + number
        assert sums is not None, "the source has images"
        assert counts is not None, "the source has images"
        self.bank.initialise(sums.clone(), counts.clone())
        adapt = self.config.adapt
        self.optimiser = self._optimiser(adapt.body_lr, adapt.head_lr)
        self.contrast_weight = self._weight_for(self.config.contrast.adapt_ratio)

    def refresh_target_statistics(self, images: Iterable[Tensor]) -> None:
        """Re-estimate the batch-norm statistics with which the teacher labels the target."""
        self.target_statistics = batch_norm_statistics(self.with_target_statistics(images))

    def supervised_update(self, batch: Batch) -> Report:
        """Learn once from labelled images alone (source-only, oracle); the teacher follows."""
        self.student.train()
        images = color_jitter(batch.images, self.config.data.jitter, self._generator())
        output = self.student(images)
        labels = _labels_of(batch)
        losses = {"segmentation": self._segmentation(output.logits, labels)}
        self.bank.update(output.features.detach(), self._shares(labels, output.features))
        report = self._descend(losses, output.features, self._adapt_decay(), stage="adapt")
        self._teacher().update(self.student)
        return report

    def adapt_update(self, source: Batch, target: Batch) -> Report:
        """Learn once from labelled source and unlabelled target images.

        The teacher labels the target; source classes are pasted on it; one joint forward and
        one backward serve both domains.
        """
        generator = self._generator()
        teacher = self._teacher().model
        labels = _labels_of(source)
        with torch.no_grad():
            with using_statistics(teacher, self.target_statistics):
                target_output = teacher(target.images)
            source_features = teacher(source.images).features
            shape = (int(labels.shape[1]), int(labels.shape[2]))
            probabilities = upsample(target_output.logits, shape).softmax(1)
            self.histogram.update(probabilities)
            guessed, confidence, kept = pseudo_labels(probabilities, self._thresholds())
            mixed_images, mixed_labels, mixed_weights = class_mix(
                source.images,
                labels,
                target.images,
                guessed,
                confidence * kept,
                generator,
            )
        clean = color_jitter(source.images, self.config.data.jitter, generator)
        strong = self._strong(mixed_images, generator)
        self.student.train()
        joint = torch.cat([clean, strong]).contiguous(memory_format=torch.channels_last)
        output = self.student(joint)
        number = len(labels)
        adapt = self.config.adapt
        losses = {
            "segmentation": self._segmentation(output.logits[:number], labels),
            "self_training": adapt.target_weight
            * self._segmentation(output.logits[number:], mixed_labels, mixed_weights),
        }
        shares = self._shares(labels, output.features)
        student_features = output.features[:number].detach()
        by_teacher = self.config.prototypes.features == "teacher"
        self.bank.update(source_features if by_teacher else student_features, shares)
        if self._contrasts(self.config.contrast.adapt_ratio):
            mixed_shares = self._shares(mixed_labels, output.features, mixed_weights)
            losses["contrast"] = self._contrast(output.features[:number], shares) + self._contrast(
                output.features[number:], mixed_shares
            )
        report = self._descend(losses, output.features, self._adapt_decay(), stage="adapt")
        self._teacher().update(self.student)
        return report | self._pseudo_report(guessed, kept)

    def _strong(self, images: Tensor, generator: torch.Generator) -> Tensor:
        adapt = self.config.adapt
        jittered = color_jitter(images, adapt.jitter, generator)
        return random_blur(jittered, adapt.blur, generator)

    def _pseudo_report(self, guessed: Tensor, kept: Tensor) -> Report:
        total = torch.bincount(guessed.flatten(), minlength=self.num_classes)
        chosen = torch.bincount(guessed[kept], minlength=self.num_classes)
        share = torch.where(total > 0, chosen / total.clamp(min=1), torch.nan)
        return {
            "pseudo_labels/kept": float(kept.float().mean()),
            "pseudo_labels/kept_per_class": [round(v, 4) for v in share.tolist()],
            "pseudo_labels/threshold": [round(v, 4) for v in self._thresholds().tolist()],
        }

    # --- parts of an update ------------------------------------------------------------------

    def _segmentation(
        self, logits: Tensor, labels: Tensor, weights: Tensor | None = None
    ) -> Tensor:
        shape = (int(labels.shape[1]), int(labels.shape[2]))
        return segmentation_loss(
            upsample(logits, shape),
            labels,
            class_weights=self.class_weights,
            pixel_weights=weights,
            logit_scale=self.config.segmentation.logit_scale,
        )

    def _shares(self, labels: Tensor, features: Tensor, weights: Tensor | None = None) -> Tensor:
        size = (int(features.shape[2]), int(features.shape[3]))
        how = self.config.labels.downsample
        shares = label_shares(labels, self.num_classes, size=size, weights=weights)
        if how == "share":
            return shares
        hard = nearest_labels(labels, size=size) if how == "nearest" else majority_labels(shares)
        one_hot = torch.zeros_like(shares)
        valid = (hard != IGNORE_INDEX).unsqueeze(1)
        one_hot.scatter_(1, hard.clamp(max=self.num_classes - 1).unsqueeze(1), valid.float())
        return one_hot if weights is None else one_hot * shares.sum(1, keepdim=True)

    def _contrasts(self, ratio: float) -> bool:
        weight = self.config.contrast.weight
        return ratio > 0 if weight == "ratio" else weight > 0

    def _contrast(self, features: Tensor, shares: Tensor) -> Tensor:
        return prototype_contrast(
            features,
            shares,
            self.bank.vectors,
            self.bank.seen,
            temperature=self.config.contrast.temperature,
            balance=self.config.contrast.balance,
        )

    def _adapt_decay(self) -> float:
        done = (self.step - self.config.warmup.steps) / max(1, self.config.adapt.steps)
        return linear_decay(done, final=self.config.adapt.final_lr)

    def _descend(
        self, losses: dict[str, Tensor], features: Tensor, decay: float, *, stage: str
    ) -> Report:
        contrast = losses.pop("contrast", None)
        other = torch.stack(list(losses.values())).sum()
        total = other
        if contrast is not None:
            self.contrast_weight.measure(contrast, other, features)
            total = other + self.contrast_weight.weight * contrast
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        norm = nn.utils.clip_grad_norm_(self.student.parameters(), self.config.optimiser.clip)
        first = 0 if stage == "warmup" else self.config.warmup.steps
        ramp = min(1.0, (self.step - first + 1) / max(1, self.config.optimiser.ramp_steps))
        for group in self.optimiser.param_groups:
            group["lr"] = group["base_lr"] * decay * ramp
        self.optimiser.step()
        self.step += 1
        report: Report = {f"loss/{name}": float(loss.detach()) for name, loss in losses.items()}
        report["loss/total"] = float(total.detach())
        if contrast is not None:
            report["loss/contrast"] = float(contrast.detach())
            report["contrast/weight"] = self.contrast_weight.weight
            report["contrast/ratio"] = (
                self.contrast_weight.weight * self.contrast_weight.ratio_at_one
            )
        report["gradient_norm"] = float(norm)
        report["lr"] = self.optimiser.param_groups[0]["lr"]
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
            "optimiser": self.optimiser.state_dict(),
            "target_statistics": self.target_statistics,
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Continue from what `state` returned."""
        self.step = state["step"]
        self.student.load_state_dict(state["student"])
        if state["teacher"] is not None:
            self.teacher = Teacher(self.student, momentum=self.config.teacher.momentum)
            self.teacher.load_state_dict(state["teacher"])
            adapt = self.config.adapt
            self.optimiser = self._optimiser(adapt.body_lr, adapt.head_lr)
            self.contrast_weight = self._weight_for(self.config.contrast.adapt_ratio)
        self.target_statistics = state["target_statistics"]
        self.bank.load_state_dict(state["bank"])
        self.histogram.load_state_dict(state["histogram"])
        self.contrast_weight.load_state_dict(state["contrast_weight"])
        if state["optimiser"]["state"]:  # else it has not stepped: the settings here hold
            self.optimiser.load_state_dict(state["optimiser"])


def predictor(model: nn.Module) -> Predict:
    """Return `model` as a function from images to (features, logits)."""

    def predict(images: Tensor) -> tuple[Tensor, Tensor]:
        output = model(images)
        return output.features, output.logits

    return predict


def _labels_of(batch: Batch) -> Tensor:
    assert batch.labels is not None, "this update needs labels"
    return batch.labels
