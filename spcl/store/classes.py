"""The classes of a run: ids, names and colors, as they stand in `classes.json` and `run.json`.

Standard library only, as everything that says what a run holds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

IGNORE_INDEX = 255
"""The id of pixels without a label."""


@dataclass(frozen=True)
class ClassInfo:
    """One class: its id, names and colours (0..255 each)."""

    id: int
    name: str
    color: tuple[int, int, int]
    display: str
    safe_color: tuple[int, int, int] | None = None
    group: str | None = None

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "ClassInfo":
        """Read one entry of `classes`; `display` defaults to the name in plain writing."""
        name = str(raw["name"])
        safe = raw.get("safe_color")
        return cls(
            id=int(raw["id"]),
            name=name,
            color=_color(raw["color"]),
            display=str(raw.get("display") or name.replace("_", " ").capitalize()),
            safe_color=_color(safe) if safe is not None else None,
            group=raw.get("group"),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the entry as it stands in `classes.json` and `run.json`."""
        entry: dict[str, Any] = {"id": self.id, "name": self.name, "color": list(self.color)}
        entry["display"] = self.display
        if self.safe_color is not None:
            entry["safe_color"] = list(self.safe_color)
        if self.group is not None:
            entry["group"] = self.group
        return entry


def _color(value: Any) -> tuple[int, int, int]:
    red, green, blue = (int(part) for part in value)
    if not all(0 <= part <= 255 for part in (red, green, blue)):
        raise ValueError(f"color {list(value)} is not three numbers in 0..255")
    return red, green, blue


@dataclass(frozen=True)
class LabelSpace:
    """A class set, ids 0..K-1 in order, and what the two domains are called."""

    classes: tuple[ClassInfo, ...]
    ignore: int = IGNORE_INDEX
    domain_names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "LabelSpace":
        """Read the whole of a `classes.json`; ids must be 0..K-1."""
        classes = tuple(
            sorted((ClassInfo.from_json(entry) for entry in raw["classes"]), key=lambda c: c.id)
        )
        ids = [info.id for info in classes]
        if not classes or ids != list(range(len(ids))):
            raise ValueError(f"class ids are {ids}, they must be 0 to K-1 without gaps")
        domains = {key: str(value) for key, value in raw.get("domains", {}).items()}
        return cls(_apart(classes), int(raw.get("ignore", IGNORE_INDEX)), domains)

    def to_json(self) -> dict[str, Any]:
        """Return the `classes.json` shape."""
        return {
            "ignore": self.ignore,
            "classes": [info.to_json() for info in self.classes],
            "domains": dict(self.domain_names),
        }

    @property
    def names(self) -> tuple[str, ...]:
        """Return the class names in id order."""
        return tuple(info.name for info in self.classes)

    def __len__(self) -> int:
        return len(self.classes)

    def __iter__(self) -> Iterator[ClassInfo]:
        return iter(self.classes)


def _apart(classes: tuple[ClassInfo, ...]) -> tuple[ClassInfo, ...]:
    """Return classes whose names differ; older runs could be recorded with a name twice."""
    names = [info.name for info in classes]
    return tuple(
        replace(info, name=f"{info.name} (id {info.id})", display=f"{info.display} (id {info.id})")
        if names.count(info.name) > 1
        else info
        for info in classes
    )
