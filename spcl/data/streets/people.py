"""Draw people on foot and on bicycles."""

import numpy as np

from spcl.data.streets.canvas import PERSON, RIDER, Canvas, Color, Surface, pick, shade

_CLOTHES: tuple[Color, ...] = (
    (40, 44, 60), (170, 40, 44), (60, 90, 140), (210, 200, 190), (90, 70, 50), (30, 30, 32),
    (200, 160, 60), (80, 110, 80), (140, 60, 110), (120, 120, 126),
)  # fmt: skip
_COATS: tuple[Color, ...] = (
    (240, 196, 48), (236, 120, 44), (228, 70, 96), (70, 196, 186), (238, 232, 220), (196, 60, 60),
)  # fmt: skip
_TROUSERS: tuple[Color, ...] = ((52, 70, 118), (44, 46, 60), (96, 86, 70))
_SKIN: tuple[Color, ...] = ((224, 180, 150), (190, 140, 105), (120, 82, 60), (240, 200, 175))
_BICYCLE: Color = (38, 38, 42)


def draw_person(canvas: Canvas, random: np.random.Generator, *, x: float, z: float) -> None:
    """Draw a person on foot at (x, z)."""
    tall = float(random.uniform(1.6, 2.0))
    coat, trousers = pick(random, _COATS), pick(random, _TROUSERS)
    legs = canvas.add(Surface(PERSON, trousers, place=z))
    stride = float(random.uniform(0.05, 0.3))
    hip = tall * 0.5
    for direction in (-1, 1):
        canvas.bar(legs, (x, hip), (x + direction * stride, 0.02), z=z, width=0.26)
    _upper_body(canvas, random, PERSON, coat, (x, hip, z), tall)


def draw_rider(canvas: Canvas, random: np.random.Generator, *, x: float, z: float) -> None:
    """Draw a cyclist at (x, z), seen from a random angle."""
    turn = float(random.uniform(0.12, 1.0)) * float(random.choice([-1, 1]))
    reach = 0.55 * turn
    wheel = canvas.add(Surface(RIDER, _BICYCLE, place=z))
    frame = canvas.add(Surface(RIDER, pick(random, _CLOTHES, 30), place=z))
    for direction in (-1, 1):
        at = (x + direction * reach, 0.36, z)
        canvas.ring(wheel, at, (max(0.07, 0.34 * abs(turn)), 0.34), 0.1)
    saddle, handle = (x - reach * 0.35, 0.95), (x + reach * 0.8, 1.05)
    for start, end in (
        ((x - reach, 0.36), saddle), (saddle, (x, 0.36)), ((x, 0.36), handle),
        (handle, (x + reach, 0.36)), (saddle, handle),
    ):  # fmt: skip
        canvas.bar(frame, start, end, z=z, width=0.07)
    legs = canvas.add(Surface(RIDER, pick(random, _CLOTHES), place=z))
    knee = (x + reach * 0.35 + 0.06, 0.72)
    canvas.bar(legs, saddle, knee, z=z, width=0.18)
    canvas.bar(legs, knee, (x + 0.03, 0.28), z=z, width=0.15)
    canvas.bar(legs, saddle, (x - 0.08, 0.3), z=z, width=0.16)
    coat = pick(random, _CLOTHES)
    _upper_body(canvas, random, RIDER, coat, (*saddle, z), 1.72, lean=0.45 * reach)


def _upper_body(
    canvas: Canvas,
    random: np.random.Generator,
    class_id: int,
    color: Color,
    hip: tuple[float, float, float],
    tall: float,
    lean: float = 0.0,
) -> None:
    """Draw torso, arms and head above `hip`; `lean` moves the shoulders sideways (metres)."""
    x, y, z = hip
    coat = canvas.add(Surface(class_id, color, place=z))
    sleeve = canvas.add(Surface(class_id, shade(color, 0.8), place=z))
    skin = canvas.add(Surface(class_id, pick(random, _SKIN), place=z))
    hair = canvas.add(
        Surface(class_id, pick(random, ((40, 30, 24), (90, 60, 30), (20, 20, 20))), place=z)
    )
    shoulder, neck = y + tall * 0.32, x + lean
    corners = ((x - 0.24, y - 0.1, z), (neck - 0.27, shoulder, z))
    canvas.quad(coat, (*corners, (neck + 0.27, shoulder, z), (x + 0.24, y - 0.1, z)))
    for direction in (-1, 1):
        hand = (x + lean * 1.6 + direction * 0.3, y + float(random.uniform(-0.05, 0.15)))
        canvas.bar(sleeve, (neck + direction * 0.23, shoulder - 0.06), hand, z=z, width=0.11)
    canvas.disc(hair, (neck + lean * 0.2, shoulder + 0.2, z), (0.13, 0.15))
    canvas.disc(skin, (neck + lean * 0.3, shoulder + 0.15, z), (0.11, 0.12))
