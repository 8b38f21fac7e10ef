"""The domains of `streets` in numbers: every difference between them is here.

The target has three looks of the same streets. Its streets differ from the source's in what they
contain; fog and rain change the light alone, so that labels are the same under every look.
"""

from dataclasses import replace
from typing import Literal, NamedTuple

from spcl.data.streets.light import Light
from spcl.data.streets.street import Look

TargetLook = Literal["dusk", "fog", "night_rain"]
"""The values of `data.target_look`."""

DAY = Look(
    camera_height=(1.35, 1.7),
    horizon=(0.4, 0.48),
    facades=((196, 172, 140), (214, 204, 186), (176, 112, 88), (150, 152, 158), (222, 190, 130)),
    leaves=((74, 116, 48), (96, 136, 58), (58, 98, 52)),
    road=((104, 104, 108), (122, 120, 118)),
    paving=((176, 168, 158), (158, 158, 160)),
    gap=0.22,
    cars=13.0,
    people=34.0,
    riders=8.0,
    trees=6.0,
    lamps=5.0,
    signs=7.0,
    poles=7.0,
    railings=0.25,
    vans=0.12,
    lamp_glow=0.0,
)

DUSK = Look(
    camera_height=(1.95, 2.9),
    horizon=(0.34, 0.46),
    facades=((150, 88, 70), (126, 96, 84), (190, 186, 180), (112, 116, 124), (176, 150, 110)),
    leaves=((66, 92, 50), (112, 104, 48), (140, 96, 44)),
    road=((92, 90, 92), (112, 104, 98), (80, 84, 92)),
    paving=((150, 140, 132), (120, 118, 122), (166, 146, 128)),
    gap=0.3,
    cars=18.0,
    people=44.0,
    riders=24.0,
    trees=9.0,
    lamps=5.0,
    signs=8.0,
    poles=9.0,
    railings=0.4,
    vans=0.3,
    lamp_glow=1.0,
)

DAY_LIGHT = Light(
    ambient=(0.95, 1.25),
    tint=0.04,
    lamps=(0.0, 0.0),
    headlamps=(0.0, 0.0),
    windows=(0.0, 0.0),
    shadow=(0.25, 0.5),
    haze=(260.0, 600.0),
    noise=(0.008, 0.02),
    blur=(0.0, 0.2),
    texture=(0.5, 0.9),
    stones=0.0,
    wet=(0.0, 0.0),
    sky=(
        ((84, 142, 214), (190, 214, 236)),
        ((110, 160, 220), (214, 226, 236)),
        ((158, 170, 188), (222, 224, 226)),
    ),
)

DUSK_LIGHT = Light(
    ambient=(0.44, 0.85),
    tint=0.06,
    lamps=(1.2, 3.4),
    headlamps=(0.0, 1.0),
    windows=(0.25, 0.7),
    shadow=(0.0, 0.0),
    haze=(110.0, 320.0),
    noise=(0.012, 0.036),
    blur=(0.2, 1.0),
    texture=(1.0, 1.8),
    stones=0.85,
    wet=(0.5, 1.0),
    sky=(
        ((104, 116, 166), (232, 184, 158)),
        ((122, 126, 164), (206, 190, 198)),
        ((92, 106, 152), (172, 174, 194)),
        ((140, 134, 164), (240, 204, 170)),
    ),
)

FOG_LIGHT = Light(
    ambient=(0.8, 1.05),
    tint=0.03,
    lamps=(0.0, 0.0),
    headlamps=(0.0, 0.0),
    windows=(0.0, 0.2),
    shadow=(0.0, 0.0),
    haze=(15.0, 40.0),
    noise=(0.01, 0.025),
    blur=(0.2, 0.8),
    texture=(0.8, 1.4),
    stones=0.85,
    wet=(0.2, 0.6),
    sky=(
        ((228, 231, 235), (236, 239, 242)),
        ((214, 219, 226), (224, 229, 235)),
        ((240, 240, 238), (247, 247, 245)),
    ),
)
"""Meteorological visibility of 60 to 160 m (3.9 times `haze`), by day; the sky is the airlight."""

NIGHT_RAIN_LIGHT = Light(
    ambient=(0.1, 0.22),
    tint=0.06,
    lamps=(1.4, 3.4),
    headlamps=(0.3, 1.1),
    windows=(0.15, 0.5),
    shadow=(0.0, 0.0),
    haze=(90.0, 220.0),
    noise=(0.02, 0.05),
    blur=(0.3, 1.0),
    texture=(1.0, 1.8),
    stones=0.85,
    wet=(0.8, 1.2),
    sky=(
        ((14, 16, 26), (40, 36, 38)),
        ((10, 12, 20), (28, 30, 38)),
        ((22, 20, 26), (56, 44, 36)),
    ),
    mirror=0.9,
    smear=7.0,
    rain=(0.4, 1.0),
)


class Appearance(NamedTuple):
    """A domain: what it is called, its streets, and how they are lit."""

    name: str
    streets: Look
    light: Light


SOURCE = Appearance("day", DAY, DAY_LIGHT)
TARGETS: dict[TargetLook, Appearance] = {
    "dusk": Appearance("dusk", DUSK, DUSK_LIGHT),
    "fog": Appearance("fog", replace(DUSK, lamp_glow=0.5), FOG_LIGHT),
    "night_rain": Appearance("night rain", DUSK, NIGHT_RAIN_LIGHT),
}
