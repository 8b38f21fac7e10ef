"""Place what stands along a street: furniture at the kerb, cars, people and riders."""

from functools import partial

import numpy as np

from spcl.data.streets.canvas import pick
from spcl.data.streets.objects import (
    draw_car,
    draw_fence,
    draw_lamp,
    draw_pole,
    draw_sign,
    draw_tree,
)
from spcl.data.streets.people import draw_person, draw_rider
from spcl.data.streets.street import Street


def add_furniture(street: Street, side: int) -> None:
    """Place lamps, trees, signs, poles and railings along the kerb of one side (-1 or 1)."""
    random, canvas, look = street.random, street.canvas, street.look
    kerb = side * (street.road_half + 0.7)
    _add_lamps(street, side, kerb)
    for z in street.along(look.trees, 6.0):
        crown = float(random.uniform(1.2, 2.4))
        street.shadows.append((kerb, z, crown, 2.8 + crown))
        x = kerb + side * 0.6
        street.add(z, partial(draw_tree, canvas, random, x=x, z=z, leaves=look.leaves, crown=crown))
    for z in street.along(look.signs, 5.0, 30.0):
        street.add(z, partial(draw_sign, canvas, random, x=kerb, z=z))
    for z in street.along(look.poles, 3.5, 24.0):
        street.add(z, partial(draw_pole, canvas, random, x=kerb, z=z))
    if random.random() < look.railings:
        _add_railings(street, side)


def _add_lamps(street: Street, side: int, kerb: float) -> None:
    """Place lamps at equal distances; their heads hang over the road."""
    random, look = street.random, street.look
    height = float(random.uniform(4.8, 6.6))
    spacing = 100 / look.lamps * float(random.uniform(0.8, 1.3))
    for z in np.arange(float(random.uniform(4, 4 + spacing)), 75.0, spacing).tolist():
        street.lamps.append((kerb - side * 1.3, height, z))
        street.shadows.append((kerb, z, 0.1, height))
        glow = look.lamp_glow
        street.add(z, partial(draw_lamp, street.canvas, x=kerb, z=z, height=height, glow=glow))


def _add_railings(street: Street, side: int) -> None:
    random = street.random
    start = float(random.uniform(4, 14))
    span = (start, start + float(random.uniform(8, 22)))
    color = pick(random, ((70, 80, 84), (150, 152, 150), (60, 84, 66)))
    x = side * (street.road_half + 0.4)
    street.add(
        span[1] - 0.1, partial(draw_fence, street.canvas, x=x, z=span, height=1.0, color=color)
    )


def add_traffic(street: Street) -> None:
    """Place parked cars along both kerbs and moving cars in both lanes."""
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
                    x = side * lane + float(random.normal(0, 0.15))
                    _add_car(street, x, z, is_parked=lane > 2.2)
                    last = z


def _add_car(street: Street, x: float, z: float, *, is_parked: bool) -> None:
    canvas, random = street.canvas, street.random
    oncoming = x < 0
    lights = 0.0 if is_parked else street.look.lamp_glow
    van = bool(random.random() < street.look.vans)
    street.shadows.append((x, z + 2, 1.5, 1.4))
    if oncoming and lights:
        street.beams.extend([(x - 0.66, 0.69, z), (x + 0.66, 0.69, z)])
    street.add(
        z,
        partial(draw_car, canvas, random, x=x, z=z, oncoming=oncoming, van=van, lights=lights),
    )


def add_people(street: Street) -> None:
    """Place people on foot, mostly on the sidewalks, and riders on the road."""
    random, look, canvas = street.random, street.look, street.canvas
    for z in street.along(look.people, 3.5, 15.0):
        on_road = random.random() < 0.3
        reach = street.road_half if on_road else street.house_line - 0.5
        x = street.side() * float(random.uniform(0 if on_road else street.road_half + 0.6, reach))
        street.shadows.append((x, z, 0.25, 1.7))
        street.add(z, partial(draw_person, canvas, random, x=x, z=z))
    for z in street.along(look.riders, 4.5, 18.0):
        x = street.side() * float(random.uniform(0.6, street.road_half + 1.2))
        street.shadows.append((x, z, 0.4, 1.6))
        street.add(z, partial(draw_rider, canvas, random, x=x, z=z))
