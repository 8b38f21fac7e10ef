"""The models of a run that are looked at: each a copy in eval mode, made only when asked for."""

from collections.abc import Callable, Iterator
from functools import cache

from torch import Tensor, nn

from spcl.evaluate import Predict
from spcl.method.normalization import batch_norm_statistics
from spcl.models.device import device_of
from spcl.training.learner import Learner


class ObservedModels:
    """The observed model with the statistics of either domain, and the student beside it."""

    def __init__(self, learner: Learner, target_images: Callable[[int], Iterator[Tensor]]) -> None:
        """Observe `learner`.

        Args:
            learner: whose teacher, or student, is copied.
            target_images: yields at most so many unlabelled target images, (B, 3, H, W).
        """
        self.learner = learner
        self.settings = learner.config.normalization
        self.before_step = learner.config.warmup.steps
        self._target_images = target_images
        self._adapted: tuple[int, nn.Module] | None = None

    def source(self) -> nn.Module:
        """Return the observed model with its own batch-norm statistics, those of the source."""
        return self.learner.observed_model()

    def target(self) -> nn.Module:
        """Return the model that predicts target: up to `before_step` nothing of target is used."""
        is_adapting = self.learner.step > self.before_step
        if is_adapting and self.settings.target_statistics:
            return self.with_target_statistics()
        return self.source()

    def labeling(self) -> nn.Module:
        """Return the model that labels the target for a whole stage."""
        return self.with_target_statistics() if self._labels_by_target else self.source()

    @property
    def _labels_by_target(self) -> bool:
        return self.settings.target_statistics and self.settings.teacher == "target"

    def student(self) -> nn.Module:
        """Return the model that learns."""
        return self.learner.student_alone()

    def with_target_statistics(self) -> nn.Module:
        """Return the observed model with statistics of the target, estimated once a step."""
        if self._adapted is None or self._adapted[0] != self.learner.step:
            images = self._target_images(self.settings.max_images)
            self._adapted = (self.learner.step, self.learner.with_target_statistics(images))
        return self._adapted[1]

    def refresh_labeler(self) -> None:
        """Renew the target statistics with which the teacher labels, where that is due."""
        updates = self.learner.step - self.before_step
        if self._labels_by_target and updates % self.settings.refresh_every == 0:
            statistics = batch_norm_statistics(self.with_target_statistics())
            self.learner.labeler.statistics = statistics


def predictor(make_model: Callable[[], nn.Module]) -> Predict:
    """Return the model as a function from images to (features, logits), made at the first call."""
    model = cache(make_model)

    def predict(images: Tensor) -> tuple[Tensor, Tensor]:
        seeing = model()
        output = seeing(images.to(device_of(seeing), non_blocking=True))
        return output.features, output.logits

    return predict
