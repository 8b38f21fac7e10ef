"""Look through a folder pair before training does: what is missing, odd, or out of range."""

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
    """What was found in one split."""

    split: str
    num_images: int = 0
    num_labels: int = 0
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    pixels: NDArray[np.int64] = field(default_factory=lambda: np.zeros(256, np.int64))


@dataclass
class AuditReport:
    """All splits; `problems` would stop a training, `warnings` would not."""

    label_space: LabelSpace
    splits: dict[str, SplitAudit]
    problems: list[str]
    warnings: list[str]

    def table(self) -> Table:
        """Return images, labels, sizes, and each class's share of the labelled pixels in %."""
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
    """Audit the pair at `root` (UserError if there is no such folder or no classes.json)."""
    pair = FolderPair.open(root)
    report = AuditReport(pair.label_space, {}, [], [])
    for split in SPLITS:
        report.splits[split] = _audit_split(pair, split, report)
    for info in pair.label_space:
        seen = [name for name, found in report.splits.items() if found.pixels[info.id]]
        if "source/train" not in seen:
            report.warnings.append(f"{info.name} never occurs in source/train; it cannot be learnt")
    return report


def _audit_split(pair: FolderPair, split: str, report: AuditReport) -> SplitAudit:
    found = SplitAudit(split)
    try:
        images = list_images(pair.root / split / "images")
    except UserError as error:
        report.problems.append(str(error))
        return found
    found.num_images = len(images)
    needs_labels = split.startswith("source")
    labeled = pair.has_labels(split)
    if needs_labels and not labeled:
        report.problems.append(
            f"{pair.root / split / 'labels'} does not exist; source needs labels"
        )
    elif not labeled:
        use = "scores" if split == "target/val" else "the oracle"
        report.warnings.append(f"{split} has no labels; they would only be used for {use}")
    for image in images:
        label = pair.root / split / "labels" / f"{image.stem}.png" if labeled else None
        _audit_image(image, label, found, report, needs_labels=needs_labels)
    if len(found.sizes) > 1:
        report.warnings.append(f"{split} has images of {len(found.sizes)} sizes; they are resized")
    return found


def _audit_image(
    image: Path, label: Path | None, found: SplitAudit, report: AuditReport, *, needs_labels: bool
) -> None:
    try:
        with Image.open(image) as opened:
            size = opened.size
    except (OSError, ValueError, SyntaxError):
        report.problems.append(f"{image} is no readable image; replace it or take it away")
        return
    found.sizes[size] += 1
    if label is None:
        return
    if not label.is_file():
        (report.problems if needs_labels else report.warnings).append(
            f"{image} has no label {label.name}; add it or take the image away"
        )
        return
    try:
        ids = read_ids(label)
    except UserError as error:
        report.problems.append(str(error))
        return
    found.num_labels += 1
    if (ids.shape[1], ids.shape[0]) != size:
        report.problems.append(
            f"{label} is {ids.shape[1]}x{ids.shape[0]}, its image {size[0]}x{size[1]}; "
            "make them equal"
        )
    counts = np.bincount(ids.ravel(), minlength=256)
    found.pixels += counts
    space = report.label_space
    for number in np.flatnonzero(counts):
        if number >= len(space) and number != space.ignore:
            report.problems.append(
                f"{label} has id {number} in {counts[number]} pixels; ids are 0 to "
                f"{len(space) - 1}, or {space.ignore} for unlabelled"
            )


def _sizes(found: SplitAudit) -> str:
    common = [f"{width}x{height}" for (width, height), _ in found.sizes.most_common(2)]
    return ", ".join(common) + (" ..." if len(found.sizes) > 2 else "")


def _share(found: SplitAudit, class_id: int, num_classes: int) -> str:
    total = int(found.pixels[:num_classes].sum())
    if not total:
        return "-"
    share = 100 * int(found.pixels[class_id]) / total
    return f"{share:.2f}" if share else "never"
