"""Pseudo labels made once, for a whole stage, and kept as pictures beside the checkpoints."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from spcl.config import Config
from spcl.data.folders import FolderSplit
from spcl.data.loaders import Frames
from spcl.data.transforms import to_tensor, whole_view
from spcl.label_space import IGNORE_INDEX
from spcl.method.pseudo_labels import ConfidenceHistogram, pseudo_labels
from spcl.models.segmenter import upsample

Logits = Callable[[Tensor], Tensor]
"""Images (B, 3, H, W) in [0, 1] -> logits (B, K, h, w)."""


def relabelled(
    frames: Frames,
    logits_of: Logits,
    histogram: ConfidenceHistogram,
    *,
    config: Config,
    folder: Path,
) -> Frames:
    """Return unlabelled frames with pseudo labels, made now or found in `folder`.

    A pixel is kept if its confidence reaches its class's threshold, min(cap, quantile) over the
    whole split (two passes, K x 1024 numbers of memory, left in `histogram`); the others are 255.
    The folder appears whole, so that a run continued after a kill finds the same labels or makes
    them again.
    """
    names = [f"{name}.png" for name in frames.split.names]
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            _write(frames, names, logits_of, histogram, config, draft)
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    labels = tuple(folder / name for name in names)
    split: FolderSplit = replace(frames.split, labels=labels)
    return Frames(split, cache_mb=config.data.cache_mb)


@torch.inference_mode()
def _write(
    frames: Frames,
    names: list[str],
    logits_of: Logits,
    histogram: ConfidenceHistogram,
    config: Config,
    folder: Path,
) -> None:
    whole = ConfidenceHistogram(len(histogram.counts), decay=1.0)
    for shares in _shares(frames, logits_of, config.data.size):
        whole.update(shares)
    histogram.counts = whole.counts
    settings = config.pseudo_labels
    thresholds = histogram.thresholds(quantile=settings.quantile, cap=settings.cap)
    for name, shares in zip(names, _shares(frames, logits_of, config.data.size), strict=True):
        found = pseudo_labels(shares, thresholds)
        labels = torch.where(found.kept, found.labels, IGNORE_INDEX)[0]
        Image.fromarray(labels.numpy().astype(np.uint8)).save(folder / name)


def _shares(frames: Frames, logits_of: Logits, size: tuple[int, int]) -> Iterator[Tensor]:
    """Yield the class probabilities of each image at its own size, (1, K, H, W)."""
    for index in range(len(frames)):
        image, _ = frames[index]
        logits = logits_of(to_tensor([whole_view(image, size)]))
        yield upsample(logits, (image.shape[0], image.shape[1])).softmax(1)
