"""Score a split by one confusion matrix; absent classes are NaN and left out of the mean."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spcl.data.loaders import Frames
from spcl.data.transforms import to_tensor, whole_view
from spcl.errors import DivergedError
from spcl.method.resize import upsample
from spcl.store.counts import cross_table

Predict = Callable[[Tensor], tuple[Tensor, Tensor]]
"""Images (B, 3, H, W) in [0, 1] -> features (B, C, h, w), logits (B, K, h, w)."""


@dataclass(frozen=True)
class Prediction:
    """A model's output for one image; upsampled to the label's size only when needed.

    Attributes:
        index: the image's index in its split.
        image: RGB, (H, W, 3).
        label: class ids, (H', W'), or None.
        features: (C, h, w), at stride 8.
        logits: (K, h, w), at stride 8.
    """

    index: int
    image: NDArray[np.uint8]
    label: NDArray[np.uint8] | None
    features: Tensor
    logits: Tensor

    @cached_property
    def _full_size_logits(self) -> Tensor:
        """Return the logits at the size of the label, or of the image without one, (K, H', W')."""
        height, width = self.image.shape[:2] if self.label is None else self.label.shape
        with torch.inference_mode():
            return upsample(self.logits[None], (height, width))[0]

    @cached_property
    def class_ids(self) -> NDArray[np.uint8]:
        """Return the predicted class of every pixel, (H', W')."""
        return class_ids(self._full_size_logits)

    def confidence(self) -> NDArray[np.float32]:
        """Return the probability of the predicted class, (H', W')."""
        with torch.inference_mode():
            highest = self._full_size_logits.softmax(0).amax(0)
            values: NDArray[np.float32] = highest.cpu().numpy()
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


def predict_split(
    predict: Predict, frames: Frames, *, size: tuple[int, int], batch_size: int = 4
) -> Iterator[Prediction]:
    """Yield the model's prediction for each image of a split, in order.

    Args:
        predict: the model, in eval mode; called without gradients.
        frames: the split.
        size: height and width of the model's input.
        batch_size: images per call.

    Raises:
        DivergedError: the model gives numbers that are not finite.
    """
    for start in range(0, len(frames), batch_size):
        indices = range(start, min(start + batch_size, len(frames)))
        pairs = [frames[index] for index in indices]
        images = to_tensor([whole_view(image, size) for image, _ in pairs])
        with torch.inference_mode():
            features, logits = predict(images)
        if not (features.isfinite().all() and logits.isfinite().all()):
            raise DivergedError("the model's output")
        for row, (index, (image, label)) in enumerate(zip(indices, pairs, strict=True)):
            yield Prediction(index, image, label, features[row], logits[row])


def class_ids(logits: Tensor) -> NDArray[np.uint8]:
    """Return the highest-scoring class, (K, H, W) -> (H, W); `argmax` takes four times as long."""
    ids: NDArray[np.uint8] = logits.max(0).indices.to(torch.uint8).cpu().numpy()
    return ids


def split_confusion(
    predict: Predict, frames: Frames, *, size: tuple[int, int], num_classes: int
) -> NDArray[np.int64]:
    """Return the confusion matrix (K, K) of a labelled split."""
    total = np.zeros((num_classes, num_classes), np.int64)
    for prediction in predict_split(predict, frames, size=size):
        assert prediction.label is not None, "scores need labels"
        total += cross_table(prediction.label, prediction.class_ids, num_classes)
    return total
