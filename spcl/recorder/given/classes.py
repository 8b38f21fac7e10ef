"""The classes as a person names them: a list of names, names with colors, or a classes.json."""

import colorsys
from collections.abc import Mapping, Sequence
from pathlib import Path

from spcl.errors import UserError
from spcl.label_space import LabelSpace, load_label_space, require_sound
from spcl.store.classes import IGNORE_INDEX

Color = tuple[int, int, int]
Classes = LabelSpace | Path | str | Mapping[str, Color] | Sequence[str]

_GOLDEN = 0.618034
"""Share of the circle of hues from one class to the next: neighbours never look alike."""


def label_space_of(
    classes: Classes, *, ignore: int | None = None, domains: Sequence[str] | None = None
) -> LabelSpace:
    """Return the label space (UserError: names twice, no colors, no such file).

    Args:
        classes: names in the order of their ids; a mapping from name to (r, g, b); the path of a
            classes.json; or a label space.
        ignore: id of unlabelled pixels in the labels, negative ones included.
        domains: what source and target are called.
    """
    if isinstance(classes, LabelSpace):
        raw = classes.to_json()
    elif isinstance(classes, str | Path):
        raw = load_label_space(Path(classes)).to_json()
    else:
        raw = _named(classes)
    if domains is not None:
        if isinstance(domains, str) or len(domains) != 2:
            raise UserError(f'domains is {domains!r}; give two names, such as ("day", "dusk")')
        raw = {**raw, "domains": dict(zip(("source", "target"), domains, strict=True))}
    try:
        require_sound(raw)
    except ValueError as error:
        raise UserError(f"classes: {error}") from None
    space = LabelSpace.from_json(raw)
    if ignore is None:
        return space
    if isinstance(ignore, bool) or not isinstance(ignore, int) or 0 <= ignore < len(space):
        raise UserError(f"ignore is {ignore!r}; use a whole number that is no class, such as 255")
    return LabelSpace(space.classes, ignore, space.domain_names)


def _named(classes: Mapping[str, Color] | Sequence[str]) -> dict[str, object]:
    names = [str(name) for name in classes]
    colors = list(classes.values()) if isinstance(classes, Mapping) else _colors(len(names))
    entries = [
        {"id": index, "name": name, "color": list(color)}
        for index, (name, color) in enumerate(zip(names, colors, strict=True))
    ]
    return {"ignore": IGNORE_INDEX, "classes": entries, "domains": {}}


def _colors(count: int) -> list[Color]:
    """Return as many colors that differ: hues around the circle, light and dark in turn."""
    found: list[Color] = []
    for index in range(count):
        hue, light = index * _GOLDEN % 1, (0.45, 0.62, 0.32)[index % 3]
        red, green, blue = colorsys.hls_to_rgb(hue, light, 0.65)
        color = (round(255 * red), round(255 * green), round(255 * blue))
        while color in found:
            color = (color[0], color[1], (color[2] + 1) % 256)
        found.append(color)
    return found
