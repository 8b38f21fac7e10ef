"""Audit a pair before training: what is missing, inconsistent or out of range.

`check` prints the audit and `adapt` begins with it, through the reader that training uses; so both
come to the same verdict.
"""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.markup import escape
from rich.table import Table

from spcl.data.check.findings import Findings
from spcl.data.check.inspection import FileReport, inspect
from spcl.data.check.leaks import same_pictures
from spcl.data.folders import FolderPair
from spcl.data.splits import LabelUse, OnFile, Pair, only_looked_at
from spcl.label_space import LabelSpace

_THREADS = min(8, os.cpu_count() or 1)


@dataclass
class SplitAudit:
    """Counts of one split: images, labels, image sizes, and pixels of each id.

    `by_label` has the pixels of each class, (K,), label by label.
    """

    split: str
    num_images: int = 0
    num_labels: int = 0
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    pixels: NDArray[np.int64] = field(default_factory=lambda: np.zeros(256, np.int64))
    by_label: list[NDArray[np.int64]] = field(default_factory=list)


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
            table.add_row(f"{escape(info.name)} %", *shares)
        return table


def audit(root: Path, *, headers_only: bool = False, on_file: OnFile | None = None) -> AuditReport:
    """Audit the folder pair at `root` (UserError if it or its classes.json is not usable)."""
    return Audit(FolderPair.open(root), headers_only=headers_only).run(on_file)


@dataclass(frozen=True)
class _Work:
    """An image to read, with its label if that is to be read too."""

    split: str
    image: Path
    label: Path | None


class Audit:
    """Lists the splits, reads their files side by side, and gathers what is wrong with them."""

    def __init__(
        self,
        pair: Pair,
        *,
        target_labels: LabelUse = "look",
        headers_only: bool = False,
        looks_for_leaks: bool = True,
    ) -> None:
        self.pair = pair
        self.target_labels = target_labels
        self.headers_only = headers_only
        self.looks_for_leaks = looks_for_leaks and not headers_only
        self.splits = {split: SplitAudit(split) for split in pair.splits}
        self.problems, self.warnings = Findings(), Findings()

    def run(self, on_file: OnFile | None = None) -> AuditReport:
        """Read everything that a run may read and return what was found."""
        work = [one for split in self.pair.splits for one in self._list(split)]
        with ThreadPoolExecutor(_THREADS) as pool:
            for number, (one, report) in enumerate(
                zip(work, pool.map(self._inspect, work), strict=True), start=1
            ):
                self._take(one, report)
                if on_file is not None:
                    on_file(number, len(work))
        self._judge_sizes()
        if not self.headers_only:
            self._judge_pixels()
        if self.looks_for_leaks:
            for sentence in same_pictures([(one.split, one.image) for one in work]):
                self.warnings.add(sentence, sentence)
        return AuditReport(
            self.pair.label_space, self.splits, [*self.problems.lines()], [*self.warnings.lines()]
        )

    def source_counts(self) -> NDArray[np.int64]:
        """Return the pixels of each class in each label of source/train, (N, K), after a run."""
        return np.stack(self.splits["source/train"].by_label)

    def _findings(self, split: str) -> Findings:
        """Return where faults of the split's labels go: unused labels prevent nothing."""
        return self.warnings if only_looked_at(split, self.target_labels) else self.problems

    def _list(self, split: str) -> list[_Work]:
        found = self.pair.listing(split, self.target_labels)
        self.splits[split].num_images = len(found.images)
        for findings, entries in (
            (self.problems, found.faults),
            (self._findings(split), found.label_faults),
            (self.warnings, found.remarks),
        ):
            for kind, sentence in entries:
                findings.add(kind, sentence, split=split)
        files = zip(found.images, found.labels, strict=True)
        return [_Work(split, image, label) for image, label in files]

    def _inspect(self, work: _Work) -> FileReport:
        reader = self.pair.reader(work.split)
        return inspect(work.image, work.label, reader, headers_only=self.headers_only)

    def _take(self, work: _Work, report: FileReport) -> None:
        split = self.splits[work.split]
        if report.size is not None:
            split.sizes[report.size] += 1
        if report.counts is not None:
            split.num_labels += 1
            split.pixels += report.counts
            split.by_label.append(report.counts[: len(self.pair.label_space)])
        for error in report.image_errors:
            self.problems.add(error.kind, str(error), split=work.split, file=work.image)
        for error in report.label_errors:
            self._findings(work.split).add(
                f"label {error.kind}", str(error), split=work.split, file=work.label
            )
        for kind, sentence in report.remarks:
            self.warnings.add(kind, sentence, split=work.split, file=work.image)

    def _judge_sizes(self) -> None:
        for split, found in self.splits.items():
            if len(found.sizes) > 1:
                sentence = f"{split} has images of {len(found.sizes)} sizes; all are resized"
                self.warnings.add("sizes", sentence, split=split)

    def _judge_pixels(self) -> None:
        space = self.pair.label_space
        for split, found in self.splits.items():
            if not found.num_labels or found.pixels[: len(space)].any():
                continue
            if split == "source/train":
                sentence = f"{split} has no labelled pixel, so nothing can be learnt; label some"
                self.problems.add("empty", sentence, split=split)
            else:
                sentence = f"{split} has labels but no labelled pixel, so it gets no scores"
                self.warnings.add("empty", sentence, split=split)
        learnt = self.splits.get("source/train")
        for info in space if learnt is not None else ():
            if learnt is not None and not learnt.pixels[info.id]:
                sentence = f"{info.name} never occurs in source/train; it cannot be learnt"
                self.warnings.add(f"class {info.id}", sentence)


def _sizes(split_audit: SplitAudit) -> str:
    common = [f"{width}x{height}" for (height, width), _ in split_audit.sizes.most_common(2)]
    return ", ".join(common) + (" ..." if len(split_audit.sizes) > 2 else "")


def _share(split_audit: SplitAudit, class_id: int, num_classes: int) -> str:
    total = int(split_audit.pixels[:num_classes].sum())
    if not total:
        return "-"
    share = 100 * int(split_audit.pixels[class_id]) / total
    return f"{share:.2f}" if share else "never"
