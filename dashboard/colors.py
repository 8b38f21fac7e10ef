"""Class colours: the data set's own and a palette for colour-blind people, relit for marks."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from spcl.store.classes import ClassInfo

Palette = Literal["dataset", "safe"]
Rgb = tuple[int, int, int]

_SAFE = {
    "road": "#493435",
    "sidewalk": "#B88FB2",
    "building": "#777676",
    "wall": "#555F7E",
    "fence": "#D6E7D7",
    "pole": "#A2A495",
    "traffic light": "#E4990A",
    "traffic sign": "#FFDC3D",
    "vegetation": "#374601",
    "terrain": "#F0F5AD",
    "sky": "#A6EAFF",
    "person": "#DB5326",
    "rider": "#442296",
    "car": "#3B6EC6",
    "truck": "#1F374C",
    "bus": "#9BC27F",
    "train": "#0099F0",
    "motorcycle": "#8F524E",
    "bicycle": "#73905F",
}
_ALSO_CALLED = {
    "pavement": "sidewalk",
    "tree": "vegetation",
    "sign": "traffic sign",
    "sign symbol": "traffic sign",
    "light": "traffic light",
    "pedestrian": "person",
    "bicyclist": "rider",
}
BETTER = {False: "#2B55DB", True: "#93AEFF"}
WORSE = {False: "#A34708", True: "#F5A763"}
WORSE_MARK = {False: "#E0782A", True: "#E88A3E"}
INK = {False: "#151A21", True: "#E9ECF1"}
INK_2 = {False: "#48515E", True: "#B5BDC9"}
INK_3 = {False: "#626B78", True: "#929BA9"}
BORDER = {False: "#E1E4EA", True: "#272D37"}
STRONG_BORDER = {False: "#C9CFD8", True: "#3D4553"}
FILL = {False: "#ECEEF2", True: "#1E242D"}
PAGE = {False: "#FFFFFF", True: "#0F1217"}
LEAST_CONTRAST = 3.0
"""Of a mark against the page."""
SEQUENTIAL = {
    False: (
        *("#F4F6FB", "#DCE2F3", "#C4CDEA", "#ACB9E2", "#94A5DA"),
        *("#7D90D1", "#657CC9", "#4D68C1", "#3553B8", "#1D3FB0"),
    ),
    True: ("#1E242D", "#2A3350", "#3C4A80", "#5468B4", "#7690E0", "#A9BFFF"),
}
"""From little to much: farther and farther from the page, darker on a light one."""
DIVERGING = {
    False: (
        *("#C65A10", "#CF783E", "#D7976C", "#E0B599", "#E8D4C7"),
        *("#C7D0EC", "#9EADE3", "#748BD9", "#4B68D0", "#2146C7"),
    ),
    True: (
        *("#F5A763", "#C88C5B", "#9F7452", "#755B48", "#50443E"),
        *("#39445E", "#4E5D82", "#6477AB", "#7B91D3", "#93AEFF"),
    ),
}
"""From much worse to much better; no change, between the two middle ones, is `FILL`."""


def color(info: ClassInfo, palette: Palette) -> str:
    """Return the mask colour of a class as "#RRGGBB"."""
    if palette == "safe":
        if info.safe_color is not None:
            return hex_of(info.safe_color)
        name = info.name.replace("_", " ").lower()
        known = _SAFE.get(_ALSO_CALLED.get(name, name))
        if known is not None:
            return known
    return hex_of(info.color)


def mark_color(info: ClassInfo, palette: Palette, dark: bool) -> str:
    """Return the colour for marks and lines of a class, "#RRGGBB".

    The data set's colours are relit to stand out from the page. Safe colours stay as they are,
    because relighting brings them too close together: draw `casing_color` around them instead.
    """
    if palette == "safe":
        return color(info, palette)
    return relit(hex_of(info.color), dark)


def casing_color(info: ClassInfo, palette: Palette, dark: bool) -> str:
    """Return the colour of the 1 px casing around a mark of a class, "#RRGGBB"."""
    return relit(color(info, palette), dark)


def hex_of(rgb: Rgb) -> str:
    """Return `rgb`, 0..255 each, as "#RRGGBB"."""
    return "#{:02X}{:02X}{:02X}".format(*rgb)


def rgb_of(hexadecimal: str) -> Rgb:
    """Return "#RRGGBB" as three numbers in 0..255."""
    return tuple(int(hexadecimal[i : i + 2], 16) for i in (1, 3, 5))  # type: ignore[return-value]


@lru_cache(maxsize=1024)
def relit(hexadecimal: str, dark: bool) -> str:
    """Return a colour with its OKLCH lightness moved away from the page's, keeping its hue.

    It is moved on until it stands out from the page by 3 : 1 (WCAG 2.2, 1.4.11).
    """
    lightness, a, b = _oklab(rgb_of(hexadecimal))
    wanted = 0.38 + 0.58 * lightness if dark else min(0.14 + 0.62 * lightness, 0.655)
    chroma, hue = math.hypot(a, b), math.atan2(b, a)
    found = _lit(wanted, chroma, hue)
    while contrast(found, PAGE[dark]) < LEAST_CONTRAST:
        wanted += 0.01 if dark else -0.01
        found = _lit(wanted, chroma, hue)
    return found


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours "#RRGGBB", 1 to 21 (WCAG 2.2)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ramp(anchors: Sequence[str], count: int) -> list[str]:
    """Return `count` colours evenly spread over the way from the first anchor to the last."""
    places = [i * (len(anchors) - 1) / (count - 1) for i in range(count)]
    found = []
    for place in places:
        first = min(int(place), len(anchors) - 2)
        ends = zip(rgb_of(anchors[first]), rgb_of(anchors[first + 1]), strict=True)
        parts = [round(a + (place - first) * (b - a)) for a, b in ends]
        found.append(hex_of((parts[0], parts[1], parts[2])))
    return found


def _luminance(hexadecimal: str) -> float:
    red, green, blue = (_ungamma(part / 255) for part in rgb_of(hexadecimal))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _lit(wanted: float, chroma: float, hue: float) -> str:
    """Return the colour of an OKLCH lightness; chroma is reduced until it fits into sRGB."""
    low, high = 0.0, chroma
    if _in_gamut(wanted, chroma, hue):
        low = chroma
    else:
        for _ in range(24):
            middle = (low + high) / 2
            low, high = (middle, high) if _in_gamut(wanted, middle, hue) else (low, middle)
    linear = _linear(wanted, low * math.cos(hue), low * math.sin(hue))
    return hex_of(tuple(round(255 * _gamma(part)) for part in linear))  # type: ignore[arg-type]


def ink_on(hexadecimal: str) -> str:
    """Return black ink or white, whichever contrasts more with the given background."""
    luminance = _luminance(hexadecimal)
    return "#FFFFFF" if (1.05 / (luminance + 0.05)) > ((luminance + 0.05) / 0.06) else "#151A21"


def _ungamma(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _gamma(value: float) -> float:
    value = min(max(value, 0.0), 1.0)
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def _oklab(rgb: Rgb) -> tuple[float, float, float]:
    """Convert sRGB to OKLab (Ottosson 2020)."""
    r, g, b = (_ungamma(part / 255) for part in rgb)
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    middle = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _linear(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _in_gamut(lightness: float, chroma: float, hue: float) -> bool:
    parts = _linear(lightness, chroma * math.cos(hue), chroma * math.sin(hue))
    return all(-1e-4 <= part <= 1 + 1e-4 for part in parts)
