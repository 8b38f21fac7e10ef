"""Read one image with its label as training would, and say all that is wrong with them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spcl.data.decoding import (
    LabelFile,
    Picture,
    ReadError,
    read_label_file,
    read_picture,
    read_size,
)
from spcl.data.folders import as_class_ids, require_same_size
from spcl.label_space import IGNORE_INDEX, LabelSpace


@dataclass
class FileReport:
    """What an image and its label are like.

    Attributes:
        size: height and width of the image, None if it cannot be read.
        counts: pixels of each id, (256,), unlabelled as 255; None without a readable label.
        image_errors: why the image is refused.
        label_errors: why the label is refused.
        remarks: kind and sentence of what may not be what its owner expects.
    """

    size: tuple[int, int] | None = None
    counts: NDArray[np.int64] | None = None
    image_errors: list[ReadError] = field(default_factory=list)
    label_errors: list[ReadError] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)


def inspect(
    image: Path, label: Path | None, space: LabelSpace, *, headers_only: bool
) -> FileReport:
    """Read `image` and `label`; with `headers_only` their sizes alone."""
    report = FileReport()
    try:
        if headers_only:
            report.size = read_size(image)
        else:
            picture = read_picture(image)
            report.size = (picture.pixels.shape[0], picture.pixels.shape[1])
            report.remarks += _remarks(image, picture)
    except ReadError as error:
        report.image_errors.append(error)
    if label is None:
        return report
    try:
        label_size = _header(label, report) if headers_only else _whole(label, space, report)
        if report.size is not None:
            require_same_size(label, label_size, report.size)
    except ReadError as error:
        report.label_errors.append(error)
    return report


def _header(label: Path, report: FileReport) -> tuple[int, int]:
    size = read_size(label)
    report.counts = np.zeros(256, np.int64)
    return size


def _whole(label: Path, space: LabelSpace, report: FileReport) -> tuple[int, ...]:
    file = read_label_file(label)
    counts = np.bincount(file.ids.ravel(), minlength=256)
    report.counts = counts.astype(np.int64)
    if space.ignore != IGNORE_INDEX:
        report.counts[IGNORE_INDEX] += report.counts[space.ignore]
        report.counts[space.ignore] = 0
    try:
        as_class_ids(label, file.ids, num_classes=len(space), ignore=space.ignore)
        _require_fitting_palette(label, file, np.flatnonzero(counts), space)
    except ReadError as error:
        report.label_errors.append(error)
    return file.ids.shape


def _require_fitting_palette(
    path: Path, file: LabelFile, used: NDArray[np.int64], space: LabelSpace
) -> None:
    """Require that a palette of the classes' own colours gives each id the colour of its class."""
    if file.palette is None:
        return
    by_color = {info.color: info for info in space}
    ids = [int(i) for i in used if i not in (space.ignore, IGNORE_INDEX)]
    colors = [_color(file.palette, i) for i in ids]
    shown = [None if color is None else by_color.get(color) for color in colors]
    if len(ids) < 2 or None in shown:
        return
    for class_id, info in zip(ids, shown, strict=True):
        if info is not None and info.id != class_id:
            raise ReadError(
                "palette",
                f"{path} shows id {class_id} in the colour of {info.name}, which is id {info.id}; "
                "save the ids of classes.json as samples, not colours reduced to a palette",
            )


def _color(palette: Sequence[int], index: int) -> tuple[int, int, int] | None:
    part = palette[3 * index : 3 * index + 3]
    return (part[0], part[1], part[2]) if len(part) == 3 else None


def _remarks(path: Path, picture: Picture) -> list[tuple[str, str]]:
    remarks = []
    if picture.turned:
        sentence = "is turned upright, as its EXIF orientation says; its label must be upright, too"
        remarks.append(("turned", f"{path} {sentence}"))
    if picture.mode in ("RGBA", "LA", "PA"):
        remarks.append(("alpha", f"{path} has an alpha channel, which is left out"))
    if picture.mode.startswith("I;16") and picture.pixels.max() < 16:
        sentence = "uses less than a sixteenth of its 16-bit range and is nearly black; stretch it"
        remarks.append(("dark", f"{path} {sentence}"))
    return remarks
