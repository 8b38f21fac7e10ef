"""Look at the images of a split, as training does or at full size, and score them by one table."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spcl.config.sections.records import EvaluateConfig
from spcl.data.batches.loaders import Frames
from spcl.data.batches.transforms import to_tensor, whole_view
from spcl.errors import DivergedError, UserError
from spcl.method.grid.resize import upsample
from spcl.method.grid.windows import Logits, mirrored, sliding_logits
from spcl.method.ranks.sums import own_items
from spcl.store.scores.counts import cross_table

Predict = Callable[[Tensor], tuple[Tensor, Tensor]]
"""Images (B, 3, H, W) in [0, 1] -> features (B, C, h, w), logits (B, K, h, w)."""


@dataclass(frozen=True)
class Scoring:
    """How whole images are scored.

    Attributes:
        size: height and width of the model's input in training, at which it is observed.
        settings: whether images are scored at a stated size, or at their own by one look or many.
    """

    size: tuple[int, int]
    settings: EvaluateConfig = EvaluateConfig()

    def __post_init__(self) -> None:
        window, stride = self.settings.window, self.settings.stride
        if stride[0] > window[0] or stride[1] > window[1]:
            raise UserError(
                f"evaluate.stride is {_told(stride)} (width x height), which leaves pixels between "
                f"windows of {_told(window)}; use at most that"
            )

    @property
    def is_observed(self) -> bool:
        """Return whether scores come from the same look as what is observed."""
        chosen = self.settings
        is_once = chosen.scales == (1.0,) and not chosen.flip
        return chosen.mode == "scaled" and is_once and self._scaled == self.size

    @property
    def _scaled(self) -> tuple[int, int]:
        return self.settings.size or self.size

    def words(self) -> str:
        """Say how images are scored, sizes as width x height."""
        chosen = self.settings
        how = {
            "scaled": f"each image scaled to {_told(self._scaled)}",
            "whole": "each image at its full size, in one look",
            "slide": f"each image at its full size, by windows of {_told(chosen.window)} every "
            f"{_told(chosen.stride)} pixels",
        }[chosen.mode]
        if chosen.scales != (1.0,):
            how += f", at {' and '.join(f'{scale:g}' for scale in chosen.scales)} times that size"
        return how + (", and mirrored" if chosen.flip else "")

    def probabilities(
        self, predict: Predict, image: NDArray[np.uint8], size: tuple[int, int]
    ) -> Tensor:
        """Return class probabilities (K, *size) of an image (H, W, 3), the mean over all looks."""
        base = self._scaled if self.settings.mode == "scaled" else image.shape[:2]
        models = self._models(predict)
        total = torch.zeros(())
        for scale in self.settings.scales:
            for logits_of in models:
                total = total + self._look(logits_of, image, _times(base, scale), size)
        return total / (len(models) * len(self.settings.scales))

    def _models(self, predict: Predict) -> list[Logits]:
        def logits_of(images: Tensor) -> Tensor:
            logits = predict(images)[1]
            if not logits.isfinite().all():
                raise DivergedError("the model's output")
            return logits

        return [logits_of, mirrored(logits_of)] if self.settings.flip else [logits_of]

    def _look(
        self,
        logits_of: Logits,
        image: NDArray[np.uint8],
        at: tuple[int, int],
        size: tuple[int, int],
    ) -> Tensor:
        images = to_tensor([whole_view(image, at)])
        if self.settings.mode == "slide":
            window, stride = self.settings.window, self.settings.stride
            logits = sliding_logits(logits_of, images, window=window, stride=stride)
        else:
            logits = logits_of(images)
        return upsample(logits, size)[0].softmax(0)


def _times(size: tuple[int, ...], scale: float) -> tuple[int, int]:
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _told(size: tuple[int, int]) -> str:
    return f"{size[1]}x{size[0]}"


@dataclass(frozen=True)
class Prediction:
    """A model's output for one image; upsampled to the label's size only when needed.

    Attributes:
        index: the image's index in its split.
        image: RGB, (H, W, 3).
        label: class ids, (H', W'), or None.
        features: (C, h, w), at the backbone's stride.
        logits: (K, h, w), at the same stride.
        probabilities: (K, H', W'), where images are scored by other looks than they are observed.
    """

    index: int
    image: NDArray[np.uint8]
    label: NDArray[np.uint8] | None
    features: Tensor
    logits: Tensor
    probabilities: Tensor | None = None

    @cached_property
    def _full_size_logits(self) -> Tensor:
        """Return the logits at the size of the label, or of the image without one, (K, H', W')."""
        with torch.inference_mode():
            return upsample(self.logits[None], full_size(self.image, self.label))[0]

    @cached_property
    def class_ids(self) -> NDArray[np.uint8]:
        """Return the predicted class of every pixel, (H', W')."""
        scores = self._full_size_logits if self.probabilities is None else self.probabilities
        return class_ids(scores)

    def confidence(self) -> NDArray[np.float32]:
        """Return the probability of the predicted class, (H', W')."""
        with torch.inference_mode():
            chances = self.probabilities
            if chances is None:
                chances = self._full_size_logits.softmax(0)
            values: NDArray[np.float32] = chances.amax(0).cpu().numpy()
        return values

    @property
    def grid(self) -> tuple[int, int]:
        """Return height and width of the feature grid."""
        return int(self.features.shape[1]), int(self.features.shape[2])

    def features_at(
        self, rows: NDArray[np.int64], columns: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Return the features of cells of the grid, (N, C)."""
        values: NDArray[np.float32] = self.features[:, rows, columns].T.float().cpu().numpy()
        return values


def full_size(image: NDArray[np.uint8], label: NDArray[np.uint8] | None) -> tuple[int, int]:
    """Return the size at which an image is scored: its label's, or its own without one."""
    shape = image.shape if label is None else label.shape
    return shape[0], shape[1]


def predict_split(
    predict: Predict,
    frames: Frames,
    *,
    scoring: Scoring,
    only: Sequence[int] | None = None,
    batch_size: int = 4,
) -> Iterator[Prediction]:
    """Yield the model's prediction for each image of a split, in order.

    Of several ranks each yields its share of the batches, which are those of one process.

    Args:
        predict: the model, in eval mode; called without gradients.
        frames: the split.
        scoring: how images are looked at.
        only: indices of the images that are looked at; all by default.
        batch_size: images per call.

    Raises:
        DivergedError: the model gives numbers that are not finite.
    """
    chosen = range(len(frames)) if only is None else only
    for start in own_items(range(0, len(chosen), batch_size)):
        indices = chosen[start : start + batch_size]
        pairs = [frames[index] for index in indices]
        images = to_tensor([whole_view(image, scoring.size) for image, _ in pairs])
        with torch.inference_mode():
            features, logits = predict(images)
        if not (features.isfinite().all() and logits.isfinite().all()):
            raise DivergedError("the model's output")
        for row, (index, (image, label)) in enumerate(zip(indices, pairs, strict=True)):
            probabilities = None
            if not scoring.is_observed:
                with torch.inference_mode():
                    size = full_size(image, label)
                    probabilities = scoring.probabilities(predict, image, size)
            yield Prediction(index, image, label, features[row], logits[row], probabilities)


def class_ids(logits: Tensor) -> NDArray[np.uint8]:
    """Return the highest-scoring class, (K, H, W) -> (H, W); `argmax` takes four times as long."""
    ids: NDArray[np.uint8] = logits.max(0).indices.to(torch.uint8).cpu().numpy()
    return ids


def split_confusion(
    predict: Predict,
    frames: Frames,
    *,
    scoring: Scoring,
    num_classes: int,
    on_image: Callable[[int], None] = lambda _: None,
) -> NDArray[np.int64]:
    """Return the confusion matrix (K, K) of a labelled split; `on_image` hears how many it has."""
    total = np.zeros((num_classes, num_classes), np.int64)
    for number, scored in enumerate(scored_split(predict, frames, scoring=scoring), 1):
        assert scored.label is not None, "scores need labels"
        total += cross_table(scored.label, scored.class_ids, num_classes)
        on_image(number)
    return total


@dataclass(frozen=True)
class Scored:
    """An image's index in its split, its label (H, W) or None, and its predicted classes (H, W)."""

    index: int
    label: NDArray[np.uint8] | None
    class_ids: NDArray[np.uint8]


def scored_split(predict: Predict, frames: Frames, *, scoring: Scoring) -> Iterator[Scored]:
    """Yield what is predicted for each image of a split, without a look that only observes.

    Of several ranks each yields its share of the images.
    """
    if scoring.is_observed:
        looks = predict_split(predict, frames, scoring=scoring)
        yield from (Scored(one.index, one.label, one.class_ids) for one in looks)
        return
    for index in own_items(range(len(frames))):
        image, label = frames[index]
        with torch.inference_mode():
            size = full_size(image, label)
            ids = class_ids(scoring.probabilities(predict, image, size))
        yield Scored(index, label, ids)
