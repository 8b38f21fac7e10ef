"""Where things stand in a street, and how that differs between the two domains."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from spcl.data.streets import objects
from spcl.data.streets.canvas import SCALE, Camera, Canvas, Color, Plane, Surface, Texture

_FAR = 140.0
_NEAR = 1.5
_AFTER_DARK = 0.5
"""Lamps glow in looks whose lamps have at least this strength."""

Item = tuple[float, Callable[[], None]]
"""How far away it is, and what paints it."""


@dataclass(frozen=True)
class Look:
    """What a domain's streets are made of; pairs are ranges, rates are numbers per 100 m.

    Args:
        camera_height: metres above the road.
        horizon: row of the horizon as share of the picture's height.
        facades: colours of houses.
        leaves: colours of trees and bushes.
        road: colours of the road.
        paving: colours of the sidewalk.
        gap: share of the building line that is open, with trees behind a fence.
        cars, people, riders, trees, lamps, signs, poles: rates.
        railings: chance of a fence along the kerb.
        lamp_glow: glow of lamps, 0 while they are off.
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


@dataclass(frozen=True)
class Scene:
    """A painted street before any light falls on it.

    Args:
        numbers: surface number of every pixel at `SCALE` times the size, (H, W) int32.
        lamps: places of street lamps (x, y, z in metres), (N, 3).
        beams: places of headlights that face the camera, (M, 3).
        shadows: what throws shadows on the ground: x, z, half width, height, (O, 4).
        road_half: half width of the road (metres).
        house_line: sideways place of the houses (metres).
    """

    camera: Camera
    surfaces: list[Surface]
    numbers: np.ndarray[tuple[int, ...], np.dtype[np.int32]]
    lamps: list[tuple[float, float, float]]
    beams: list[tuple[float, float, float]]
    shadows: list[tuple[float, float, float, float]]
    road_half: float
    house_line: float


class _Street:
    """The scene while it is being laid out."""

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

    def along(self, rate: float, first: float, last: float = 60.0) -> list[float]:
        """Return distances at which something that comes `rate` times in 100 m stands."""
        count = int(self.random.poisson(rate * (last - first) / 100))
        nearness = self.random.uniform(last**-0.5, first**-0.5, count)
        return [float(value) for value in nearness**-2.0]

    def side(self) -> int:
        """Return -1 or 1: left or right."""
        return int(self.random.choice([-1, 1]))


def draw_scene(look: Look, random: np.random.Generator, *, size: tuple[int, int]) -> Scene:
    """Lay out and paint one street of `size` (height, width)."""
    street = _Street(look, random, size)
    _ground(street)
    for side in (-1, 1):
        _houses(street, side)
        _furniture(street, side)
    _traffic(street)
    _people(street)
    for _, paint in sorted(street.items, key=_distance, reverse=True):
        paint()
    return Scene(
        street.camera, street.canvas.surfaces, street.canvas.numbers(), street.lamps,
        street.beams, street.shadows, street.road_half, street.house_line,
    )  # fmt: skip


def _distance(item: Item) -> float:
    return item[0]


def _ground(street: _Street) -> None:
    canvas, random, look = street.canvas, street.random, street.look
    canvas.add(Surface(objects.SKY, (255, 255, 255), Plane.SKY, Texture.CLOUDS, place=400.0))
    paving, road = objects.pick(random, look.paving, 8), objects.pick(random, look.road, 6)
    sides = canvas.add(Surface(objects.SIDEWALK, paving, Plane.GROUND, Texture.PAVING))
    kerb = canvas.add(Surface(objects.SIDEWALK, objects.shade(paving, 1.2), Plane.GROUND))
    asphalt = canvas.add(Surface(objects.ROAD, road, Plane.GROUND, Texture.ROAD))
    half = street.road_half
    for number, reach in ((sides, 40.0), (kerb, half + 0.22), (asphalt, half)):
        corners = ((-reach, 0, _NEAR), (-reach, 0, _FAR), (reach, 0, _FAR), (reach, 0, _NEAR))
        canvas.quad(number, corners)
    for x in np.arange(-42.0, 42.0, 6.0):
        _backdrop(street, float(x))


def _backdrop(street: _Street, x: float) -> None:
    """Close the end of the street with distant houses and trees."""
    random, canvas = street.random, street.canvas
    z = _FAR - 6
    if random.random() < 0.45:
        leaves = street.look.leaves
        objects.draw_bush(canvas, random, (x, 4, z), float(random.uniform(5, 8)), leaves=leaves)
        return
    color = objects.pick(random, street.look.facades)
    house = canvas.add(Surface(objects.BUILDING, color, place=z))
    canvas.panel(house, (x - 4, x + 4), (0, float(random.uniform(7, 16))), z)


def _houses(street: _Street, side: int) -> None:
    """Line one side of the street with houses and gaps."""
    random, look = street.random, street.look
    z = float(random.uniform(-6, 2))
    while z < _FAR - 10:
        length = float(random.uniform(7, 17))
        span = (max(z, _NEAR), z + length)
        if span[1] > _NEAR + 1:
            line = side * (street.house_line + float(random.uniform(0, 0.8)))
            part = _opening if random.random() < look.gap else _house
            part(street, line, span)
        z += length


def _house(street: _Street, x: float, z: tuple[float, float]) -> None:
    random, canvas, look = street.random, street.canvas, street.look
    color = objects.pick(random, look.facades)
    tall = float(random.uniform(6.5, 19))
    bay, floor = float(random.uniform(1.9, 3.4)), float(random.uniform(2.7, 3.5))
    phase, tone = float(random.random()), 1.0 if x < 0 else 0.8

    def paint() -> None:
        facade = canvas.add(
            Surface(
                objects.BUILDING, objects.shade(color, tone), Plane.WALL, Texture.FACADE,
                x, 0.0, bay, floor, phase,
            )
        )  # fmt: skip
        end = canvas.add(Surface(objects.BUILDING, objects.shade(color, 0.68), place=z[0]))
        roof = canvas.add(Surface(objects.BUILDING, (104, 62, 52), Plane.WALL, place=x))
        out = x + (12 if x > 0 else -12)
        canvas.panel(end, (min(x, out), max(x, out)), (0, tall), z[0])
        canvas.quad(facade, ((x, 0, z[0]), (x, tall, z[0]), (x, tall, z[1]), (x, 0, z[1])))
        eaves = tall - 0.5
        canvas.quad(roof, ((x, eaves, z[0]), (x, tall, z[0]), (x, tall, z[1]), (x, eaves, z[1])))

    street.items.append((z[1], paint))


def _opening(street: _Street, x: float, z: tuple[float, float]) -> None:
    """Leave the building line open: a fence, and trees behind it."""
    random, canvas, look = street.random, street.canvas, street.look
    color = objects.pick(random, ((120, 96, 74), (86, 92, 88), (176, 172, 160), (66, 84, 74)))
    height = float(random.uniform(1.1, 2.0))

    def paint() -> None:
        for place in np.arange(z[1], z[0] + 1, -2.6):
            middle = x + np.sign(x) * float(random.uniform(1.5, 4))
            at = (middle, float(random.uniform(1.2, 3.8)), float(place))
            radius = float(random.uniform(1.6, 3.0))
            objects.draw_bush(canvas, random, at, radius, leaves=look.leaves)
        objects.draw_fence(canvas, x=x, z=z, height=height, color=color)

    street.items.append((z[1], paint))


def _furniture(street: _Street, side: int) -> None:
    """Set lamps, trees, signs, poles and railings along one kerb."""
    random, canvas, look = street.random, street.canvas, street.look
    kerb = side * (street.road_half + 0.7)
    lamp_height = float(random.uniform(4.8, 6.6))

    def add(z: float, paint: Callable[[], None]) -> None:
        street.items.append((z, paint))

    spacing = 100 / look.lamps * float(random.uniform(0.8, 1.3))
    for z in np.arange(float(random.uniform(4, 4 + spacing)), 75.0, spacing).tolist():
        street.lamps.append((kerb - side * 1.3, lamp_height, z))
        street.shadows.append((kerb, z, 0.1, lamp_height))
        add(z, lambda z=z: objects.draw_lamp(  # type: ignore[misc]
            canvas, x=kerb, z=z, height=lamp_height, glow=look.lamp_glow))  # fmt: skip
    for z in street.along(look.trees, 6.0):
        crown = float(random.uniform(1.2, 2.4))
        street.shadows.append((kerb, z, crown, 2.8 + crown))
        add(z, lambda z=z, crown=crown: objects.draw_tree(  # type: ignore[misc]
            canvas, random, x=kerb + side * 0.6, z=z, leaves=look.leaves, crown=crown))  # fmt: skip
    for z in street.along(look.signs, 5.0, 30.0):
        add(z, lambda z=z: objects.draw_sign(canvas, random, x=kerb, z=z))  # type: ignore[misc]
    for z in street.along(look.poles, 3.5, 24.0):
        add(z, lambda z=z: objects.draw_pole(canvas, random, x=kerb, z=z))  # type: ignore[misc]
    if random.random() < look.railings:
        _railings(street, side)


def _railings(street: _Street, side: int) -> None:
    start = float(street.random.uniform(4, 14))
    span = (start, start + float(street.random.uniform(8, 22)))
    color = objects.pick(street.random, ((70, 80, 84), (150, 152, 150), (60, 84, 66)))
    x = side * (street.road_half + 0.4)
    street.items.append(
        (span[1] - 0.1, lambda: objects.draw_fence(
            street.canvas, x=x, z=span, height=1.0, color=color))
    )  # fmt: skip


def _traffic(street: _Street) -> None:
    """Park cars along the kerbs and let others drive in both lanes."""
    random, look = street.random, street.look
    for side in (-1, 1):
        lanes = (
            (street.road_half - 1.05, look.cars * 0.6),
            (street.road_half * 0.45, look.cars * 0.4),
        )
        for lane, rate in lanes:
            last = -9.0
            for z in sorted(street.along(rate, 6.0, 70.0)):
                if z - last > 5.5:
                    _car(street, side * lane + float(random.normal(0, 0.15)), z, parked=lane > 2.2)
                    last = z


def _car(street: _Street, x: float, z: float, *, parked: bool) -> None:
    oncoming = x < 0
    glow = 0.0 if parked else street.look.lamp_glow
    van = bool(street.random.random() < street.look.vans)
    street.shadows.append((x, z + 2, 1.5, 1.4))
    if oncoming and glow:
        street.beams.extend([(x - 0.66, 0.69, z), (x + 0.66, 0.69, z)])
    street.items.append(
        (z, lambda: objects.draw_car(
            street.canvas, street.random, x=x, z=z, oncoming=oncoming, van=van, lights=glow))
    )  # fmt: skip


def _people(street: _Street) -> None:
    random, look, canvas = street.random, street.look, street.canvas
    for z in street.along(look.people, 3.5, 15.0):
        on_road = random.random() < 0.3
        reach = street.road_half if on_road else street.house_line - 0.5
        x = street.side() * float(random.uniform(0 if on_road else street.road_half + 0.6, reach))
        street.shadows.append((x, z, 0.25, 1.7))
        street.items.append(
            (z, lambda x=x, z=z: objects.draw_person(canvas, random, x=x, z=z))  # type: ignore[misc]
        )
    for z in street.along(look.riders, 4.5, 18.0):
        x = street.side() * float(random.uniform(0.6, street.road_half + 1.2))
        street.shadows.append((x, z, 0.4, 1.6))
        street.items.append(
            (z, lambda x=x, z=z: objects.draw_rider(canvas, random, x=x, z=z))  # type: ignore[misc]
        )
