"""What a run will take on the disk, said before its first update.

Everything whose size is known is counted: arrays, weights, the probe, which is written already.
Masks compress as their pictures let them, so they are encoded for a few images as a trained model
would see them: the classes of the label in each cell of its grid, blurred, with some noise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from spcl.config import Config
from spcl.evaluate import class_ids
from spcl.method.grid.resize import upsample
from spcl.models.device import device_of
from spcl.recorder.observation import pictures_of
from spcl.recording.recorder import Recorder
from spcl.store.formats.digests import digests_bytes
from spcl.store.formats.encoding import json_bytes
from spcl.store.retention import Retention
from spcl.store.schema import DOMAINS
from spcl.store.scores.counts import cross_table, score_of_image
from spcl.training.learner_state import LearnerState

_TRIED_IMAGES = 6
"""Images of a domain whose masks are encoded."""
_SURE, _NOISE = 8.0, 1.0
"""How far logits stand apart, and their noise: masks of the drawn streets and of photographs then
come within a fifth of those of trained models (docs/decisions.md)."""
_PREDICTION_BYTES, _ROW_BYTES, _ROW_BYTES_PER_CLASS = 2.2, 270, 18
"""A probe pixel in predictions.npz; a line of metrics.jsonl, and what each class adds to it."""


@dataclass(frozen=True)
class DiskUse:
    """Bytes a run is expected to take, without what the analysis adds.

    Attributes:
        probe: pictures, labels and pixels that are observed.
        snapshot: one snapshot.
        num_snapshots: those that are kept in the end.
        most_snapshots: those that are there at most at a time.
        rows: metrics and scores.
        checkpoints: what is kept for resuming, and weights.
    """

    probe: int
    snapshot: int
    num_snapshots: int
    most_snapshots: int
    rows: int
    checkpoints: int

    @property
    def total(self) -> int:
        """Return the bytes of the finished run."""
        return self.probe + self.num_snapshots * self.snapshot + self.rows + self.checkpoints

    def words(self, *, keep: str, free: int | None = None) -> str:
        """Say it in a sentence; `keep` is `record.keep`, `free` what the disk has left in bytes."""
        at_most = self.most_snapshots - self.num_snapshots
        parts = [
            f"about {told(self.total)} on disk at its end: {self.num_snapshots:,} snapshots of "
            f"{told(self.snapshot)} (record.keep is {keep}"
            + (f", {self.most_snapshots:,} at most at a time)" if at_most > 0 else ")"),
            f"observed pictures {told(self.probe)}",
            f"rows {told(self.rows)}",
            f"checkpoints and weights {told(self.checkpoints)}",
        ]
        text = ", ".join(parts)
        most = self.total + at_most * self.snapshot
        if free is not None and free < most:
            text += (
                f"; the disk has only {told(free)} free: free some, raise record.every, or set "
                'record.keep to "last N"'
            )
        return text


def told(size: int) -> str:
    """Return a size with its unit, three digits at most: 1.2 GB, 57 MB, 8 KB."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6)):
        if size >= 0.95 * factor:
            value = size / factor
            return f"{value:.1f} {unit}" if value < 9.95 else f"{value:,.0f} {unit}"
    return f"{max(1, round(size / 1000))} KB"


def expected_use(config: Config, learner: LearnerState, recorder: Recorder) -> DiskUse:
    """Return what a run that begins at the learner's step will take; its probe is written."""
    steps = [step for step in config.snapshot_steps if step >= learner.step]
    keep, spared = Retention.parse(config.record.keep), [config.warmup.steps]
    gone = keep.superseded(steps, spared=spared, fresh=1)
    chosen = config.select.by != "last" and config.record.keep != "all"
    probe = [path.stat().st_size for path in (recorder.path / "probe").iterdir()]
    row = _ROW_BYTES + _ROW_BYTES_PER_CLASS * learner.num_classes
    scored = (
        len(steps) if config.evaluate.every == 0 else config.total_steps // config.evaluate.every
    )
    return DiskUse(
        probe=sum(probe),
        snapshot=_snapshot(config, learner, recorder),
        num_snapshots=len(steps) - len(gone) + chosen,
        most_snapshots=keep.most(steps, spared=spared) + chosen,
        rows=(config.total_steps - learner.step) * row + scored * (400 + 45 * learner.num_classes),
        checkpoints=_checkpoints(config, learner),
    )


def _snapshot(config: Config, learner: LearnerState, recorder: Recorder) -> int:
    """Return the bytes of one snapshot of a trained model."""
    grid, channels = _grid(learner.observed_model(), config.data.size)
    num_pixels, num_classes = len(recorder.probe.pixels["image"]), learner.num_classes
    arrays = 2 * channels * num_pixels + _PREDICTION_BYTES * num_pixels + 4 * channels * num_classes
    pictures = sum(_pictures(recorder, domain, grid) for domain in DOMAINS)
    names = [f"masks/{image.key}{end}" for image in recorder.probe.images for end in _ENDS]
    return round(arrays + pictures + len(digests_bytes(dict.fromkeys(names, b""))))


_ENDS = (".png", ".confidence.png")


def _grid(model: nn.Module, size: tuple[int, int]) -> tuple[tuple[int, int], int]:
    """Return height and width of the model's logits, and the channels of its features."""
    with torch.inference_mode():
        output = model(torch.zeros(1, 3, *size, device=device_of(model)))
    height, width = output.logits.shape[-2:]
    return (int(height), int(width)), int(output.features.shape[1])


def _pictures(recorder: Recorder, domain: str, grid: tuple[int, int]) -> float:
    """Return the bytes of the masks of a domain and of the scores of its images."""
    num_classes = len(recorder.writer.info.label_space)
    images = [image for image in recorder.probe.images if image.domain == domain]
    labeled = [image for image in recorder.probe.images if image.has_label]
    own = [image for image in labeled if image.domain == domain] or labeled
    area = sum(image.height * image.width for image in images)
    if not own:
        return area * 0.25  # nothing is known of the classes: as of the drawn streets
    tried = [
        own[at] for at in np.linspace(0, len(own) - 1, min(len(own), _TRIED_IMAGES)).astype(int)
    ]
    frames = {
        image.key: (image.domain, index)
        for image, index in zip(recorder.probe.images, recorder.probe.frame_index, strict=True)
    }
    labels = []
    for image in tried:
        of_domain, index = frames[image.key]
        label = recorder.val[of_domain][index][1]
        assert label is not None, "it has a label"
        labels.append(label)
    size = sum(label.size for label in labels)
    encoded = sum(_encoded(label, num_classes, grid) for label in labels)
    scores = sum(_scored(label, num_classes) for label in labels) / len(labels)
    has_scores = any(image.has_label for image in images)
    return encoded / size * area + (scores * len(images) if has_scores else 0)


def _encoded(label: NDArray[np.uint8], num_classes: int, grid: tuple[int, int]) -> int:
    """Return the bytes of mask and confidence of a label as a trained model would see it."""
    ids = torch.from_numpy(np.minimum(label, num_classes).astype(np.int64))
    classes = F.one_hot(ids, num_classes + 1).permute(2, 0, 1)[None, :num_classes].float()
    shares = F.adaptive_avg_pool2d(classes, grid)
    noise = torch.randn(shares.shape, generator=torch.Generator().manual_seed(0))
    logits: Tensor = upsample(_SURE * shares + _NOISE * noise, label.shape)[0]
    confidence = logits.softmax(0).amax(0).numpy()
    return sum(map(len, pictures_of(class_ids(logits), confidence, palette=[0] * 768)))


def _scored(label: NDArray[np.uint8], num_classes: int) -> int:
    """Return the bytes of the scores of an image, as if a sixteenth of it were confused."""
    shifted = np.where(
        np.arange(label.size).reshape(label.shape) % 16 == 0, np.roll(label, 8), label
    )
    return len(json_bytes(score_of_image(cross_table(label, shifted, num_classes)))) + 20


def _checkpoints(config: Config, learner: LearnerState) -> int:
    """Return the bytes of all checkpoints and weights of a finished run."""
    student = _bytes(learner.student.state_dict())
    trained = sum(p.numel() * p.element_size() for p in learner.student.parameters())
    moments = (2 if config.optimizer.kind == "adamw" else 1) * trained
    frozen = 0 if learner.frozen is None else _bytes(learner.frozen.state_dict())
    shared = (
        frozen + 3 * _bytes(learner.adversary.state_dict()) + _bytes(learner.histogram.state_dict())
    )
    warm = 2 * student + shared
    weights = 2 * student * (2 + (config.select.by != "last"))
    return round(1.015 * (2 * (warm + moments) + warm + weights))


def _bytes(value: Any) -> int:
    if isinstance(value, Tensor):
        return value.numel() * value.element_size()
    if isinstance(value, Mapping):
        return sum(map(_bytes, value.values()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return sum(map(_bytes, value))
    return 0
