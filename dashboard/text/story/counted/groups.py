"""Groups of classes that anybody can name, for data sets with many of them."""

from collections.abc import Sequence

from spcl.store.classes import ClassInfo

MANY_CLASSES = 13
"""From so many classes on the story speaks of groups."""
_SHOWN = {
    "flat": "ground",
    "construction": "buildings",
    "object": "street furniture",
    "nature": "greenery",
    "sky": "sky",
    "human": "people",
    "vehicle": "vehicles",
}
_GROUPS = {
    "flat": "road sidewalk parking",
    "construction": "building wall fence guard_rail bridge tunnel",
    "object": "pole polegroup traffic_light traffic_sign",
    "nature": "vegetation terrain",
    "sky": "sky",
    "human": "person rider",
    "vehicle": "car truck bus train motorcycle bicycle caravan trailer",
}
_GROUP_OF = {
    name.replace("_", " "): group for group, names in _GROUPS.items() for name in names.split()
}
"""The groups of the Cityscapes classes."""


def grouped(classes: Sequence[ClassInfo]) -> list[tuple[str, list[int]]]:
    """Return name and class ids of each group; a class of none is a group of its own."""
    groups: dict[str, list[int]] = {}
    for info in classes:
        groups.setdefault(group_name(info), []).append(info.id)
    return list(groups.items())


def group_name(info: ClassInfo) -> str:
    """Return the group of a class as people call it; its own name where it has none."""
    group = info.group or _GROUP_OF.get(info.name.replace("_", " ").lower())
    if group is None:
        return info.display.lower()
    return _SHOWN.get(group.lower(), group.replace("_", " ").lower())
