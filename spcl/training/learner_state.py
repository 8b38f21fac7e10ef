"""What a run keeps from update to update: built, begun, saved and loaded.

Everything that an update changes is in `state()`, so that a run continues bit for bit.
"""

import copy
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spcl.config import Config
from spcl.data.batches.loaders import Batch
from spcl.method.classes.vectors import ClassSums, class_sums
from spcl.method.normalization import reestimate_batch_norm
from spcl.method.pseudo_labels import ConfidenceHistogram
from spcl.method.ranks.normalization import join_batch_norm, part_batch_norm
from spcl.method.ranks.sums import num_ranks
from spcl.method.teacher import Teacher
from spcl.models.segmenter import Segmenter, build_segmenter
from spcl.training.adversary import Adversary
from spcl.training.losses import Losses
from spcl.training.optimizer import StageOptimizer
from spcl.training.prototypes import prototype_bank
from spcl.training.target.labels import LABELERS
from spcl.training.target.masked import MaskedConsistency
from spcl.training.target.views import TargetViews, target_views


class LearnerState:
    """Student, teacher, prototypes, histogram and optimizer of one run."""

    def __init__(
        self,
        config: Config,
        *,
        num_classes: int,
        pixel_counts: NDArray[np.int64],
        device: torch.device | None = None,
    ) -> None:
        """Build a fresh learner.

        Args:
            config: the settings.
            num_classes: K.
            pixel_counts: source pixels of each class, (K,), for the class weights.
            device: where everything that learns is kept, the CPU by default.
        """
        self.config = config
        self.num_classes = num_classes
        self.device = device or torch.device("cpu")
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            model = config.model
            self.student: Segmenter = build_segmenter(
                model.backbone,
                num_classes,
                weights=model.weights,
                precision=model.precision,
                architecture=model.architecture,
                projection=model.projection,
            )
        self.student.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.student.micro_batches = config.optimizer.accumulate
        if num_ranks() > 1:
            join_batch_norm(self.student)
        self.frozen: Segmenter | None = None
        if config.prototypes.features == "frozen":
            self.frozen = copy.deepcopy(self.student).eval().requires_grad_(False)
        self.losses = Losses(
            config, num_classes=num_classes, pixel_counts=pixel_counts, device=self.device
        )
        num_channels = self.student.num_channels
        self.bank = prototype_bank(config.prototypes, num_classes, num_channels).to(self.device)
        self.histogram = ConfidenceHistogram(
            num_classes, decay=config.pseudo_labels.decay, device=self.device
        )
        self.labeler = LABELERS[config.pseudo_labels.mode](config, self.bank, self.histogram)
        self.target_views: TargetViews = target_views(config, pixel_counts)
        self.masked = MaskedConsistency(config)
        self.contrast_weight = self.losses.contrast_weight(warming_up=True)
        self.adversary = Adversary(config, num_classes, device=self.device)
        self.teacher: Teacher | None = None
        self.optimizer = self._optimizer("warmup")
        self.step = 0

    def _optimizer(self, stage_name: str) -> StageOptimizer:
        config = self.config
        stage = next(stage for stage in config.stages if stage.name == stage_name)
        rates = config.warmup if stage_name == "warmup" else config.adapt
        return StageOptimizer(
            config,
            self.student,
            rates=(rates.body_lr, rates.head_lr),
            first_step=stage.first_step,
            num_steps=stage.last_step - stage.first_step,
            poly=stage_name == "warmup" or config.optimizer.schedule == "poly",
        )

    def begin_adaptation(self, source_batches: Iterable[Batch]) -> None:
        """Make the teacher, and pool the prototypes over the whole labelled source in one pass."""
        self.teacher = Teacher(self.student, momentum=self.config.teacher.momentum)
        by_image = self.config.prototypes.init == "mean_of_means"
        sums_of = _image_means if by_image else class_sums
        memory = self.bank.memory
        remembered: Tensor | None = None
        total: ClassSums | None = None
        with torch.inference_mode():
            for batch in source_batches:
                output = self.teacher.model(batch.images)
                shares = self.losses.source_shares(labels_of(batch), output)
                seen = output if self.frozen is None else self.frozen(batch.images)
                sums = sums_of(seen.features, shares)
                total = sums if total is None else ClassSums(*map(torch.add, total, sums))
                if memory is not None:
                    more = memory.sums(seen.features, shares)
                    remembered = more if remembered is None else remembered + more
        if total is None:  # more ranks than batches
            vectors = self.bank.vectors
            total = ClassSums(torch.zeros_like(vectors), vectors.new_zeros(self.num_classes))
        self.bank.initialize(
            total[0].clone(),
            total[1].clone(),
            remembered=None if remembered is None else remembered.clone(),
        )
        self.optimizer = self._optimizer("adapt")
        self.contrast_weight = self.losses.contrast_weight(warming_up=False)

    def begin_selftraining(self) -> None:
        """Begin the stage that learns from pseudo labels of target alone."""
        self.optimizer = self._optimizer("selftrain")

    def thresholds(self) -> NDArray[np.float32]:
        """Return the confidence from which a class's pseudo label is kept, (K,) in [0, 1]."""
        values: NDArray[np.float32] = self.labeler.thresholds().float().cpu().numpy()
        return values

    def _teacher(self) -> Teacher:
        assert self.teacher is not None, "the adaptation has begun"
        return self.teacher

    def observed_model(self) -> nn.Module:
        """Return a copy, in eval mode, of the model that is observed: teacher, else student."""
        model = self.teacher.model if self.teacher is not None else self.student
        observed = copy.deepcopy(model).eval()
        part_batch_norm(observed)
        return observed

    @property
    def has_teacher(self) -> bool:
        """Return whether the observed model differs from the one that learns."""
        return self.teacher is not None and self.teacher.momentum > 0

    def student_alone(self) -> nn.Module:
        """Return a copy of the learning model in eval mode."""
        student = copy.deepcopy(self.student).eval()
        part_batch_norm(student)
        return student

    def with_target_statistics(self, images: Iterable[Tensor]) -> nn.Module:
        """Return a copy of the observed model with batch-norm statistics of unlabelled `images`."""
        model = self.observed_model()
        reestimate_batch_norm(
            model, images, is_pooled=self.config.normalization.pooling == "pooled"
        )
        return model.eval()

    def state(self) -> dict[str, Any]:
        """Return everything an update changes."""
        return {
            "step": self.step,
            "student": self.student.state_dict(),
            "teacher": self.teacher.state_dict() if self.teacher is not None else None,
            "frozen": self.frozen.state_dict() if self.frozen is not None else None,
            "bank": self.bank.state_dict(),
            "histogram": self.histogram.state_dict(),
            "contrast_weight": self.contrast_weight.state_dict(),
            "adversary": self.adversary.state_dict(),
            "optimizer": self.optimizer.optimizer.state_dict(),
            "target_statistics": self.labeler.statistics,
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Continue from what `state` returned."""
        self.step = state["step"]
        self.student.load_state_dict(state["student"])
        if self.frozen is not None and state.get("frozen") is not None:
            self.frozen.load_state_dict(state["frozen"])
        if state["teacher"] is not None:
            self.teacher = Teacher(self.student, momentum=self.config.teacher.momentum)
            self.teacher.load_state_dict(state["teacher"])
            is_late = self.step > self.config.adapt_end
            self.optimizer = self._optimizer("selftrain" if is_late else "adapt")
            self.contrast_weight = self.losses.contrast_weight(warming_up=False)
        statistics = state["target_statistics"]
        if statistics is not None:
            statistics = {name: value.to(self.device) for name, value in statistics.items()}
        self.labeler.statistics = statistics
        self.bank.load_state_dict(state["bank"])
        self.histogram.load_state_dict(state["histogram"])
        self.contrast_weight.load_state_dict(state["contrast_weight"])
        self.adversary.load_state_dict(state.get("adversary"))
        if state["optimizer"]["state"]:  # else it has not stepped: the settings here hold
            self.optimizer.optimizer.load_state_dict(state["optimizer"])


def labels_of(batch: Batch) -> Tensor:
    """Return the labels of a batch that must have some, (B, H, W)."""
    assert batch.labels is not None, "this update needs labels"
    return batch.labels


def _image_means(features: Tensor, shares: Tensor) -> ClassSums:
    """Return the summed image means of each class, (K, C), and in how many images it occurs, (K,).

    The mean of means of the released code: an image with ten pixels of a class counts as one with
    ten thousand.
    """
    means, occurs = [], []
    for image in range(len(features)):
        sums, counts = class_sums(features[image : image + 1], shares[image : image + 1])
        occurs.append((counts > 0).float())
        means.append(sums / counts.clamp(min=1e-12).unsqueeze(1) * occurs[-1].unsqueeze(1))
    return ClassSums(torch.stack(means).sum(0), torch.stack(occurs).sum(0))
