"""What a person hands in, as this project keeps it: RGB (H, W, 3) of bytes, ids (H, W) of bytes.

Arrays may be numpy's or tensors of any library with `detach` and `cpu`; torch is not imported.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spcl.errors import UserError
from spcl.label_space import LabelSpace
from spcl.store.classes import IGNORE_INDEX
from spcl.store.schema import Domain

Array = NDArray[Any]
Picture = Callable[[Any], Any]
"""Makes the picture to show of an image: uint8 or in [0, 1]."""

_PICTURES = "give uint8 or float in [0, 1], as (H, W, 3) or (3, H, W)"
_SLACK = 1e-3
"""How far a float picture may leave [0, 1]: resizing overshoots by rounding."""


def as_array(value: Any) -> Array:
    """Return an array or tensor as a numpy array in the memory of the processor."""
    if hasattr(value, "detach"):
        value = value.detach()
        if str(getattr(value, "dtype", "")) == "torch.bfloat16":
            value = value.float()  # numpy has no such type
        value = value.cpu().numpy()
    return np.asarray(value)


@dataclass(frozen=True)
class ImageNames:
    """What the images of a domain are called."""

    names: tuple[str, ...]


class Examples:
    """The images of a domain as they were given, and as they are recorded."""

    def __init__(
        self,
        items: Any,
        domain: Domain,
        *,
        label_space: LabelSpace,
        picture: Picture | None = None,
        names: Sequence[str] | None = None,
    ) -> None:
        """Look at `items`, a sequence of (image, label or None), without reading any (UserError).

        Args:
            items: anything with a length and numbered items.
            domain: "source" or "target".
            label_space: the classes, and the id of unlabelled pixels in the labels.
            picture: makes the picture shown of an image; needed where images are normalized.
            names: of the images; numbers by default.
        """
        if not hasattr(items, "__len__") or not hasattr(items, "__getitem__"):
            raise UserError(
                f"{domain} is a {type(items).__name__}, which has no numbered items; give a list "
                "or a dataset of (image, label or None), not a loader of batches"
            )
        if not len(items):
            raise UserError(f"{domain} has no images; give at least one (image, label or None)")
        numbers = tuple(f"{index:04}" for index in range(len(items)))
        self.split = ImageNames(numbers if names is None else tuple(names))
        if len(self.split.names) != len(items):
            raise UserError(
                f"{domain} has {len(items)} images and {len(self.split.names)} names; name each"
            )
        self._items = items
        self._domain = domain
        self._space = label_space
        self._picture = picture

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
        image, label = self._pair(index)
        return self._shown(image, index), self._ids(label, index)

    def observed(self, index: int) -> tuple[Any, NDArray[np.uint8] | None, tuple[int, int]]:
        """Return an image as it was given, its class ids, and the size of its maps (H, W)."""
        image, label = self._pair(index)
        ids = self._ids(label, index)
        height, width = self._shown(image, index).shape[:2] if ids is None else ids.shape
        return image, ids, (height, width)

    def _shown(self, image: Any, index: int) -> NDArray[np.uint8]:
        shown = image if self._picture is None else self._picture(image)
        return rgb(shown, f"{self._domain}[{index}]")

    def _pair(self, index: int) -> tuple[Any, Any]:
        item = self._items[index]
        if not isinstance(item, tuple | list) or len(item) != 2:
            raise UserError(
                f"{self._domain}[{index}] is a {type(item).__name__}; give a pair (image, label), "
                "with None for the label where there is none"
            )
        return item[0], item[1]

    def _ids(self, label: Any, index: int) -> NDArray[np.uint8] | None:
        if label is None:
            return None
        return class_ids(label, self._space, f"the label of {self._domain}[{index}]")


def rgb(image: Any, what: str) -> NDArray[np.uint8]:
    """Return a picture as RGB (H, W, 3) of bytes (UserError that names `what`)."""
    array = as_array(image)
    if array.ndim != 3 or 3 not in (array.shape[0], array.shape[2]):
        raise UserError(f"{what} has the shape {array.shape}; {_PICTURES}")
    if array.shape[2] != 3:
        array = array.transpose(1, 2, 0)
    if array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    if array.dtype.kind != "f":
        raise UserError(f"{what} is {array.dtype}; {_PICTURES}")
    low, high = float(array.min()), float(array.max())
    if not (low >= -_SLACK and high <= 1 + _SLACK):
        raise UserError(
            f"{what} has values from {low:.3g} to {high:.3g}; {_PICTURES}, or say with picture=... "
            "how to undo the normalization"
        )
    scaled = np.rint(np.clip(array.astype(np.float32), 0, 1) * 255).astype(np.uint8)
    return np.ascontiguousarray(scaled)


def class_ids(label: Any, space: LabelSpace, what: str) -> NDArray[np.uint8]:
    """Return class ids (H, W) of bytes, 255 where unlabelled (UserError that names `what`)."""
    array = as_array(label)
    if array.ndim == 3 and array.shape[0] == 1:
        array = array[0]
    if array.ndim != 2 or array.dtype.kind not in "iub":
        raise UserError(
            f"{what} is {array.dtype} of the shape {array.shape}; give whole numbers (H, W), one "
            "class id a pixel"
        )
    ids = np.where(array == space.ignore, IGNORE_INDEX, array)
    wrong = ((ids < 0) | (ids >= len(space))) & (ids != IGNORE_INDEX)
    if wrong.any():
        raise UserError(
            f"{what} has the id {ids[wrong][0]} in {int(wrong.sum()):,} pixels; use 0 to "
            f"{len(space) - 1}, or {space.ignore} for unlabelled (ignore=... names another)"
        )
    return ids.astype(np.uint8)
