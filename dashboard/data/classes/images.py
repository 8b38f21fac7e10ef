"""The images of a class: what became of it in each, and which of them hold it at all."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.data import recorded
from dashboard.data.cache_keys import BY_BYTES
from dashboard.data.checked import share_of
from dashboard.data.crops import address_of
from dashboard.data.masks import image_report
from dashboard.data.opened_run import OpenedRun
from spcl.store.reader import Run
from spcl.store.schema import ClassInfo, Domain, ProbeImage

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
        pixels: true pixels of the class there; None where the analysis has not counted them.
    """

    key: str
    name: str
    before: float
    after: float
    pixels: int | None

    @property
    def gain(self) -> float:
        """Return the change of its IoU, in [-1, 1]; NaN if unknown."""
        return self.after - self.before


def class_images(opened: OpenedRun, info: ClassInfo) -> list[ClassImage]:
    """Return the labelled target images that hold enough of a class, most improved first."""
    found = [_class_image(opened, info, image) for image in recorded.images(opened.path)]
    known = [one for one in found if one is not None and math.isfinite(one.after)]
    return sorted(known, key=lambda one: (math.isnan(one.gain), -one.gain))


def _class_image(opened: OpenedRun, info: ClassInfo, image: ProbeImage) -> ClassImage | None:
    if image.domain != "target" or not image.has_label:
        return None
    pixels = _counted(opened, info, image.key)
    if pixels is not None and pixels < LEAST_PIXELS:
        return None
    before = _iou(opened, opened.compared_step, image, info)
    return ClassImage(image.key, image.name, before, _iou(opened, opened.step, image, info), pixels)


def _counted(opened: OpenedRun, info: ClassInfo, key: str) -> int | None:
    size, before = len(opened.classes), opened.compared_step
    report = image_report(opened.path, before, opened.step or 0, key, size)
    if report is None or report.of_truth is None:
        return None
    return int(report.of_truth[1][info.id].sum())


def _iou(opened: OpenedRun, step: int | None, image: ProbeImage, info: ClassInfo) -> float:
    if step is None:
        return math.nan
    scored = recorded.scores(opened.path, step).get(image.domain)
    images = scored["images"] if isinstance(scored, dict) else {}
    values = images.get(image.key, {}).get("per_class_iou", [])
    return share_of(values[info.id]) if info.id < len(values) else math.nan


def images_with(opened: OpenedRun, info: ClassInfo, domain: Domain) -> frozenset[str]:
    """Return the keys of the images of a domain in which a class is: by truth, else predicted."""
    return frozenset(
        image.key
        for image in recorded.images(opened.path)
        if image.domain == domain
        and _holds(opened.path, opened.step or 0, image.key, info.id, has_label=image.has_label)
    )


@st.cache_data(max_entries=4000, show_spinner=False, hash_funcs=BY_BYTES)
def _classes_in(run_path: str, step: int | None, key: str) -> tuple[int, ...]:
    """Return the ids in the truth of an image (step None), or in its mask at a step."""
    run = Run(Path(run_path))
    ids = run.probe().label(key) if step is None else run.snapshot(step).mask(key)
    counts = np.zeros(256, np.int64) if ids is None else np.bincount(ids.ravel(), minlength=256)
    return tuple(np.flatnonzero(counts).tolist())


def _holds(run_path: str, step: int, key: str, class_id: int, *, has_label: bool) -> bool:
    return class_id in _classes_in(run_path, None if has_label else step, key)


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
    gray = photo.astype(np.float32).mean(axis=2, keepdims=True).repeat(3, axis=2)
    picture = (90 + 0.6 * gray).clip(0, 255).astype(np.uint8)
    for kind, color in enumerate(colors):
        picture[kinds == kind] = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    return picture
