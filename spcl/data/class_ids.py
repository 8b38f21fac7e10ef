"""Labels whose samples are the class ids of a `classes.json`: the reader of folder pairs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spcl.data.files.decoding import LabelFile, read_ids, read_label_file
from spcl.data.files.opening import ReadError
from spcl.data.splits import LabelLook
from spcl.label_space import IGNORE_INDEX, LabelSpace


@dataclass(frozen=True)
class ClassIdReader:
    """Reads samples as class ids; anything that is no id is refused, never changed."""

    space: LabelSpace

    def read(self, path: Path, image_size: tuple[int, ...]) -> NDArray[np.uint8]:
        """Return class ids (H, W), unlabelled as 255 (ReadError)."""
        label = read_label(path, num_classes=len(self.space), ignore=self.space.ignore)
        require_same_size(path, label.shape, image_size)
        return label

    def look(self, path: Path) -> LabelLook:
        """Return what the label holds; ids out of range and a palette in disorder are errors."""
        file, space = read_label_file(path), self.space
        counts = np.bincount(file.ids.ravel(), minlength=256).astype(np.int64)
        used = [int(i) for i in np.flatnonzero(counts) if i not in (space.ignore, IGNORE_INDEX)]
        if space.ignore != IGNORE_INDEX:
            counts[IGNORE_INDEX] += counts[space.ignore]
            counts[space.ignore] = 0
        errors = []
        try:
            as_class_ids(path, file.ids, num_classes=len(space), ignore=space.ignore)
            require_fitting_palette(
                path,
                file,
                used,
                ids_of_color={info.color: (info.id,) for info in space},
                names=dict(enumerate(space.names)),
                remedy="save the ids of classes.json as samples, not colours reduced to a palette",
            )
        except ReadError as error:
            errors.append(error)
        return LabelLook(file.ids.shape, counts, errors)

    def fit(
        self, path: Path, label_size: tuple[int, ...], image_size: tuple[int, ...]
    ) -> str | None:
        """Require the label to have its image's size (ReadError)."""
        require_same_size(path, label_size, image_size)
        return None


def read_label(path: Path, *, num_classes: int, ignore: int) -> NDArray[np.uint8]:
    """Return class ids (H, W), unlabelled as 255 (UserError: unreadable, ids out of range)."""
    return as_class_ids(path, read_ids(path), num_classes=num_classes, ignore=ignore)


def as_class_ids(
    path: Path, ids: NDArray[np.uint8], *, num_classes: int, ignore: int
) -> NDArray[np.uint8]:
    """Return the ids (H, W) of `path`, unlabelled as 255 (ReadError names an id out of range)."""
    label = np.where(ids == ignore, IGNORE_INDEX, ids) if ignore != IGNORE_INDEX else ids
    wrong = (label >= num_classes) & (label != IGNORE_INDEX)
    if wrong.any():
        found, counts = np.unique(label[wrong], return_counts=True)
        raise ReadError(
            "ids",
            f"{path} has id {found[0]} in {counts[0]} pixels; use 0 to {num_classes - 1}, or "
            f"{ignore} for unlabelled",
        )
    return np.asarray(label, np.uint8)


def require_same_size(path: Path, label_size: tuple[int, ...], image_size: tuple[int, ...]) -> None:
    """Require the label at `path` to have the height and width of its image (ReadError)."""
    if label_size == image_size:
        return
    is_turned = label_size == image_size[::-1]
    hint = " (both upright, as their EXIF orientation says)" if is_turned else ""
    raise ReadError(
        "size",
        f"{path} is {label_size[1]}x{label_size[0]} but its image is "
        f"{image_size[1]}x{image_size[0]}{hint}; make both the same size",
    )


def require_fitting_palette(
    path: Path,
    file: LabelFile,
    used: Sequence[int],
    *,
    ids_of_color: Mapping[tuple[int, int, int], Sequence[int]],
    names: Mapping[int, str],
    remedy: str,
) -> None:
    """Require a palette of the classes' own colours to give each id the colour of its class.

    Args:
        path: the label.
        file: its samples and palette.
        used: the ids that occur in it.
        ids_of_color: the ids that are shown in a colour.
        names: what the ids are called.
        remedy: what to do.
    """
    if file.palette is None:
        return
    colors = [_color(file.palette, i) for i in used]
    shown = [None if color is None else ids_of_color.get(color) for color in colors]
    if len(used) < 2 or None in shown:
        return
    for class_id, ids in zip(used, shown, strict=True):
        if ids is not None and class_id not in ids:
            raise ReadError(
                "palette",
                f"{path} shows id {class_id} in the colour of {names[ids[0]]}, which is id "
                f"{ids[0]}; {remedy}",
            )


def _color(palette: Sequence[int], index: int) -> tuple[int, int, int] | None:
    part = palette[3 * index : 3 * index + 3]
    return (part[0], part[1], part[2]) if len(part) == 3 else None
