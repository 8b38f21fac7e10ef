"""Read one image with its label as training would, and say all that is wrong with them."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spcl.data.files.decoding import Picture, read_picture, read_size
from spcl.data.files.opening import ReadError
from spcl.data.splits import LabelReader


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
    image: Path, label: Path | None, reader: LabelReader, *, headers_only: bool
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
        label_size = _header(label, report) if headers_only else _whole(label, reader, report)
        fitted = None if report.size is None else reader.fit(label, label_size, report.size)
        if fitted is not None:
            report.remarks.append(("fitted", fitted))
    except ReadError as error:
        report.label_errors.append(error)
    return report


def _header(label: Path, report: FileReport) -> tuple[int, ...]:
    size = read_size(label)
    report.counts = np.zeros(256, np.int64)
    return size


def _whole(label: Path, reader: LabelReader, report: FileReport) -> tuple[int, ...]:
    look = reader.look(label)
    report.counts = look.counts
    report.label_errors += look.errors
    return look.size


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
