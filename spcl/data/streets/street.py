"""The layout of one street, and how the streets of the two domains differ."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from spcl.data.streets.canvas import SCALE, Camera, Canvas, Color

Item = tuple[float, Callable[[], None]]
"""A distance (metres), and the function that paints what stands there."""


@dataclass(frozen=True)
class Look:
    """What a domain's streets contain; pairs are ranges, rates are per 100 m.

    Args:
        camera_height: metres above the road.
        horizon: row of the horizon as a share of the picture's height.
        facades: colours of houses.
        leaves: colours of trees and bushes.
        road: colours of the road.
        paving: colours of the sidewalk.
        gap: probability of a gap between houses, with trees behind a fence.
        cars, people, riders, trees, lamps, signs, poles: rates.
        railings: probability of railings along each kerb.
        vans: share of cars that are vans.
        lamp_glow: glow of lamps and headlights, 0 while they are off.
    """

    camera_height: tuple[float, float]
    horizon: tuple[float, float]
    facades: tuple[Color, ...]
    leaves: tuple[Color, ...]
    road: tuple[Color, ...]
    paving: tuple[Color, ...]
    gap: float
    cars: float
    people: float
    riders: float
    trees: float
    lamps: float
    signs: float
    poles: float
    railings: float
    vans: float
    lamp_glow: float


class Street:
    """A street while it is being laid out: its dimensions, canvas, and the items to paint."""

    def __init__(self, look: Look, random: np.random.Generator, size: tuple[int, int]) -> None:
        height, width = size[0] * SCALE, size[1] * SCALE
        center = (width * random.uniform(0.36, 0.64), height * random.uniform(*look.horizon))
        self.look = look
        self.random = random
        self.camera = Camera(
            (height, width), float(random.uniform(*look.camera_height)), center, 0.8 * width
        )
        self.canvas = Canvas(self.camera)
        self.road_half = float(random.uniform(3.4, 5.6))
        self.house_line = self.road_half + float(random.uniform(2.4, 4.6))
        self.items: list[Item] = []
        self.lamps: list[tuple[float, float, float]] = []
        self.beams: list[tuple[float, float, float]] = []
        self.shadows: list[tuple[float, float, float, float]] = []

    def add(self, z: float, paint: Callable[[], None]) -> None:
        """Have `paint` called when everything farther than `z` has been painted."""
        self.items.append((z, paint))

    def along(self, rate: float, first: float, last: float = 60.0) -> list[float]:
        """Return random distances of things that occur `rate` times per 100 m.

        They are denser near the camera, between `first` and `last` (metres).
        """
        count = int(self.random.poisson(rate * (last - first) / 100))
        nearness = self.random.uniform(last**-0.5, first**-0.5, count)
        return [float(value) for value in nearness**-2.0]

    def side(self) -> int:
        """Return -1 (left) or 1 (right) at random."""
        return int(self.random.choice([-1, 1]))
