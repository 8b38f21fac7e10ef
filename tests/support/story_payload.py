"""A story as Python sends it to the browser, made of plain pictures: what is drawn can be told."""

import base64
from typing import Any

import numpy as np
from PIL import Image

from spcl.store.formats.encoding import mask_bytes, palette_of, png_bytes
from tests.support.synthetic_run import COLORS, NAMES, SIZE, label_space

ROAD, BUILDING, SKY = 0, 1, 2
MISSING = "http://localhost/missing.png"


def address(content: bytes) -> str:
    """Return a data: address of a PNG."""
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"


def mask(class_id: int) -> str:
    """Return the address of a mask that is of one class everywhere."""
    return address(mask_bytes(np.full(SIZE, class_id, np.uint8), palette_of(label_space())))


def photo(gray: int = 0) -> str:
    """Return the address of a photograph that is of one gray everywhere."""
    return address(png_bytes(Image.fromarray(np.full((*SIZE, 3), gray, np.uint8))))


def wipe(chosen: str = "typical") -> dict[str, Any]:
    """Return three images: road before in all of them, sky, building and road after."""
    after = {"improved": SKY, "typical": BUILDING, "harmed": ROAD}
    images = [
        {
            "tab": tab,
            "key": tab,
            "label": f"Picture {tab}",
            "caption": "",
            "photo": photo(),
            "before": mask(ROAD),
            "after": mask(class_id),
            "truth": mask(SKY),
        }
        for tab, class_id in after.items()
    ]
    return {"width": SIZE[1], "height": SIZE[0], "images": images, "chosen": chosen}


def cloud(label: str) -> dict[str, Any]:
    """Return a map of a few points."""
    return {
        "label": label,
        "x": [0, 300, 600, 1000],
        "y": [0, 700, 200, 1000],
        "class_id": [0, 1, 2, 3],
        "domain": [0, 1, 0, 1],
        "prototypes": [{"x": 300, "y": 500, "class_id": 1, "label": "building"}],
    }


def bar(name: str, before: int | None) -> dict[str, Any]:
    """Return a class of the weakest ones."""
    value = {"value": 12.0, "before": before, "caption": "12 of 100"}
    return {"name": name, "color": "#DC143C", **value}


def mark(name: str, value: float, *others: float, **flags: bool) -> dict[str, Any]:
    """Return a place on the ruler."""
    return {
        "name": name,
        "value": value,
        "others": others,
        "is_run": False,
        "so_far": False,
    } | flags


PAIR: dict[str, Any] = {
    "kind": "pair",
    "sides": [
        {"label": "Day", "photo": photo(200), "mask": mask(ROAD), "caption": "as it learned it"},
        {"label": "Dusk", "photo": photo(60), "mask": mask(SKY), "caption": "as it never saw it"},
    ],
}
MAPS: dict[str, Any] = {
    "kind": "maps",
    "before": cloud("Before"),
    "now": cloud("Now"),
    "lit": [0, 1],
    "caption": "A map is for looking.",
}
SQUARES: dict[str, Any] = {"kind": "squares", "before": 60, "after": 71, "wipe": wipe()}
WEAK: dict[str, Any] = {
    "kind": "weak",
    "wipe": wipe("harmed"),
    "bars": [bar("Person", 8), bar("Car", None)],
}
RULER: dict[str, Any] = {
    "kind": "ruler",
    "marks": [mark("before", 32.0, 31.0, 33.5), mark("this run", 43.1, is_run=True, so_far=True)],
    "facts": [{"label": "Pictures", "text": "60, kept aside"}],
}
_KEYS = ("problem", "learned", "better", "worse", "sure")
_NUMBERS = (
    {"before": "86", "after": "60"},
    {"text": "21 % closer"},
    {"before": "60", "after": "71"},
    {"text": "12 of 100"},
    None,
)
_TEXT = (
    "It got dusk pictures without answers. It guessed what they show, kept the guesses it was "
    "surest of, and learned from those. Meanwhile it pulled pixels of one thing together."
)


def story(*pictures: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a story; `pictures` take the place of the first ones, `changes` that of its fields."""
    shown = [*pictures, *[PAIR, MAPS, SQUARES, WEAK, RULER][len(pictures) :]]
    panels = [
        {
            "key": key,
            "kicker": f"Kicker {key}",
            "number": number,
            "sentence": f"The sentence of {key}, which is as long as such a sentence often is.",
            "text": [_TEXT, _TEXT[:90]],
            "links": [
                {"label": f"Where {key} is from", "page": "masks", "query": {"image": "a b"}}
            ],
            "card": {"number": f"card {key}", "caption": "Pixels of a thing lie closer together"},
            "notes": {"say": f"Say {key}", "question": "Why?", "answer": "Because."},
            "picture": picture,
        }
        for key, number, picture in zip(_KEYS, _NUMBERS, shown, strict=True)
    ]
    classes = [
        {
            "id": i,
            "name": name,
            "display": name,
            "color": "#{:02X}{:02X}{:02X}".format(*color),
            "safe": "#777676",
            "pattern": "plain",
        }
        for i, (name, color) in enumerate(zip(NAMES, COLORS, strict=True))
    ]
    return {
        "title": "Streets, day to dusk",
        "summary": "It names 71 of 100 pixels right instead of 60.",
        "footer": "Run a, seed 0, step 40 of 40",
        "running": None,
        "panel": 1,
        "present": False,
        "palette": "dataset",
        "classes": classes,
        "panels": panels,
    } | changes
