"""The label spaces that the field compares on, and how ids on disk become their classes.

Names, ids, colours and categories are those of the Cityscapes benchmark; the ids of SYNTHIA are
those of its RAND-CITYSCAPES subset.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spcl.config.sections.inputs import NumClasses
from spcl.label_space import IGNORE_INDEX, ClassInfo, LabelSpace
from spcl.store.scores.thirteen import THIN


class Named(NamedTuple):
    """A class: its label id on disk in Cityscapes, category and colour."""

    label_id: int
    group: str
    color: tuple[int, int, int]


CITYSCAPES: Mapping[str, Named] = {
    "road": Named(7, "flat", (128, 64, 128)),
    "sidewalk": Named(8, "flat", (244, 35, 232)),
    "building": Named(11, "construction", (70, 70, 70)),
    "wall": Named(12, "construction", (102, 102, 156)),
    "fence": Named(13, "construction", (190, 153, 153)),
    "pole": Named(17, "object", (153, 153, 153)),
    "traffic light": Named(19, "object", (250, 170, 30)),
    "traffic sign": Named(20, "object", (220, 220, 0)),
    "vegetation": Named(21, "nature", (107, 142, 35)),
    "terrain": Named(22, "nature", (152, 251, 152)),
    "sky": Named(23, "sky", (70, 130, 180)),
    "person": Named(24, "human", (220, 20, 60)),
    "rider": Named(25, "human", (255, 0, 0)),
    "car": Named(26, "vehicle", (0, 0, 142)),
    "truck": Named(27, "vehicle", (0, 0, 70)),
    "bus": Named(28, "vehicle", (0, 60, 100)),
    "train": Named(31, "vehicle", (0, 80, 100)),
    "motorcycle": Named(32, "vehicle", (0, 0, 230)),
    "bicycle": Named(33, "vehicle", (119, 11, 32)),
}
"""The 19 classes in the order of their train ids."""

SYNTHIA_IDS: Mapping[str, int] = {
    **{"sky": 1, "building": 2, "road": 3, "sidewalk": 4, "fence": 5, "vegetation": 6, "pole": 7},
    **{"car": 8, "traffic sign": 9, "person": 10, "bicycle": 11, "motorcycle": 12},
    **{"traffic light": 15, "terrain": 16, "rider": 17, "truck": 18, "bus": 19, "train": 20},
    "wall": 21,
}
"""Ids of SYNTHIA RAND-CITYSCAPES; terrain, truck and train have one but never occur."""

NOT_IN_SYNTHIA = ("terrain", "truck", "train")

_LEFT_OUT: Mapping[NumClasses, tuple[str, ...]] = {
    19: (),
    16: NOT_IN_SYNTHIA,
    13: (*NOT_IN_SYNTHIA, *THIN),
}

UNKNOWN = 254
"""In a table of ids: what no label of the data set may hold."""

_LABEL_IDS = range(35)
"""Ids of Cityscapes; 34, like 255, is the licence plate, whose id is -1."""
_SHOWN_ALIKE = {"pole": (18,), "car": (34, 255)}
"""Ids that Cityscapes shows in the colour of a class: the pole group, the licence plate."""

Encoding = Literal["label ids", "train ids", "synthia"]


def class_names(num_classes: NumClasses) -> tuple[str, ...]:
    """Return the names of the classes in order."""
    return tuple(name for name in CITYSCAPES if name not in _LEFT_OUT[num_classes])


def label_space(num_classes: NumClasses, domain_names: Mapping[str, str]) -> LabelSpace:
    """Return the classes with official names, order, colours and groups."""
    infos = tuple(
        ClassInfo(
            id=class_id,
            name=name,
            color=CITYSCAPES[name].color,
            display=name.capitalize(),
            group=CITYSCAPES[name].group,
        )
        for class_id, name in enumerate(class_names(num_classes))
    )
    return LabelSpace(infos, IGNORE_INDEX, dict(domain_names))


@lru_cache
def table(encoding: Encoding, num_classes: NumClasses) -> NDArray[np.uint8]:
    """Return the class id of every id on disk, (256,): 255 unlabelled, `UNKNOWN` not allowed."""
    ids = ids_on_disk(encoding)
    known: Collection[int] = {
        "label ids": _LABEL_IDS,
        "train ids": range(len(CITYSCAPES)),
        "synthia": range(23),
    }[encoding]
    classes = np.full(256, UNKNOWN, np.uint8)
    classes[[*known]] = IGNORE_INDEX
    classes[IGNORE_INDEX] = UNKNOWN if encoding == "synthia" else IGNORE_INDEX
    for class_id, name in enumerate(class_names(num_classes)):
        classes[ids[name]] = class_id
    classes.flags.writeable = False
    return classes


def ids_on_disk(encoding: Encoding) -> Mapping[str, int]:
    """Return the id that each class has in labels of an encoding."""
    if encoding == "synthia":
        return SYNTHIA_IDS
    if encoding == "train ids":
        return {name: train_id for train_id, name in enumerate(CITYSCAPES)}
    return {name: named.label_id for name, named in CITYSCAPES.items()}


def ids_of_color(encoding: Encoding) -> dict[tuple[int, int, int], tuple[int, ...]]:
    """Return the ids that a palette may show in the colour of each class."""
    ids = ids_on_disk(encoding)
    alike = _SHOWN_ALIKE if encoding == "label ids" else {}
    return {named.color: (ids[name], *alike.get(name, ())) for name, named in CITYSCAPES.items()}


def told_ids(encoding: Encoding) -> str:
    """Return which ids labels of an encoding hold, for a sentence."""
    return {
        "label ids": "0 to 34, or 255",
        "train ids": "0 to 18, or 255 for unlabelled",
        "synthia": "0 to 22",
    }[encoding]
