"""What a person's model says of images, checked once and kept as arrays."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spcl.errors import DivergedError, UserError
from spcl.recorder.given.arrays import Array, Examples, as_array
from spcl.recorder.given.planes import highest_probability, upsample

Predict = Callable[[Any], Any]
"""A batch of images, stacked as they were given -> logits (B, K, h, w), or (features, logits) with
features (B, C, h', w'), or class ids (B, H, W)."""

_FORMS = "give logits (B, K, h, w), or (features (B, C, h, w), logits), or class ids (B, H, W)"


@dataclass(frozen=True)
class Output:
    """What is said of one image; its maps have the size of the label, or of the picture.

    Attributes:
        index: the image's place in its domain.
        label: true class ids (H, W), or None.
        size: height and width of the maps.
        scores: logits (K, h, w), or class ids (h, w).
        features: (C, h', w'), or None.
    """

    index: int
    label: NDArray[np.uint8] | None
    size: tuple[int, int]
    scores: Array
    features: NDArray[np.float32] | None

    @property
    def channels(self) -> int:
        """Return the channels of the features; 0 without features."""
        return 0 if self.features is None else len(self.features)

    @property
    def has_confidence(self) -> bool:
        """Return whether it is known how sure the model is."""
        return self.scores.ndim == 3

    @cached_property
    def _logits(self) -> NDArray[np.float32]:
        return upsample(self.scores, self.size)

    @cached_property
    def class_ids(self) -> NDArray[np.uint8]:
        """Return the predicted class of every pixel, (H, W)."""
        if self.has_confidence:
            return np.asarray(self._logits.argmax(axis=0), np.uint8)
        rows, columns = (
            np.arange(length) * given // length
            for length, given in zip(self.size, self.scores.shape, strict=True)
        )
        return np.asarray(self.scores[rows][:, columns], np.uint8)

    def confidence(self) -> NDArray[np.float32] | None:
        """Return the probability of the predicted class, (H, W); None without logits."""
        return highest_probability(self._logits) if self.has_confidence else None

    @property
    def grid(self) -> tuple[int, int] | None:
        """Return height and width of the feature grid; None without features."""
        return None if self.features is None else (self.features.shape[1], self.features.shape[2])

    def features_at(
        self, rows: NDArray[np.int64], columns: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Return the features of cells of the grid, (N, C)."""
        assert self.features is not None, "asked for where there is a grid"
        return self.features[:, rows, columns].T


def outputs_of(
    predict: Predict, examples: Examples, *, num_classes: int, batch_size: int
) -> Iterator[Output]:
    """Yield what a model says of each image, in order (UserError for what cannot be used).

    Images of one size go through the model together, `batch_size` at a time.

    Raises:
        DivergedError: there are numbers that are not finite.
    """
    with _observing(predict):
        for first, batch in _batches(examples, batch_size):
            images = _stacked([image for image, _, _ in batch])
            features, scores = _parts(predict(images), len(batch), num_classes)
            for place, (_, label, size) in enumerate(batch):
                cells = None if features is None else features[place].astype(np.float32)
                yield Output(first + place, label, size, scores[place], cells)


@contextlib.contextmanager
def _observing(predict: Predict) -> Iterator[None]:
    """Take no gradients, and put a model that is handed in itself into its eval mode meanwhile."""
    torch = sys.modules.get("torch")
    was_training = getattr(predict, "training", None) is True
    with contextlib.ExitStack() as stack:
        if torch is not None:
            stack.enter_context(torch.no_grad())
        if was_training:
            predict.eval()  # type: ignore[attr-defined]
            stack.callback(predict.train)  # type: ignore[attr-defined]
        yield


_Example = tuple[Any, NDArray[np.uint8] | None, tuple[int, int]]


def _batches(examples: Examples, batch_size: int) -> Iterator[tuple[int, list[_Example]]]:
    """Yield the place of the first image of a batch, and its images, labels and sizes."""
    batch: list[_Example] = []
    for index in range(len(examples)):
        example = examples.observed(index)
        if batch and (len(batch) == batch_size or np.shape(example[0]) != np.shape(batch[0][0])):
            yield index - len(batch), batch
            batch = []
        batch.append(example)
    yield len(examples) - len(batch), batch


def _stacked(images: list[Any]) -> Any:
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(images[0], torch.Tensor):
        return torch.stack(images)
    return np.stack([np.asarray(image) for image in images])


def _parts(given: Any, count: int, num_classes: int) -> tuple[Array | None, Array]:
    """Return features (B, C, h, w), or None, and logits or class ids."""
    features, scores = None, given
    if isinstance(given, tuple | list):
        if len(given) != 2:
            raise UserError(f"predict returned {len(given)} things; {_FORMS}")
        features = None if given[0] is None else as_array(given[0])
        scores = given[1]
    scores = as_array(scores)
    _require(scores, count, num_classes)
    if features is not None and (features.ndim != 4 or len(features) != count):
        raise UserError(
            f"predict returned features of the shape {features.shape} for {count} images; {_FORMS}"
        )
    for part in (features, scores):
        if part is not None and part.dtype.kind == "f" and not np.isfinite(part).all():
            raise DivergedError("the model's output")
    return features, scores


def _require(scores: Array, count: int, num_classes: int) -> None:
    is_ids = scores.ndim == 3 and scores.dtype.kind in "iu"
    if not is_ids and (scores.ndim != 4 or scores.dtype.kind != "f"):
        raise UserError(
            f"predict returned {scores.dtype} of the shape {scores.shape} for {count} images; "
            f"{_FORMS}"
        )
    if len(scores) != count:
        raise UserError(f"predict returned {len(scores)} results for {count} images; {_FORMS}")
    if not is_ids and scores.shape[1] != num_classes:
        raise UserError(
            f"predict returned logits of {scores.shape[1]} classes, and {num_classes} are named; "
            "name each class that the model has"
        )
    if is_ids and ((scores < 0) | (scores >= num_classes)).any():
        wrong = scores[(scores < 0) | (scores >= num_classes)][0]
        raise UserError(
            f"predict returned the class {wrong}; use 0 to {num_classes - 1} for every pixel"
        )
