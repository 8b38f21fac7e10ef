"""The canvas of a street: paints surface ids, so label, colour and depth share exact edges.

Each shape is drawn once instead of once each for image, label and depth: 480 pictures in seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

SCALE = 2
"""Scenes are painted at this multiple of the final size, to smooth jagged edges."""

ROAD, SIDEWALK, BUILDING, FENCE, POLE, SIGN, VEGETATION, SKY, PERSON, RIDER, CAR = range(11)
"""Class ids."""

Color = tuple[int, int, int]


class Plane(IntEnum):
    """The plane a surface lies in, which gives the depth of each of its pixels."""

    UPRIGHT = 0
    GROUND = 1
    WALL = 2
    SKY = 3


class Texture(IntEnum):
    """The pattern `texture_scene` lays on a surface."""

    PLAIN = 0
    ROAD = 1
    PAVING = 2
    FACADE = 3
    LEAVES = 4
    BARS = 5
    CLOUDS = 6


@dataclass(frozen=True)
class Surface:
    """One material somewhere in the scene.

    Args:
        class_id: its class in the label.
        color: RGB under white light, 0..255.
        place: distance of an upright surface, or sideways position of a wall (metres).
        glow: share of the colour that is emitted rather than reflected, 0 for most.
        bay: horizontal spacing of a facade's windows (metres).
        floor: height of a facade's storeys (metres).
        phase: offset in [0, 1) that makes facades differ.
    """

    class_id: int
    color: Color
    plane: Plane = Plane.UPRIGHT
    texture: Texture = Texture.PLAIN
    place: float = 1.0
    glow: float = 0.0
    bay: float = 3.0
    floor: float = 3.0
    phase: float = 0.0


@dataclass(frozen=True)
class Camera:
    """A level pinhole camera; x to the right, y up from the ground, z ahead (metres)."""

    size: tuple[int, int]
    height: float
    center: tuple[float, float]
    focal: float

    def pixel(self, x: float, y: float, z: float) -> tuple[float, float]:
        """Return the column and row at which the point (x, y, z) appears."""
        scale = self.focal / z
        return self.center[0] + x * scale, self.center[1] + (self.height - y) * scale


class Canvas:
    """The surface id of every pixel of a scene, painted from far to near."""

    def __init__(self, camera: Camera) -> None:
        """Start filled with surface 0, the first one added."""
        self.camera = camera
        self.surfaces: list[Surface] = []
        height, width = camera.size
        self._image = Image.new("I", (width, height), 0)
        self._draw = ImageDraw.Draw(self._image)

    def add(self, surface: Surface) -> int:
        """Register `surface` and return the id to paint it with."""
        self.surfaces.append(surface)
        return len(self.surfaces) - 1

    def surface_ids(self) -> NDArray[np.int32]:
        """Return the surface id of every pixel, (H, W)."""
        return np.asarray(self._image, dtype=np.int32)

    def quad(self, surface_id: int, corners: Sequence[tuple[float, float, float]]) -> None:
        """Fill the polygon between `corners` (x, y, z in metres)."""
        self._draw.polygon([self.camera.pixel(*corner) for corner in corners], fill=surface_id)

    def panel(
        self, surface_id: int, x: tuple[float, float], y: tuple[float, float], z: float
    ) -> None:
        """Fill the upright rectangle from x[0] to x[1] and y[0] to y[1] at distance z."""
        left, top = self.camera.pixel(x[0], y[1], z)
        right, bottom = self.camera.pixel(x[1], y[0], z)
        self._draw.rectangle((left, top, max(left, right), max(top, bottom)), fill=surface_id)

    def disc(
        self, surface_id: int, at: tuple[float, float, float], radius: tuple[float, float]
    ) -> None:
        """Fill the upright ellipse centred at `at`; `radius` is horizontal, vertical (metres)."""
        self._draw.ellipse(self._box(at, radius), fill=surface_id)

    def ring(
        self,
        surface_id: int,
        at: tuple[float, float, float],
        radius: tuple[float, float],
        width: float,
    ) -> None:
        """Draw an upright elliptical ring; `width` of its line in metres."""
        thick = max(2, round(width * self.camera.focal / at[2]))
        self._draw.ellipse(self._box(at, radius), outline=surface_id, width=thick)

    def bar(
        self,
        surface_id: int,
        start: tuple[float, float],
        end: tuple[float, float],
        *,
        z: float,
        width: float,
    ) -> None:
        """Draw a straight bar between two points (x, y) at distance z; `width` in metres."""
        points = [self.camera.pixel(start[0], start[1], z), self.camera.pixel(end[0], end[1], z)]
        self._draw.line(points, fill=surface_id, width=max(2, round(width * self.camera.focal / z)))

    def _box(
        self, at: tuple[float, float, float], radius: tuple[float, float]
    ) -> tuple[float, float, float, float]:
        column, row = self.camera.pixel(*at)
        across, up = (length * self.camera.focal / at[2] for length in radius)
        return column - across, row - up, column + across, row + up


def pick(random: np.random.Generator, colors: tuple[Color, ...], spread: float = 14) -> Color:
    """Return a random one of `colors`, varied by normal noise of standard deviation `spread`."""
    base = np.array(colors[int(random.integers(len(colors)))]) + random.normal(0, spread, 3)
    red, green, blue = (int(value) for value in np.clip(base, 8, 250))
    return red, green, blue


def shade(color: Color, factor: float) -> Color:
    """Return `color` darker (factor below 1) or lighter."""
    red, green, blue = (min(255, int(value * factor)) for value in color)
    return red, green, blue
