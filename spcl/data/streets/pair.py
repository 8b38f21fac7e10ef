"""The embedded pair `streets`: drawn street scenes with exact labels, by day and at dusk.

Of the target there are two more looks, for trials of what was made at dusk: the same streets in fog
and in rain at night.

Once written it is a folder pair like any other; training does not know that it was drawn.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spcl.data.streets.canvas import SCALE
from spcl.data.streets.light import light_scene
from spcl.data.streets.looks import SOURCE, TARGETS, TargetLook
from spcl.data.streets.scene import draw_scene
from spcl.errors import UserError
from spcl.store.places.user_cache import user_cache

DRAWING_VERSION = 2
"""Raised when the pictures change, so that an outdated cache is never used."""

_CHUNK_SIZE = 30
_MAX_PROCESSES = 4

_NAMES: tuple[tuple[str, str, tuple[int, int, int], tuple[int, int, int]], ...] = (
    ("road", "Road", (128, 64, 128), (0x49, 0x34, 0x35)),
    ("sidewalk", "Sidewalk", (244, 35, 232), (0xB8, 0x8F, 0xB2)),
    ("building", "Building", (70, 70, 70), (0x77, 0x76, 0x76)),
    ("fence", "Fence", (190, 153, 153), (0xD6, 0xE7, 0xD7)),
    ("pole", "Pole", (153, 153, 153), (0xA2, 0xA4, 0x95)),
    ("traffic sign", "Traffic sign", (220, 220, 0), (0xFF, 0xDC, 0x3D)),
    ("vegetation", "Vegetation", (107, 142, 35), (0x37, 0x46, 0x01)),
    ("sky", "Sky", (70, 130, 180), (0xA6, 0xEA, 0xFF)),
    ("person", "Person", (220, 20, 60), (0xDB, 0x53, 0x26)),
    ("rider", "Rider", (255, 0, 0), (0x44, 0x22, 0x96)),
    ("car", "Car", (0, 0, 142), (0x3B, 0x6E, 0xC6)),
)

CLASSES: list[dict[str, Any]] = [
    {"id": k, "name": name, "display": display, "color": list(color), "safe_color": list(safe)}
    for k, (name, display, color, safe) in enumerate(_NAMES)
]
"""The classes as in `classes.json`, with Cityscapes names and colours."""


class Picture(NamedTuple):
    """A drawn picture, RGB (H, W, 3), and its class ids (H, W), both uint8."""

    image: NDArray[np.uint8]
    label: NDArray[np.uint8]


def draw_picture(
    domain: str,
    *,
    seed: int,
    split: str,
    index: int,
    size: tuple[int, int] = (128, 256),
    look: TargetLook = "dusk",
) -> Picture:
    """Draw one picture, which depends only on the arguments.

    Args:
        domain: `source` (a clear day) or `target`.
        size: height and width in pixels.
        look: of the target; its label is the same under every look.
    """
    shown = SOURCE if domain == "source" else TARGETS[look]
    key = [seed, int(domain == "target"), int(split == "val"), index]
    random = np.random.default_rng(key)
    scene = draw_scene(shown.streets, random, size=size)
    class_ids = np.array([surface.class_id for surface in scene.surfaces], np.uint8)
    label = class_ids[scene.surface_ids[::SCALE, ::SCALE]]
    return Picture(light_scene(scene, shown.light, random), label)


def write_streets(
    root: Path,
    *,
    seed: int = 0,
    num_train: tuple[int, int] = (240, 120),
    num_val: tuple[int, int] = (60, 60),
    size: tuple[int, int] = (128, 256),
    look: TargetLook = "dusk",
) -> None:
    """Write the pair as a folder that appears all at once; an existing `root` stays as it is.

    Args:
        root: receives `{source,target}/{train,val}/{images,labels}/NAME.png` and `classes.json`.
        num_train: numbers of source and target training pictures.
        num_val: numbers of source and target validation pictures.
        size: height and width in pixels.
        look: of the target.
    """
    root.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{root.name}-", dir=root.parent))
    try:
        draw = partial(_write_chunk, draft, seed=seed, size=size, look=look)
        _write_pictures(draft, _chunks(num_train, num_val), draw)
        (draft / "classes.json").write_text(json.dumps(_classes_file(look), indent=1) + "\n")
        draft.chmod(0o755)
        _publish(draft, root)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def cached_streets(
    *,
    seed: int = 0,
    cache: Path | None = None,
    size: tuple[int, int] = (128, 256),
    look: TargetLook = "dusk",
) -> Path:
    """Return the folder of the pair, which is drawn on first use and cached for the user.

    Raises:
        UserError: it cannot be drawn there.
    """
    key = json.dumps({"version": DRAWING_VERSION, "seed": seed, "size": list(size), "look": look})
    digest = hashlib.sha256(key.encode()).hexdigest()[:12]
    root = (cache or user_cache()) / f"streets-{look}-{digest}"
    if not root.is_dir():
        try:
            write_streets(root, seed=seed, size=size, look=look)
        except OSError as error:
            raise UserError(
                f"the embedded pair cannot be drawn into {root.parent} ({error.strerror}); look "
                "after its disk and rights, or set XDG_CACHE_HOME to another folder"
            ) from None
    return root


def _classes_file(look: TargetLook) -> dict[str, Any]:
    domains = {"source": SOURCE.name, "target": TARGETS[look].name}
    return {"ignore": 255, "classes": CLASSES, "domains": domains}


class _Chunk(NamedTuple):
    """Pictures `first` to `last` (exclusive) of a split."""

    domain: str
    split: str
    first: int
    last: int


def _chunks(num_train: tuple[int, int], num_val: tuple[int, int]) -> list[_Chunk]:
    return [
        _Chunk(domain, split, first, min(first + _CHUNK_SIZE, count))
        for domain, train, val in zip(("source", "target"), num_train, num_val, strict=True)
        for split, count in (("train", train), ("val", val))
        for first in range(0, count, _CHUNK_SIZE)
    ]


def _write_pictures(root: Path, chunks: list[_Chunk], draw: Callable[[_Chunk], None]) -> None:
    """Draw on several cores; a picture depends on its index, not on the process that draws it."""
    for chunk in chunks:
        for kind in ("images", "labels"):
            (root / chunk.domain / chunk.split / kind).mkdir(parents=True, exist_ok=True)
    cores = min(os.cpu_count() or 1, len(chunks), _MAX_PROCESSES)
    if cores == 1 or sum(chunk.last - chunk.first for chunk in chunks) <= _CHUNK_SIZE:
        for chunk in chunks:
            draw(chunk)
        return
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        for _ in pool.map(draw, chunks):
            pass


def _write_chunk(
    root: Path, chunk: _Chunk, *, seed: int, size: tuple[int, int], look: TargetLook
) -> None:
    folder = root / chunk.domain / chunk.split
    for index in range(chunk.first, chunk.last):
        picture = draw_picture(
            chunk.domain, seed=seed, split=chunk.split, index=index, size=size, look=look
        )
        name = f"{index:04d}.png"
        Image.fromarray(picture.image).save(folder / "images" / name, compress_level=1)
        Image.fromarray(picture.label).save(folder / "labels" / name, compress_level=1)


def _publish(draft: Path, root: Path) -> None:
    """Rename the finished draft to `root`; if another process was faster, keep its folder."""
    try:
        draft.rename(root)
    except OSError:
        if not root.is_dir():
            raise


if __name__ == "__main__":
    print(f"The embedded pair is ready in {cached_streets()}")
