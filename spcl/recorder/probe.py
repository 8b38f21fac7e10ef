"""Choose what every snapshot observes: the same images and the same pixels, for the whole run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from spcl.label_space import IGNORE_INDEX
from spcl.recorder.given.keys import key_parts
from spcl.store.schema import DOMAINS, Domain, ProbeImage


class Names(Protocol):
    """What the images of a split are called."""

    @property
    def names(self) -> Sequence[str]:
        """Return a name for each image."""
        ...


class Images(Protocol):
    """The images of a domain that are observed: RGB (H, W, 3), and class ids (H, W) or None."""

    @property
    def split(self) -> Names:
        """Return what the images are called."""
        ...

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]: ...


@dataclass(frozen=True)
class ProbeOptions:
    """How many images and pixels are observed, and which: `seed` is not the training's."""

    images_per_domain: int = 60
    pixels: int = 4000
    pixels_per_class: int = 150
    seed: int = 0


@dataclass(frozen=True)
class ProbeSet:
    """Chosen images and pixels.

    Attributes:
        images: in order, source first.
        frame_index: index of each image in its split's frames.
        pixels: image, row, column, class_id, domain; each (N,) int32.
    """

    images: tuple[ProbeImage, ...]
    frame_index: tuple[int, ...]
    pixels: dict[str, NDArray[np.int32]]

    @cached_property
    def _places(self) -> dict[tuple[Domain, int], int]:
        frames = zip(self.images, self.frame_index, strict=True)
        return {(image.domain, index): place for place, (image, index) in enumerate(frames)}

    def place_of(self, domain: Domain, index: int) -> int | None:
        """Return the place among `images` of the split's image at `index`; None if not chosen."""
        return self._places.get((domain, index))

    def frames_of(self, domain: Domain) -> list[int]:
        """Return the indices of the chosen images of a domain in its split, ascending."""
        return sorted(index for of_domain, index in self._places if of_domain == domain)

    def has_labels(self, domain: Domain) -> bool:
        """Return whether any chosen image of a domain has a label."""
        return any(image.has_label for image in self.images if image.domain == domain)


def choose_probe(splits: Mapping[Domain, Images], options: ProbeOptions) -> ProbeSet:
    """Choose images evenly over each split and pixels by class; uniformly without labels."""
    images: list[ProbeImage] = []
    frame_index: list[int] = []
    tables: list[NDArray[np.int32]] = []
    random = np.random.default_rng([options.seed, 77])
    for number, domain in enumerate(DOMAINS):
        frames = splits[domain]
        parts = key_parts(frames.split.names)
        chosen = _evenly(len(frames), options.images_per_domain)
        first = len(images)
        labels = []
        for index in chosen:
            image, label = frames[index]
            labels.append(label)
            name = frames.split.names[index]
            height, width = image.shape[:2] if label is None else label.shape
            images.append(
                ProbeImage(
                    f"{domain}-{parts[name]}",
                    name.encode(errors="replace").decode(),
                    domain,
                    height,
                    width,
                    has_label=label is not None,
                )
            )
            frame_index.append(index)
        places = _places(images[first:], labels, options, random)
        tables.append(
            np.column_stack(
                [places[:, 0] + first, places[:, 1:], np.full(len(places), number)]
            ).astype(np.int32)
        )
    table = np.concatenate(tables)
    names = ("image", "row", "column", "class_id", "domain")
    return ProbeSet(
        tuple(images), tuple(frame_index), {n: table[:, i] for i, n in enumerate(names)}
    )


def _evenly(count: int, most: int) -> list[int]:
    return [int(i) for i in np.linspace(0, count - 1, min(count, most)).round()]


def _places(
    images: list[ProbeImage],
    labels: list[NDArray[np.uint8] | None],
    options: ProbeOptions,
    random: np.random.Generator,
) -> NDArray[np.int64]:
    """Return (n, 4): image within the domain, row, column, class id."""
    share = options.pixels // 2
    present = sorted({int(i) for label in labels if label is not None for i in np.unique(label)})
    classes = [class_id for class_id in present if class_id != IGNORE_INDEX]
    if not classes:
        return _uniform(images, share, random)
    each = max(options.pixels_per_class, -(-share // len(classes)))
    return np.concatenate([_of_class(labels, class_id, each, random) for class_id in classes])


def _of_class(
    labels: list[NDArray[np.uint8] | None],
    class_id: int,
    count: int,
    random: np.random.Generator,
) -> NDArray[np.int64]:
    pools = [
        np.flatnonzero(label == class_id) if label is not None else np.zeros(0, np.int64)
        for label in labels
    ]
    sizes = np.array([len(pool) for pool in pools])
    ends = np.cumsum(sizes)
    chosen = np.sort(random.choice(ends[-1], min(count, int(ends[-1])), replace=False))
    image = np.searchsorted(ends, chosen, side="right")
    flat = [pools[i][c - (ends[i] - sizes[i])] for i, c in zip(image, chosen, strict=True)]
    rows = []
    for i, place in zip(image, flat, strict=True):
        label = labels[i]
        assert label is not None, "a pixel was drawn from an image with a label"
        rows.append((i, place // label.shape[1], place % label.shape[1], class_id))
    return np.array(rows, np.int64)


def _uniform(
    images: list[ProbeImage], count: int, random: np.random.Generator
) -> NDArray[np.int64]:
    image = np.sort(random.integers(0, len(images), count))
    height = np.array([im.height for im in images])[image]
    width = np.array([im.width for im in images])[image]
    row = (random.random(count) * height).astype(np.int64)
    column = (random.random(count) * width).astype(np.int64)
    return np.column_stack([image, row, column, np.full(count, IGNORE_INDEX)])


def cells_of(
    rows: NDArray[np.int32],
    columns: NDArray[np.int32],
    *,
    size: tuple[int, int],
    grid: tuple[int, int],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the feature cell (row, column) that covers each pixel of an image of `size`."""
    row = rows.astype(np.int64) * grid[0] // size[0]
    column = columns.astype(np.int64) * grid[1] // size[1]
    return row, column
