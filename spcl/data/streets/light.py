"""Light and weather: turn a painted street into a photograph by day, at dusk, in fog or rain."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from spcl.data.streets.canvas import SCALE, Color, Plane
from spcl.data.streets.rain import with_rain
from spcl.data.streets.scene import Scene
from spcl.data.streets.texture import (
    TILE,
    Finish,
    Floats,
    View,
    noise_tiles,
    texture_scene,
    view_scene,
)

_LAMP_COLORS = ((1.0, 0.66, 0.34), (1.0, 0.82, 0.58), (0.86, 0.95, 1.0), (1.0, 0.72, 0.42))


@dataclass(frozen=True)
class Light:
    """How a domain is lit and photographed; pairs are ranges, lengths in metres.

    Args:
        ambient: strength of the ambient light.
        tint: standard deviation of the log gain of each channel, drawn once per image.
        lamps: strength of street lamps.
        headlamps: strength of the camera car's headlights.
        windows: share of windows that are lit.
        shadow: darkness of sun shadows, 0 for none.
        haze: distance at which haze has replaced 63 % of the colour: one over the extinction
            coefficient of Koschmieder's law, whose airlight is the colour of the horizon.
        noise: standard deviation of sensor noise (full scale 1).
        blur: radius of the blur (pixels).
        texture: strength of surface patterns.
        stones: share of streets that are cobbled.
        wet: how much of the ground reflects the scene, 0 for a dry street.
        sky: colours at the top of the picture and at the horizon; one pair is drawn per image.
        mirror: exponent with which wet ground mirrors less the less grazing it is looked at.
        smear: rows over which its mirror images are drawn out (pixels).
        rain: how much falls before the lens and lies on it, 0 for none, 1 for heavy.
    """

    ambient: tuple[float, float]
    tint: float
    lamps: tuple[float, float]
    headlamps: tuple[float, float]
    windows: tuple[float, float]
    shadow: tuple[float, float]
    haze: tuple[float, float]
    noise: tuple[float, float]
    blur: tuple[float, float]
    texture: tuple[float, float]
    stones: float
    wet: tuple[float, float]
    sky: tuple[tuple[Color, Color], ...]
    mirror: float = 3.0
    smear: float = 2.0
    rain: tuple[float, float] = (0.0, 0.0)


def light_scene(scene: Scene, light: Light, random: np.random.Generator) -> NDArray[np.uint8]:
    """Return the picture of `scene` under `light`, RGB (H, W, 3) at its final size."""
    sky_top, sky_low = light.sky[int(random.integers(len(light.sky)))]
    stones = bool(random.random() < light.stones)
    lit = float(random.uniform(*light.windows))
    finish = Finish(float(random.uniform(*light.texture)), stones, lit)
    painted = view_scene(scene)
    albedo, glow = texture_scene(scene, painted, finish, random)
    view = painted.at_final_size()
    emitted = albedo * glow[..., None] * 1.5
    picture = albedo * _illumination(scene, view, light, random) + emitted
    haze = 1 - np.exp(-view.z / np.float32(random.uniform(*light.haze)))
    picture += (np.asarray(sky_low, np.float32) / 255 - picture) * haze[..., None]
    sky = _sky(scene, (sky_top, sky_low), random)
    picture = np.where((view.plane == Plane.SKY)[..., None], sky, picture)
    if light.wet[1] > 0:
        picture = _with_puddles(picture, scene, view, light, random)
    if light.lamps[1] > 0:
        picture = picture + _bloom(scene, emitted)
    if light.rain[1] > 0:
        picture = with_rain(picture, float(random.uniform(*light.rain)), random)
    return _photograph(picture, light, random)


def _illumination(scene: Scene, view: View, light: Light, random: np.random.Generator) -> Floats:
    """Return the light that reaches each pixel, (H, W, 3)."""
    ambient = np.float32(random.uniform(*light.ambient))
    dark = float(random.uniform(*light.shadow))
    level = np.full(view.z.shape, ambient, np.float32)
    if dark > 0:
        level *= 1 - dark * _sun_shadows(scene, view, random)
    total = np.repeat(level[..., None], 3, axis=2)
    if light.lamps[1] > 0:
        total += _lamp_light(scene, view, light, random)
    return total


def _lamp_light(scene: Scene, view: View, light: Light, random: np.random.Generator) -> Floats:
    """Return the light of street lamps and headlights, (H, W, 3)."""
    pool = np.zeros(view.z.shape, np.float32)
    color = np.array(_LAMP_COLORS[int(random.integers(len(_LAMP_COLORS)))], np.float32)
    for x, y, z in scene.lamps:
        if random.random() < 0.18:
            continue
        strength = np.float32(random.uniform(*light.lamps))
        apart = (view.x - x) ** 2 + (view.y - y) ** 2 + (view.z - z) ** 2 + 6
        pool += strength * 14 / (apart * np.sqrt(np.sqrt(apart)))  # to the power of 1.25
    total = pool[..., None] * color
    ahead = np.float32(random.uniform(*light.headlamps))
    beam = np.exp(-((view.x / (1.2 + 0.16 * view.z)) ** 2)) * np.exp(-view.z / 13) * (view.y < 1.6)
    total += (ahead * beam)[..., None] * np.array((1.0, 0.95, 0.82), np.float32)
    for x, _, z in scene.beams[::2]:
        apart = ((view.x - x - 0.66) / 1.6) ** 2 + ((view.z - z + 3.5) / 3.2) ** 2
        total += (0.8 * np.exp(-apart) * (view.y < 0.4))[..., None].astype(np.float32)
    return total


def _sun_shadows(scene: Scene, view: View, random: np.random.Generator) -> Floats:
    """Return the share of sunlight blocked, (H, W): on the ground and on one row of houses."""
    side = 1 if random.random() < 0.5 else -1
    reach = side * float(random.uniform(0.3, 1.1))
    camera = scene.camera
    height, width = view.z.shape
    image = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(image)

    def seen(x: float, z: float) -> tuple[float, float]:
        column, row = camera.pixel(x, 0, max(z, 1.2))
        return column / SCALE, row / SCALE

    line = -side * scene.house_line
    edge = line + reach * float(random.uniform(3, 9))
    if random.random() < 0.7:
        draw.polygon([seen(line, 1.2), seen(line, 140), seen(edge, 140), seen(edge, 1.2)], fill=255)
    for x, z, half, tall in scene.shadows:
        tip = x + reach * tall
        thick = max(0.35, half)
        foot = [seen(x, z - thick), seen(x, z + thick)]
        draw.polygon([*foot, seen(tip, z + thick), seen(tip, z - thick)], fill=255)
    shadow = np.asarray(image.filter(ImageFilter.BoxBlur(1)), np.float32) / 255
    shadow *= view.plane == Plane.GROUND
    shade: NDArray[np.float32] = shadow + 0.55 * ((view.plane == Plane.WALL) & (view.x * side < 0))
    return shade


def _sky(scene: Scene, colors: tuple[Color, Color], random: np.random.Generator) -> Floats:
    """Return the sky behind everything, (H, W, 3)."""
    height, width = (length // SCALE for length in scene.camera.size)
    top, low = (np.asarray(color, np.float32) / 255 for color in colors)
    horizon = max(1.0, scene.camera.center[1] / SCALE)
    share = np.clip(np.arange(height, dtype=np.float32) / horizon, 0, 1)[:, None, None] ** 1.3
    clear = top + (low - top) * share
    clouds = noise_tiles()[1]
    down, across = (int(value) for value in random.integers(0, TILE, 2))
    rows, columns = (np.arange(height) * 2 + down) % TILE, (np.arange(width) + across) % TILE
    cover = clouds[rows][:, columns] * 0.9 + float(random.uniform(-0.5, 0.4))
    pale = low * 0.5 + 0.5 * np.maximum(low, float(low.max()))
    clouded: NDArray[np.float32] = clear + (pale - clear) * np.clip(cover, 0, 0.85)[..., None]
    return clouded.astype(np.float32)


def _with_puddles(
    picture: Floats, scene: Scene, view: View, light: Light, random: np.random.Generator
) -> Floats:
    """Return the picture with reflecting puddles, stronger at grazing angles.

    The reflected scene is assumed to be far away, so it is mirrored at the horizon.
    """
    height, wet = len(picture), float(random.uniform(*light.wet))
    horizon = scene.camera.center[1] / SCALE
    rows = np.clip(np.round(2 * horizon - np.arange(height)), 0, height - 1).astype(np.intp)
    blurred = Image.fromarray(np.clip(picture * 127, 0, 255).astype(np.uint8))
    image = (
        np.asarray(blurred.filter(ImageFilter.BoxBlur((0, light.smear))), np.float32)[rows] / 127
    )
    down, across = (int(value) for value in random.integers(0, TILE, 2))
    clouds = noise_tiles()[1]
    puddles = clouds[
        ((view.z * 9).astype(np.int32) + down) % TILE,
        ((view.x * 14).astype(np.int32) + across) % TILE,
    ]
    grazing = scene.camera.height / np.hypot(scene.camera.height, view.z)
    share = np.clip(2.5 * (puddles + 2 * wet - 1), 0, 1) * (1 - grazing) ** light.mirror
    share = np.where(view.plane == Plane.GROUND, share, 0).astype(np.float32)
    mirrored: NDArray[np.float32] = picture + (image - picture) * share[..., None]
    return mirrored


def _bloom(scene: Scene, emitted: Floats) -> Floats:
    """Return the glow around lamps, windows and headlights, (H, W, 3)."""
    height, width = emitted.shape[:2]
    image = Image.fromarray(np.clip(emitted * 170, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for x, y, z in scene.beams:
        column, row = (value / SCALE for value in scene.camera.pixel(x, y, z))
        size = max(1.0, 0.22 * scene.camera.focal / SCALE / z)
        draw.ellipse((column - size, row - size, column + size, row + size), fill=(255, 240, 205))
    radius = height / 32
    soft = image.filter(ImageFilter.BoxBlur(radius)).filter(ImageFilter.BoxBlur(radius))
    return np.asarray(soft, np.float32) * np.float32(1.1 / 255)


def _photograph(picture: Floats, light: Light, random: np.random.Generator) -> NDArray[np.uint8]:
    """Return the photograph: gain of each channel, tone curve, blur and sensor noise."""
    gain = np.exp(random.normal(0, light.tint, 3)).astype(np.float32)
    picture = picture * gain
    picture = picture / (1 + 0.28 * picture)
    noise = noise_tiles()[2]
    height, width = picture.shape[:2]
    tiled = [min(length, noise.shape[axis]) for axis, length in enumerate((height, width))]
    top = int(random.integers(noise.shape[0] - tiled[0] + 1))
    left = int(random.integers(noise.shape[1] - tiled[1] + 1))
    rows, columns = (
        (top + np.arange(height)) % noise.shape[0],
        (left + np.arange(width)) % noise.shape[1],
    )
    blur, strength = float(random.uniform(*light.blur)), np.float32(random.uniform(*light.noise))
    image = Image.fromarray(np.clip(picture * 255, 0, 255).astype(np.uint8))
    if blur > 0.15:
        image = image.filter(ImageFilter.BoxBlur(blur))
    noisy = np.asarray(image, np.float32) + strength * 255 * noise[rows][:, columns]
    grainy: NDArray[np.uint8] = np.clip(noisy, 0, 255).astype(np.uint8)
    return grainy
