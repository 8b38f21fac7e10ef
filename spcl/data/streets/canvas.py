"""The drawing surface of a street: paints surface numbers; label, colour and depth share edges.

One polygon call a shape instead of one for each of image, label and depth: 480 pictures in seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

SCALE = 2
"""Scenes are painted this many times larger than they are shown, against jagged edges."""

Color = tuple[int, int, int]


class Plane(IntEnum):
    """How the depth of a surface follows from where it is seen."""

    UPRIGHT = 0
    GROUND = 1
    WALL = 2
    SKY = 3


class Texture(IntEnum):
    """Which pattern `street_texture` gives a surface."""

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
        class_id: what the label says.
        color: RGB under white light, 0..255.
        place: distance of an upright surface, or sideways place of a wall (metres).
        glow: share of the colour that is sent out rather than reflected, 0 for most.
        bay: width of a facade's window axis (metres).
        floor: height of a facade's storey (metres).
        phase: number in [0, 1) that tells facades apart.
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
        """Return column and row where the point (x, y, z) is seen."""
        scale = self.focal / z
        return self.center[0] + x * scale, self.center[1] + (self.height - y) * scale


class Canvas:
    """Surface numbers of a scene, painted from far to near."""

    def __init__(self, camera: Camera) -> None:
        """Start with nothing painted; the first surface added covers everything."""
        self.camera = camera
        self.surfaces: list[Surface] = []
        height, width = camera.size
        self._image = Image.new("I", (width, height), 0)
        self._draw = ImageDraw.Draw(self._image)

    def add(self, surface: Surface) -> int:
        """Return the number under which `surface` can be painted."""
        self.surfaces.append(surface)
        return len(self.surfaces) - 1

    def numbers(self) -> NDArray[np.int32]:
        """Return the surface number of every pixel, (H, W)."""
        return np.asarray(self._image, dtype=np.int32)

    def quad(self, number: int, corners: Sequence[tuple[float, float, float]]) -> None:
        """Fill the polygon between `corners` (x, y, z in metres)."""
        self._draw.polygon([self.camera.pixel(*corner) for corner in corners], fill=number)

    def panel(self, number: int, x: tuple[float, float], y: tuple[float, float], z: float) -> None:
        """Fill the upright rectangle from x[0] to x[1] and y[0] to y[1] at distance z."""
        left, top = self.camera.pixel(x[0], y[1], z)
        right, bottom = self.camera.pixel(x[1], y[0], z)
        self._draw.rectangle((left, top, max(left, right), max(top, bottom)), fill=number)

    def disc(
        self, number: int, at: tuple[float, float, float], radius: tuple[float, float]
    ) -> None:
        """Fill the upright ellipse around `at`; radius sideways and upwards (metres)."""
        self._draw.ellipse(self._box(at, radius), fill=number)

    def ring(
        self, number: int, at: tuple[float, float, float], radius: tuple[float, float], width: float
    ) -> None:
        """Draw an upright ring; width in metres."""
        thick = max(2, round(width * self.camera.focal / at[2]))
        self._draw.ellipse(self._box(at, radius), outline=number, width=thick)

    def bar(
        self,
        number: int,
        start: tuple[float, float],
        end: tuple[float, float],
        *,
        z: float,
        width: float,
    ) -> None:
        """Draw a straight bar between two (x, y) at distance z; width in metres."""
        points = [self.camera.pixel(start[0], start[1], z), self.camera.pixel(end[0], end[1], z)]
        self._draw.line(points, fill=number, width=max(2, round(width * self.camera.focal / z)))

    def _box(
        self, at: tuple[float, float, float], radius: tuple[float, float]
    ) -> tuple[float, float, float, float]:
        column, row = self.camera.pixel(*at)
        across, up = (length * self.camera.focal / at[2] for length in radius)
        return column - across, row - up, column + across, row + up
