"""Few labelled source images: the first of an order that the seed draws."""

from dataclasses import replace

import numpy as np

from spcl.data.splits import Split
from spcl.errors import UserError


def first_images(split: Split, count: int, *, seed: int) -> Split:
    """Return a split with so many of its images, in their own order; 0 is all.

    With one seed fewer images are among the more (UserError: there are not so many).
    """
    if count == 0:
        return split
    if count > len(split):
        raise UserError(
            f"data.source_images is {count}, but {split.split} has {len(split)} images; use at "
            "most as many, or 0 for all"
        )
    chosen = sorted(np.random.default_rng(seed).permutation(len(split))[:count].tolist())
    labels = split.labels
    return replace(
        split,
        images=tuple(split.images[i] for i in chosen),
        labels=None if labels is None else tuple(labels[i] for i in chosen),
        names=tuple(split.names[i] for i in chosen),
    )


def words_of(count: int, of: int, *, seed: int) -> str:
    """Say that a run learns from few of its labelled images."""
    return f"Learns from {count} of the {of} labelled source images, drawn by seed {seed}."
