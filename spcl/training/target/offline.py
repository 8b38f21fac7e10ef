"""Pseudo labels made once for a whole stage and kept as PNG files beside the checkpoints."""

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
from spcl.data.batches.loaders import Frames
from spcl.data.batches.transforms import to_tensor, whole_view
from spcl.data.class_ids import ClassIdReader
from spcl.errors import UserError
from spcl.label_space import IGNORE_INDEX
from spcl.method.pseudo_labels import ConfidenceHistogram, most_probable, pseudo_labels
from spcl.method.ranks.sums import own_items, rank, sum_over_ranks
from spcl.store.formats.files import load_npy
from spcl.training.processes.ranks import told_by_first, wait_for_all

Probabilities = Callable[[Tensor, tuple[int, int]], Tensor]
"""Images (B, 3, H, W) in [0, 1] and a size (H', W') -> class probabilities (B, K, H', W')."""
HISTOGRAM_FILE = "histogram.npy"


def relabeled(
    frames: Frames,
    probabilities_of: Probabilities,
    histogram: ConfidenceHistogram,
    *,
    config: Config,
    folder: Path,
) -> Frames:
    """Return unlabelled frames with pseudo labels, made now or found in `folder`.

    A pixel is kept if its confidence reaches its class's threshold, min(cap, quantile) over the
    whole split (two passes, K x 1024 numbers of memory, left in `histogram`); the others are 255.
    Each rank labels its share of the images, by the thresholds of all.
    The folder appears whole and holds the histogram too, so that a run continued after a kill finds
    the same labels and thresholds, or makes them again.
    """
    names = [f"{name}.png" for name in frames.split.names]
    _require_no_link(folder)
    draft = told_by_first(None if rank() > 0 or folder.is_dir() else _draft_of(folder))
    if draft is not None:
        try:
            _write(frames, names, probabilities_of, histogram, config=config, folder=draft)
            wait_for_all()
            if rank() == 0:
                draft.rename(folder)
            wait_for_all()
        finally:
            if rank() == 0:
                shutil.rmtree(draft, ignore_errors=True)
    histogram.counts = _counts(folder, like=histogram.counts)
    labels = tuple(folder / name for name in names)
    reader = ClassIdReader(replace(frames.split.reader.space, ignore=IGNORE_INDEX))
    split = replace(frames.split, labels=labels, reader=reader)
    return Frames(split, cache_mb=config.data.cache_mb)


def _draft_of(folder: Path) -> Path:
    folder.parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))


def _require_no_link(folder: Path) -> None:
    """Refuse labels behind a link: a received run must not have others' folders written to."""
    if folder.is_symlink() or folder.parent.is_symlink():
        raise UserError(f"{folder} is behind a link; remove the link, labels are made again")


def _counts(folder: Path, *, like: Tensor) -> Tensor:
    try:
        counts = load_npy(folder / HISTOGRAM_FILE, within=folder)
        if counts.shape != like.shape:
            raise UserError(f"it holds {counts.shape}, and {tuple(like.shape)} belongs there")
    except (OSError, UserError) as error:
        raise UserError(
            f"the labels in {folder} are damaged ({error}); remove that folder, they are made again"
        ) from None
    return torch.from_numpy(counts).to(like)


@torch.inference_mode()
def _write(
    frames: Frames,
    names: list[str],
    probabilities_of: Probabilities,
    histogram: ConfidenceHistogram,
    *,
    config: Config,
    folder: Path,
) -> None:
    size = config.data.size
    num_classes, num_bins = histogram.counts.shape
    whole = ConfidenceHistogram(
        num_classes, decay=1.0, num_bins=num_bins, device=histogram.counts.device, over_ranks=False
    )
    for _, probabilities in _each(frames, probabilities_of, size):
        whole.update(*most_probable(probabilities))
    (whole.counts,) = sum_over_ranks(whole.counts)
    settings = config.pseudo_labels
    thresholds = whole.thresholds(quantile=settings.quantile, cap=settings.cap)
    for index, probabilities in _each(frames, probabilities_of, size):
        pseudo = pseudo_labels(*most_probable(probabilities), thresholds)
        labels = torch.where(pseudo.kept, pseudo.labels, IGNORE_INDEX)[0]
        Image.fromarray(labels.cpu().numpy().astype(np.uint8)).save(folder / names[index])
    if rank() == 0:
        np.save(folder / HISTOGRAM_FILE, whole.counts.cpu().numpy())


def _each(
    frames: Frames, probabilities_of: Probabilities, size: tuple[int, int]
) -> Iterator[tuple[int, Tensor]]:
    """Yield number and class probabilities of this rank's images at their size, (1, K, H, W)."""
    for index in own_items(range(len(frames))):
        image, _ = frames[index]
        images = to_tensor([whole_view(image, size)])
        yield index, probabilities_of(images, (image.shape[0], image.shape[1]))
