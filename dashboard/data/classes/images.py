"""The images of a class: what became of it in each, and which of them hold it at all."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.colors import rgb_of
from dashboard.data import recorded
from dashboard.data.cache_keys import BY_BYTES
from dashboard.data.classes.confusion import image_tables
from dashboard.data.crops import address_of
from dashboard.data.opened_run import OpenedRun
from spcl.store.classes import ClassInfo
from spcl.store.reader import Run
from spcl.store.schema import Domain
from spcl.store.scores.counts import Counts, per_class_iou

LEAST_PIXELS = 30
"""An image with fewer pixels of a class says little of it by its IoU."""
_WIDTH = 240
"""Pixels of a small picture, at most."""


@dataclass(frozen=True)
class ClassImage:
    """One class in one image.

    Attributes:
        key: of the image.
        name: of the image.
        before: IoU of the class there before adaptation, in [0, 1]; NaN if unknown.
        after: the same at the step shown.
        pixels: true pixels of the class there.
    """

    key: str
    name: str
    before: float
    after: float
    pixels: int

    @property
    def gain(self) -> float:
        """Return the change of its IoU, in [-1, 1]; NaN if unknown."""
        return self.after - self.before


def class_images(opened: OpenedRun, info: ClassInfo) -> list[ClassImage]:
    """Return the labelled target images that hold enough of a class, most improved first."""
    now = image_tables(opened, opened.step)
    before = image_tables(opened, opened.compared_step)
    found = [
        ClassImage(
            image.key,
            image.name,
            _iou(before.get(image.key), info),
            _iou(now[image.key], info),
            int(now[image.key][info.id].sum()),
        )
        for image in recorded.images(opened.path)
        if image.key in now
    ]
    known = [one for one in found if one.pixels >= LEAST_PIXELS]
    return sorted(known, key=lambda one: (math.isnan(one.gain), -one.gain))


def _iou(table: Counts | None, info: ClassInfo) -> float:
    return math.nan if table is None else float(per_class_iou(table)[info.id])


def images_with(opened: OpenedRun, info: ClassInfo, domain: Domain) -> frozenset[str]:
    """Return the keys of the images of a domain in which a class is: by truth, else predicted."""
    step = opened.step or 0
    tables = image_tables(opened, step, domain)
    return frozenset(
        image.key
        for image in recorded.images(opened.path)
        if image.domain == domain
        and (
            tables[image.key][info.id].any()
            if image.key in tables
            else info.id in _predicted_in(opened.path, step, image.key)
        )
    )


@st.cache_data(max_entries=4000, show_spinner=False, hash_funcs=BY_BYTES)
def _predicted_in(run_path: str, step: int, key: str) -> tuple[int, ...]:
    """Return the ids in the mask of an image."""
    counts = np.bincount(Run(Path(run_path)).snapshot(step).mask(key).ravel(), minlength=256)
    return tuple(np.flatnonzero(counts).tolist())


@st.cache_data(max_entries=200, show_spinner=False, hash_funcs=BY_BYTES)
def class_picture(
    run_path: str,
    before: int | None,
    step: int,
    key: str,
    class_id: int,
    *,
    colors: tuple[str, ...],
) -> str:
    """Return what became of a class in an image, on its photograph in grey, as a PNG address.

    Args:
        run_path: the run.
        before: the step compared with; None for none.
        step: the snapshot shown.
        key: the image.
        class_id: the class.
        colors: "#RRGGBB" of its pixels found both times, found only now, lost since, missed both
            times, and of other pixels called so now.
    """
    run = Run(Path(run_path))
    probe = run.probe()
    photo, truth = probe.picture(key), probe.label(key)
    now = run.snapshot(step).mask(key)
    then = now if before is None else run.snapshot(before).mask(key)
    if truth is None:
        return ""
    every = max(1, -(-photo.shape[1] // _WIDTH))
    kinds = fates(*(one[::every, ::every] for one in (truth, then, now)), class_id=class_id)
    return address_of(_painted(photo[::every, ::every], kinds, colors))


def fates(
    truth: NDArray[Any], before: NDArray[Any], now: NDArray[Any], *, class_id: int
) -> NDArray[np.uint8]:
    """Return what became of a class at each pixel, (H, W), from label maps of that size.

    0 found both times, 1 found only now, 2 lost since, 3 missed both times, 4 another class that is
    called so now, 255 nothing of the class.
    """
    is_class, was_found, is_found = (one == class_id for one in (truth, before, now))
    kinds = np.where(is_found, np.where(was_found, 0, 1), np.where(was_found, 2, 3))
    other = np.where(is_found & (truth != 255), 4, 255)
    found: NDArray[np.uint8] = np.where(is_class, kinds, other).astype(np.uint8)
    return found


def _painted(
    photo: NDArray[np.uint8], kinds: NDArray[np.uint8], colors: tuple[str, ...]
) -> NDArray[np.uint8]:
    picture = gray_picture(photo)
    for kind, color in enumerate(colors):
        picture[kinds == kind] = rgb_of(color)
    return picture


def gray_picture(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a photograph, (H, W, 3), in light grey, for what is painted on it to stand out."""
    gray = photo.astype(np.float32).mean(axis=2, keepdims=True).repeat(3, axis=2)
    picture: NDArray[np.uint8] = (90 + 0.6 * gray).clip(0, 255).astype(np.uint8)
    return picture
