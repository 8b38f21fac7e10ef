"""Lay out and paint a street: ground, houses, then everything from far to near."""

from dataclasses import dataclass

import numpy as np

from spcl.data.streets import objects
from spcl.data.streets.canvas import (
    BUILDING,
    ROAD,
    SIDEWALK,
    SKY,
    Camera,
    Plane,
    Surface,
    Texture,
    pick,
    shade,
)
from spcl.data.streets.roadside import add_furniture, add_people, add_traffic
from spcl.data.streets.street import Item, Look, Street

_FAR = 140.0
_NEAR = 1.5
"""Distances at which the ground ends and begins (metres)."""


@dataclass(frozen=True)
class Scene:
    """A painted street, before it is lit.

    Args:
        surface_ids: surface id of every pixel at `SCALE` times the size, (H, W) int32.
        lamps: positions of street lamps, (x, y, z) in metres.
        beams: positions of headlights that face the camera, (x, y, z) in metres.
        shadows: things that cast shadows on the ground, (x, z, half width, height) in metres.
        road_half: half width of the road (metres).
        house_line: sideways position of the houses (metres).
    """

    camera: Camera
    surfaces: list[Surface]
    surface_ids: np.ndarray[tuple[int, ...], np.dtype[np.int32]]
    lamps: list[tuple[float, float, float]]
    beams: list[tuple[float, float, float]]
    shadows: list[tuple[float, float, float, float]]
    road_half: float
    house_line: float


def draw_scene(look: Look, random: np.random.Generator, *, size: tuple[int, int]) -> Scene:
    """Lay out and paint one street of `size` (height, width)."""
    street = Street(look, random, size)
    _ground(street)
    for side in (-1, 1):
        _houses(street, side)
        add_furniture(street, side)
    add_traffic(street)
    add_people(street)
    for _, paint in sorted(street.items, key=_distance, reverse=True):
        paint()
    return Scene(
        camera=street.camera,
        surfaces=street.canvas.surfaces,
        surface_ids=street.canvas.surface_ids(),
        lamps=street.lamps,
        beams=street.beams,
        shadows=street.shadows,
        road_half=street.road_half,
        house_line=street.house_line,
    )


def _distance(item: Item) -> float:
    return item[0]


def _ground(street: Street) -> None:
    """Paint sky, sidewalk, kerb and road, and close the far end."""
    canvas, random, look = street.canvas, street.random, street.look
    canvas.add(Surface(SKY, (255, 255, 255), Plane.SKY, Texture.CLOUDS, place=400.0))
    paving, road = pick(random, look.paving, 8), pick(random, look.road, 6)
    sides = canvas.add(Surface(SIDEWALK, paving, Plane.GROUND, Texture.PAVING))
    kerb = canvas.add(Surface(SIDEWALK, shade(paving, 1.2), Plane.GROUND))
    asphalt = canvas.add(Surface(ROAD, road, Plane.GROUND, Texture.ROAD))
    half = street.road_half
    for surface_id, reach in ((sides, 40.0), (kerb, half + 0.22), (asphalt, half)):
        corners = ((-reach, 0, _NEAR), (-reach, 0, _FAR), (reach, 0, _FAR), (reach, 0, _NEAR))
        canvas.quad(surface_id, corners)
    for x in np.arange(-42.0, 42.0, 6.0):
        _backdrop(street, float(x))


def _backdrop(street: Street, x: float) -> None:
    """Close the end of the street with distant houses and trees."""
    random, canvas = street.random, street.canvas
    z = _FAR - 6
    if random.random() < 0.45:
        leaves = street.look.leaves
        objects.draw_bush(canvas, random, (x, 4, z), float(random.uniform(5, 8)), leaves=leaves)
        return
    color = pick(random, street.look.facades)
    house = canvas.add(Surface(BUILDING, color, place=z))
    canvas.panel(house, (x - 4, x + 4), (0, float(random.uniform(7, 16))), z)


def _houses(street: Street, side: int) -> None:
    """Line one side of the street with houses and gaps between them."""
    random, look = street.random, street.look
    z = float(random.uniform(-6, 2))
    while z < _FAR - 10:
        length = float(random.uniform(7, 17))
        span = (max(z, _NEAR), z + length)
        if span[1] > _NEAR + 1:
            line = side * (street.house_line + float(random.uniform(0, 0.8)))
            add = _add_gap if random.random() < look.gap else _add_house
            add(street, line, span)
        z += length


def _add_house(street: Street, x: float, z: tuple[float, float]) -> None:
    """Add a house whose front stands at sideways position x from z[0] to z[1]."""
    random, canvas, look = street.random, street.canvas, street.look
    color = pick(random, look.facades)
    tall = float(random.uniform(6.5, 19))
    bay, floor = float(random.uniform(1.9, 3.4)), float(random.uniform(2.7, 3.5))
    phase, tone = float(random.random()), 1.0 if x < 0 else 0.8

    def paint() -> None:
        facade = canvas.add(
            Surface(
                BUILDING, shade(color, tone), Plane.WALL, Texture.FACADE,
                x, 0.0, bay, floor, phase,
            )
        )  # fmt: skip
        end = canvas.add(Surface(BUILDING, shade(color, 0.68), place=z[0]))
        roof = canvas.add(Surface(BUILDING, (104, 62, 52), Plane.WALL, place=x))
        out = x + (12 if x > 0 else -12)
        canvas.panel(end, (min(x, out), max(x, out)), (0, tall), z[0])
        canvas.quad(facade, ((x, 0, z[0]), (x, tall, z[0]), (x, tall, z[1]), (x, 0, z[1])))
        eaves = tall - 0.5
        canvas.quad(roof, ((x, eaves, z[0]), (x, tall, z[0]), (x, tall, z[1]), (x, eaves, z[1])))

    street.add(z[1], paint)


def _add_gap(street: Street, x: float, z: tuple[float, float]) -> None:
    """Add a gap between houses: a fence, and trees behind it."""
    random, canvas, look = street.random, street.canvas, street.look
    color = pick(random, ((120, 96, 74), (86, 92, 88), (176, 172, 160), (66, 84, 74)))
    height = float(random.uniform(1.1, 2.0))

    def paint() -> None:
        for distance in np.arange(z[1], z[0] + 1, -2.6):
            middle = x + np.sign(x) * float(random.uniform(1.5, 4))
            at = (middle, float(random.uniform(1.2, 3.8)), float(distance))
            radius = float(random.uniform(1.6, 3.0))
            objects.draw_bush(canvas, random, at, radius, leaves=look.leaves)
        objects.draw_fence(canvas, x=x, z=z, height=height, color=color)

    street.add(z[1], paint)
