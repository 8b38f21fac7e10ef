"""Audit a folder pair before training: what is missing, inconsistent or out of range."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.table import Table

from spcl.data.folders import SPLITS, FolderPair, list_images, read_ids
from spcl.errors import UserError
from spcl.label_space import LabelSpace


@dataclass
class SplitAudit:
    """Counts of one split: images, labels, image sizes, and pixels of each id."""

    split: str
    num_images: int = 0
    num_labels: int = 0
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    pixels: NDArray[np.int64] = field(default_factory=lambda: np.zeros(256, np.int64))


@dataclass
class AuditReport:
    """The audit of all splits; `problems` prevent training, `warnings` do not."""

    label_space: LabelSpace
    splits: dict[str, SplitAudit]
    problems: list[str]
    warnings: list[str]

    def table(self) -> Table:
        """Return a table of images, labels, sizes, and each class's share of the pixels in %."""
        table = Table("", *self.splits)
        table.add_row("images", *(str(audit.num_images) for audit in self.splits.values()))
        table.add_row("labels", *(str(audit.num_labels) for audit in self.splits.values()))
        table.add_row("width x height", *(_sizes(audit) for audit in self.splits.values()))
        table.add_section()
        for info in self.label_space:
            shares = [
                _share(audit, info.id, len(self.label_space)) for audit in self.splits.values()
            ]
            table.add_row(f"{info.name} %", *shares)
        return table


def audit(root: Path) -> AuditReport:
    """Audit the pair at `root` (UserError if the folder or its classes.json is missing)."""
    pair = FolderPair.open(root)
    report = AuditReport(pair.label_space, {}, [], [])
    for split in SPLITS:
        report.splits[split] = _audit_split(pair, split, report)
    for info in pair.label_space:
        if not report.splits["source/train"].pixels[info.id]:
            report.warnings.append(f"{info.name} never occurs in source/train; it cannot be learnt")
    return report


def _audit_split(pair: FolderPair, split: str, report: AuditReport) -> SplitAudit:
    split_audit = SplitAudit(split)
    try:
        images = list_images(pair.root / split / "images")
    except UserError as error:
        report.problems.append(str(error))
        return split_audit
    split_audit.num_images = len(images)
    needs_labels = split.startswith("source")
    labeled = pair.has_labels(split)
    if needs_labels and not labeled:
        report.problems.append(
            f"{pair.root / split / 'labels'} does not exist; source images need labels"
        )
    elif not labeled:
        use = "scores" if split == "target/val" else "the oracle"
        report.warnings.append(f"{split} has no labels; only {use} would use them")
    for image in images:
        label = pair.root / split / "labels" / f"{image.stem}.png" if labeled else None
        _audit_image(image, label, split_audit, report, needs_labels=needs_labels)
    if len(split_audit.sizes) > 1:
        report.warnings.append(
            f"{split} has images of {len(split_audit.sizes)} sizes; all are resized"
        )
    return split_audit


def _audit_image(
    image: Path,
    label: Path | None,
    split_audit: SplitAudit,
    report: AuditReport,
    *,
    needs_labels: bool,
) -> None:
    try:
        with Image.open(image) as opened:
            size = opened.size
    except (OSError, ValueError, SyntaxError):
        report.problems.append(f"{image} is not a readable image; replace or remove it")
        return
    split_audit.sizes[size] += 1
    if label is None:
        return
    if label.is_file():
        _audit_label(label, size, split_audit, report)
    else:
        (report.problems if needs_labels else report.warnings).append(
            f"{image} has no label {label.name}; add the label or remove the image"
        )


def _audit_label(
    label: Path, size: tuple[int, int], split_audit: SplitAudit, report: AuditReport
) -> None:
    """Count the ids of a label; `size` is its image's width and height."""
    try:
        ids = read_ids(label)
    except UserError as error:
        report.problems.append(str(error))
        return
    split_audit.num_labels += 1
    if (ids.shape[1], ids.shape[0]) != size:
        report.problems.append(
            f"{label} is {ids.shape[1]}x{ids.shape[0]} but its image is {size[0]}x{size[1]}; "
            "make both the same size"
        )
    counts = np.bincount(ids.ravel(), minlength=256)
    split_audit.pixels += counts
    space = report.label_space
    for label_id in np.flatnonzero(counts):
        if label_id >= len(space) and label_id != space.ignore:
            report.problems.append(
                f"{label} has id {label_id} in {counts[label_id]} pixels; use 0 to "
                f"{len(space) - 1}, or {space.ignore} for unlabelled"
            )


def _sizes(split_audit: SplitAudit) -> str:
    common = [f"{width}x{height}" for (width, height), _ in split_audit.sizes.most_common(2)]
    return ", ".join(common) + (" ..." if len(split_audit.sizes) > 2 else "")


def _share(split_audit: SplitAudit, class_id: int, num_classes: int) -> str:
    total = int(split_audit.pixels[:num_classes].sum())
    if not total:
        return "-"
    share = 100 * int(split_audit.pixels[class_id]) / total
    return f"{share:.2f}" if share else "never"
