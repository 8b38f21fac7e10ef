"""Patterns on surfaces (windows, paving, lane marks, leaves), in metres so that they recede."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spcl.data.streets.canvas import SCALE, Plane, Texture
from spcl.data.streets.scene import Scene

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

TILE = 256
_GLASS = (70, 84, 100)
_WARM = ((255, 206, 130), (255, 228, 176), (236, 236, 226), (255, 186, 98))


@dataclass(frozen=True)
class Finish:
    """How the surfaces of one picture look close up.

    Args:
        contrast: strength of the patterns.
        stones: whether the road is cobbled.
        lit: share of windows that are lit.
    """

    contrast: float
    stones: bool
    lit: float


@dataclass(frozen=True)
class View:
    """Position (metres) and plane of each pixel of a painted scene, each (H, W)."""

    x: Floats
    y: Floats
    z: Floats
    plane: NDArray[np.int8]

    def at_final_size(self) -> "View":
        """Return the view at the picture's final size."""
        step = slice(None, None, SCALE)
        return View(
            self.x[step, step], self.y[step, step], self.z[step, step], self.plane[step, step]
        )


def view_scene(scene: Scene) -> View:
    """Return the position of every pixel, which follows from the plane of its surface."""
    camera = scene.camera
    height, width = camera.size
    across = (np.arange(width, dtype=np.float32) - camera.center[0] + 0.5) / camera.focal
    down = (np.arange(height, dtype=np.float32) - camera.center[1] + 0.5) / camera.focal
    across = np.where(np.abs(across) < 1e-3, np.float32(1e-3), across).astype(np.float32)
    z = surface_values(scene, "place")[scene.surface_ids]
    plane = np.array([int(s.plane) for s in scene.surfaces], np.int8)[scene.surface_ids]
    np.divide(z, across[None], out=z, where=plane == Plane.WALL)
    ground = (camera.height / np.maximum(down, 1e-3)).astype(np.float32)
    np.copyto(z, ground[:, None], where=plane == Plane.GROUND)
    np.clip(z, 0.5, 400, out=z)
    return View(across[None] * z, np.float32(camera.height) - down[:, None] * z, z, plane)


def surface_values(scene: Scene, field: str) -> Floats:
    """Return one field of every surface, (surfaces,)."""
    return np.array([getattr(surface, field) for surface in scene.surfaces], np.float32)


def texture_scene(
    scene: Scene, view: View, finish: Finish, random: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return reflectance (H, W, 3) and the share emitted (H, W) at the final size, in [0, 1]."""
    colors = np.array([surface.color for surface in scene.surfaces], np.float32)
    albedo = colors[scene.surface_ids]
    glow = (255 * surface_values(scene, "glow")).astype(np.uint8)[scene.surface_ids]
    texture = np.array([int(s.texture) for s in scene.surfaces], np.int8)[scene.surface_ids]
    on_road, on_paving = texture == Texture.ROAD, texture == Texture.PAVING
    _lay_road(albedo, view, on_road, scene.road_half, finish, random)
    _lay_paving(albedo, view, on_paving, finish)
    _lay_facades(albedo, glow, scene, view, texture == Texture.FACADE, finish, random)
    _lay_bars(albedo, view, texture == Texture.BARS)
    _lay_leaves(albedo, texture == Texture.LEAVES, finish, random)
    reflected = Image.fromarray(np.clip(albedo, 0, 255).astype(np.uint8)).reduce(SCALE)
    emitted = Image.fromarray(glow).reduce(SCALE)
    whole = np.float32(255)
    return np.asarray(reflected, np.float32) / whole, np.asarray(emitted, np.float32) / whole


def _grain(across: Floats, along: Floats, per_metre: float) -> Floats:
    """Return fine noise in [-1, 1] at positions (N,) on a surface."""
    fine = noise_tiles()[0]
    column = (across * per_metre).astype(np.int32) & (TILE - 1)
    row = (along * per_metre).astype(np.int32) & (TILE - 1)
    values: NDArray[np.float32] = fine[row, column]
    return values


def _lay_road(
    albedo: Floats,
    view: View,
    mask: Mask,
    half: float,
    finish: Finish,
    random: np.random.Generator,
) -> None:
    """Lay asphalt or cobbles and lane marks on the road; `half` is its half width (metres)."""
    x, z = view.x[mask], view.z[mask]
    fade = 1 / (1 + z / 25)
    tone = 1 + 0.2 * finish.contrast * _grain(x, z, 12) + 0.12 * _grain(x, z * 0.3, 2)
    if finish.stones:
        row = np.floor(z * 3.2)
        joint = (np.mod(z * 3.2, 1) < 0.2) | (np.mod(x * 2.6 + row * 0.5, 1) < 0.16)
        stone = _grain(np.floor(x * 2.6 + row * 0.5), row, 7.0)
        tone += fade * finish.contrast * (0.3 * stone - 0.4 * joint)
    albedo[mask] *= np.maximum(tone, 0.2)[:, None]
    worn = 0.55 + 0.35 * float(random.random())
    middle = (np.abs(x) < 0.09) & (np.mod(z + random.uniform(0, 6), 6) < 3)
    edge = np.abs(np.abs(x) - (half - 2.15)) < 0.07
    crossing = float(random.uniform(7, 40))
    zebra = (np.abs(z - crossing) < 1.4) & (np.mod(x, 1.0) < 0.5)
    mark = middle | (zebra if random.random() < 0.4 else edge & (random.random() < 0.6))
    albedo[mask] += (mark * worn)[:, None] * (225 - albedo[mask])


def _lay_paving(albedo: Floats, view: View, mask: Mask, finish: Finish) -> None:
    x, z = view.x[mask], view.z[mask]
    size = 0.9 if finish.stones else 0.55
    joint = (np.mod(x * size, 1) < 0.08) | (np.mod(z * size, 1) < 0.1)
    slab = _grain(np.floor(x * size), np.floor(z * size), 11.0)
    tone = 1 + finish.contrast * (
        0.13 * slab + 0.12 * _grain(x, z, 9) - 0.25 * joint / (1 + z / 20)
    )
    albedo[mask] *= tone[:, None]


def _lay_facades(
    albedo: Floats,
    glow: NDArray[np.uint8],
    scene: Scene,
    view: View,
    mask: Mask,
    finish: Finish,
    random: np.random.Generator,
) -> None:
    """Lay windows, shop fronts and masonry on facades; some windows are lit."""
    surface_id = scene.surface_ids[mask]
    z, y = view.z[mask], view.y[mask]
    phase = surface_values(scene, "phase")[surface_id]
    column = z / surface_values(scene, "bay")[surface_id] + phase
    row = (y - 0.6) / surface_values(scene, "floor")[surface_id]
    column_index, row_index = np.floor(column), np.floor(row)
    within, above = column - column_index, row - row_index
    shop = row_index < 1
    margin = 0.14 + 0.16 * phase
    window = (np.abs(within - 0.5) < 0.5 - np.where(shop, 0.08, margin)) & (above > 0.14)
    window &= (above < np.where(shop, 0.78, 0.76)) & (row_index >= 0)
    dice = random.random(4096).astype(np.float32)
    key = column_index.astype(np.int32) * 31 + row_index.astype(np.int32) * 577 + surface_id * 97
    drawn = dice[key & 4095]
    masonry = _grain(z, y, 5) * 0.14 + (np.mod(y * 3.4, 1) < 0.22) * -0.22 * finish.stones
    tone = 1 + finish.contrast * masonry - 0.18 * (np.abs(above) < 0.05)
    front = albedo[mask] * np.maximum(tone, 0.3)[:, None]
    pane = np.array(_GLASS, np.float32) * (0.55 + 0.8 * drawn)[:, None]
    bright = window & (drawn < finish.lit * np.where(shop, 1.7, 1.0))
    warm = np.array(_WARM, np.float32)[(key >> 2) & 3]
    pane = np.where(bright[:, None], warm, pane)
    albedo[mask] = np.where(window[:, None], pane, front)
    glow[mask] = np.where(bright, (90 + 150 * dice[(key + 1000) & 4095]), 0).astype(np.uint8)


def _lay_bars(albedo: Floats, view: View, mask: Mask) -> None:
    z, y = view.z[mask], view.y[mask]
    dark = (np.mod(z * 2.2, 1) > 0.5) & (y > 0.12)
    albedo[mask] *= (1 - 0.55 * dark)[:, None]


def _lay_leaves(albedo: Floats, mask: Mask, finish: Finish, random: np.random.Generator) -> None:
    height, width = mask.shape
    fine = noise_tiles()[0]
    top, left = (int(value) for value in random.integers(0, TILE, 2))
    rows, columns = (np.arange(height) + top) & (TILE - 1), (np.arange(width) + left) & (TILE - 1)
    noise = fine[rows][:, columns][mask]
    albedo[mask] *= (1 + 0.42 * finish.contrast * noise)[:, None]


@lru_cache(maxsize=1)
def noise_tiles() -> tuple[Floats, Floats, Floats]:
    """Return fine noise and clouds, each (T, T) in [-1, 1], and sensor noise (2T, 4T, 3)."""
    random = np.random.default_rng(20_261)
    fine, clouds = _waves(random, (1, 2, 4)), _waves(random, (16, 32, 64))
    return fine, clouds, random.standard_normal((2 * TILE, 4 * TILE, 3)).astype(np.float32)


def _waves(random: np.random.Generator, widths: tuple[int, ...]) -> Floats:
    """Return seamless noise with bumps of several widths (pixels), (T, T) in [-1, 1]."""
    total = np.zeros((TILE, TILE), np.float32)
    for width in widths:
        count = TILE // width
        coarse = random.uniform(-1, 1, (count, count)).astype(np.float32)
        wide = Image.fromarray(np.pad(coarse, 1, mode="wrap"))
        box = (1, 1, count + 1, count + 1)
        total += np.asarray(wide.resize((TILE, TILE), Image.Resampling.BILINEAR, box=box))
    tile: NDArray[np.float32] = np.clip(total / 1.5, -1, 1).astype(np.float32)
    return tile
