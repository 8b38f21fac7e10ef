"""Draw the things that stand in a street: cars, trees, lamps, poles, signs and fences."""

import math

import numpy as np

from spcl.data.streets.canvas import (
    CAR,
    FENCE,
    POLE,
    SIGN,
    VEGETATION,
    Canvas,
    Color,
    Plane,
    Surface,
    Texture,
    pick,
    shade,
)

_CAR_PAINT: tuple[Color, ...] = (
    (200, 202, 205), (40, 42, 46), (120, 124, 130), (150, 28, 30), (32, 58, 120), (225, 225, 220),
    (70, 90, 80), (190, 150, 60), (84, 86, 92), (28, 90, 120),
)  # fmt: skip


def draw_car(
    canvas: Canvas,
    random: np.random.Generator,
    *,
    x: float,
    z: float,
    oncoming: bool,
    van: bool,
    lights: float,
) -> None:
    """Draw a car with its near end at (x, z); `lights` is the glow of its lamps."""
    paint = pick(random, _CAR_PAINT)
    half, top = (0.98, 2.15) if van else (0.88, float(random.uniform(1.38, 1.6)))
    waist, length = (1.15, 5.2) if van else (0.9, 4.3)
    body = canvas.add(Surface(CAR, paint, place=z))
    side = canvas.add(Surface(CAR, shade(paint, 0.72), place=z + 2))
    glass = canvas.add(Surface(CAR, (52, 62, 74), place=z))
    dark = canvas.add(Surface(CAR, (24, 24, 26), place=z))
    inner = x - math.copysign(half, x)
    if abs(x) > half:
        _car_side(canvas, (side, glass, dark), inner, z, (waist, top, length))
    canvas.panel(dark, (x - half * 0.95, x - half * 0.6), (0, 0.4), z)
    canvas.panel(dark, (x + half * 0.6, x + half * 0.95), (0, 0.4), z)
    canvas.panel(body, (x - half, x + half), (0.28, waist), z)
    roof = half * (0.94 if van else 0.72)
    corners = ((x - half, waist, z), (x - roof, top, z), (x + roof, top, z), (x + half, waist, z))
    canvas.quad(body, corners)
    low, high = waist + 0.06, top - 0.12
    canvas.quad(
        glass,
        (
            (x - half * 0.86, low, z), (x - roof * 0.86, high, z),
            (x + roof * 0.86, high, z), (x + half * 0.86, low, z),
        ),
    )  # fmt: skip
    canvas.panel(dark, (x - half, x + half), (0.28, 0.42), z)
    lamp_color = (255, 246, 214) if oncoming else (190, 26, 22)
    lamp = canvas.add(Surface(CAR, lamp_color, place=z, glow=lights))
    _car_lamps_and_plate(canvas, lamp, x, z, half)


def _car_lamps_and_plate(canvas: Canvas, lamp: int, x: float, z: float, half: float) -> None:
    for side in (-1, 1):
        middle = x + side * half * 0.76
        canvas.panel(lamp, (middle - 0.15, middle + 0.15), (0.6, 0.78), z)
    plate = canvas.add(Surface(CAR, (220, 220, 210), place=z))
    canvas.panel(plate, (x - 0.24, x + 0.24), (0.46, 0.57), z)


def _car_side(
    canvas: Canvas,
    surface_ids: tuple[int, int, int],
    x: float,
    z: float,
    shape: tuple[float, float, float],
) -> None:
    """Draw the visible side of a car in the given side, glass and dark surfaces."""
    side, glass, dark = surface_ids
    waist, top, length = shape
    outline = ((0, 0.28), (0, waist), (0.25, top), (0.66, top), (0.82, waist), (1, 0.75), (1, 0.28))
    canvas.quad(side, [(x, y, z + share * length) for share, y in outline])
    pane = ((0.06, waist), (0.27, top - 0.1), (0.63, top - 0.1), (0.77, waist))
    canvas.quad(glass, [(x, y, z + share * length) for share, y in pane])
    for start in (0.1, 0.72):
        wheel = ((start, 0), (start, 0.55), (start + 0.17, 0.55), (start + 0.17, 0))
        canvas.quad(dark, [(x, y, z + share * length) for share, y in wheel])


def draw_tree(
    canvas: Canvas,
    random: np.random.Generator,
    *,
    x: float,
    z: float,
    leaves: tuple[Color, ...],
    crown: float,
) -> None:
    """Draw a tree at (x, z) with a crown about `crown` metres in radius."""
    trunk = canvas.add(Surface(VEGETATION, pick(random, ((92, 72, 54), (70, 60, 50))), place=z))
    fork = float(random.uniform(2.2, 3.2))
    canvas.bar(trunk, (x, 0), (x, fork + crown), z=z, width=0.3)
    draw_bush(canvas, random, (x, fork + crown, z), crown, leaves=leaves)


def draw_bush(
    canvas: Canvas,
    random: np.random.Generator,
    at: tuple[float, float, float],
    radius: float,
    *,
    leaves: tuple[Color, ...],
) -> None:
    """Draw a cluster of leaves around `at`, lighter towards the top."""
    color = pick(random, leaves, 10)
    x, y, z = at
    tones = [
        canvas.add(Surface(VEGETATION, shade(color, tone), texture=Texture.LEAVES, place=z))
        for tone in (0.62, 0.85, 1.12)
    ]
    angles, reach = random.uniform(0, 2 * math.pi, 16), random.uniform(0.2, 0.95, 16)
    offsets = np.stack([np.cos(angles), np.sin(angles)], axis=1) * (reach * radius)[:, None]
    sizes = random.uniform(0.28, 0.5, 16) * radius
    for (across, up), size in sorted(
        zip(offsets.tolist(), sizes.tolist(), strict=True), key=_height
    ):
        tone = tones[min(2, max(0, int((up / radius + 0.9) * 1.6)))]
        canvas.disc(tone, (x + across, y + up * 0.9, z), (size, size * 0.9))


def _height(blob: tuple[list[float], float]) -> float:
    return blob[0][1]


def draw_lamp(canvas: Canvas, *, x: float, z: float, height: float, glow: float) -> None:
    """Draw a street lamp at (x, z) whose arm reaches over the road."""
    metal = canvas.add(Surface(POLE, (96, 100, 104), place=z))
    head = canvas.add(
        Surface(POLE, (250, 236, 205) if glow else (130, 134, 138), place=z, glow=glow)
    )
    over = x - math.copysign(1.3, x)
    canvas.bar(metal, (x, 0), (x, height), z=z, width=0.3)
    canvas.bar(metal, (x, height), (over, height + 0.25), z=z, width=0.13)
    canvas.disc(head, (over, height + 0.18, z), (0.36, 0.13))


def draw_pole(canvas: Canvas, random: np.random.Generator, *, x: float, z: float) -> None:
    """Draw a bare pole or a bollard at (x, z)."""
    color = pick(random, ((110, 112, 116), (70, 74, 70), (150, 146, 138)))
    metal = canvas.add(Surface(POLE, color, place=z))
    canvas.bar(metal, (x, 0), (x, float(random.uniform(3.0, 6.5))), z=z, width=0.3)


def draw_sign(canvas: Canvas, random: np.random.Generator, *, x: float, z: float) -> None:
    """Draw a traffic sign of one of four kinds on its pole."""
    metal = canvas.add(Surface(POLE, (140, 142, 146), place=z))
    middle = float(random.uniform(2.1, 2.9))
    canvas.bar(metal, (x, 0), (x, middle), z=z, width=0.2)
    red, white, blue = (
        canvas.add(Surface(SIGN, color, place=z))
        for color in ((186, 28, 34), (232, 232, 228), (32, 76, 168))
    )
    size = float(random.uniform(0.38, 0.56))
    kind = int(random.integers(4))
    if kind == 0:
        canvas.disc(red, (x, middle, z), (size, size))
        canvas.disc(white, (x, middle, z), (size * 0.7, size * 0.7))
    elif kind == 1:
        for surface_id, factor in ((red, 1.15), (white, 0.7)):
            reach = size * factor
            foot = middle - reach * 0.6
            corners = ((x - reach, foot, z), (x, middle + reach, z), (x + reach, foot, z))
            canvas.quad(surface_id, corners)
    elif kind == 2:
        canvas.panel(blue, (x - size, x + size), (middle - size, middle + size), z)
        canvas.panel(
            white, (x - size * 0.4, x + size * 0.1), (middle - size * 0.6, middle + size * 0.6), z
        )
    else:
        canvas.disc(blue, (x, middle, z), (size, size))
        canvas.bar(white, (x, middle - size * 0.6), (x, middle + size * 0.6), z=z, width=0.16)


def draw_fence(
    canvas: Canvas, *, x: float, z: tuple[float, float], height: float, color: Color
) -> None:
    """Draw railings along the street at sideways position x."""
    railings = canvas.add(Surface(FENCE, color, Plane.WALL, Texture.BARS, place=x))
    canvas.quad(railings, ((x, 0, z[0]), (x, height, z[0]), (x, height, z[1]), (x, 0, z[1])))
