"""How many pixels of each class every label has: counted once, side by side, and remembered."""

import hashlib
import io
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import PIL
from numpy.typing import NDArray

from spcl.data.files.decoding import READER_VERSION
from spcl.data.kept import keep
from spcl.data.splits import OnFile, Split
from spcl.store.places.user_cache import user_cache

_THREADS = min(8, os.cpu_count() or 1)
_REMEMBERED_FROM_SECONDS = 1.0
_REMEMBERED = 50


def class_counts(split: Split, *, on_file: OnFile | None = None) -> NDArray[np.int64]:
    """Count the pixels of each class in each label of a split, (N, K), at the labels' own size.

    Counts that took long are kept in the user's cache folder and found again until a label's name,
    size or time of change differs.

    Args:
        split: listed with labels.
        on_file: called after each label.

    Raises:
        UserError: training would refuse a label.
    """
    place = _place(split)
    found = _found(place, split)
    if found is not None:
        return found
    began = time.monotonic()
    counts = _count(split, on_file)
    if time.monotonic() - began > _REMEMBERED_FROM_SECONDS:
        remember_counts(split, counts)
    return counts


def remember_counts(split: Split, counts: NDArray[np.int64]) -> None:
    """Keep the counts (N, K) of a split, where somebody has made them already."""
    content = io.BytesIO()
    np.save(content, counts)
    keep(_place(split), content.getvalue(), most=_REMEMBERED)


def _count(split: Split, on_file: OnFile | None) -> NDArray[np.int64]:
    labels, num_classes = split.labels, len(split.reader.space)
    assert labels is not None, "class counts need labels"

    def of(label: Path) -> NDArray[np.int64]:
        look = split.reader.look(label)
        if look.errors:
            raise look.errors[0]
        return look.counts[:num_classes]

    counts = np.zeros((len(labels), num_classes), np.int64)
    with ThreadPoolExecutor(_THREADS) as pool:
        for index, row in enumerate(pool.map(of, labels)):
            counts[index] = row
            if on_file is not None:
                on_file(index + 1, len(labels))
    return counts


def _place(split: Split) -> Path:
    """Return where the counts of exactly these labels, read in this way, are kept."""
    digest = hashlib.sha256(repr((READER_VERSION, PIL.__version__, split.reader)).encode())
    for label in split.labels or ():
        try:
            stat = label.stat()
        except OSError:  # reading it will say what is wrong
            continue
        name = str(label.absolute()).encode(errors="surrogateescape")
        digest.update(b"%s\0%d\0%d\n" % (name, stat.st_size, stat.st_mtime_ns))
    return user_cache() / "class_counts" / f"{digest.hexdigest()[:32]}.npy"


def _found(place: Path, split: Split) -> NDArray[np.int64] | None:
    if not place.is_file():
        return None
    try:
        counts = np.load(place, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    is_fitting = counts.shape == (len(split), len(split.reader.space)) and counts.dtype == np.int64
    return counts if is_fitting and (counts >= 0).all() else None
