"""The classes of a data set: how to read `classes.json`, and the id of unlabelled pixels."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spcl.errors import UserError
from spcl.store.classes import IGNORE_INDEX, ClassInfo, LabelSpace

__all__ = ["IGNORE_INDEX", "ClassInfo", "LabelSpace", "load_label_space", "require_sound"]

MAX_CLASSES = 255


def load_label_space(path: Path) -> LabelSpace:
    """Read a `classes.json`: class names and colours, the ignored id, and the domains' names.

    Raises:
        UserError: it cannot be read, or an entry, which is named, cannot be used.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise UserError(f"{path} does not exist; a data root needs a classes.json") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}); make it readable") from None
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise UserError(f"{path} is not valid JSON ({error}); correct it there") from None
    try:
        require_sound(raw)
    except ValueError as error:
        raise UserError(f"{path}: {error}") from None
    return LabelSpace.from_json(raw)


def require_sound(raw: Any) -> None:
    """Require the content of a `classes.json` to be one that can be trained on (ValueError)."""
    if not isinstance(raw, dict) or not isinstance(raw.get("classes"), list):
        raise ValueError('"classes" is not a list; give {"ignore": 255, "classes": [...]}')
    classes = raw["classes"]
    for place, entry in enumerate(classes):
        _require_entry(entry, f"classes[{place}]")
    _require_ids([entry["id"] for entry in classes])
    _require_ignore(raw.get("ignore", IGNORE_INDEX), len(classes))
    for key, shown in (("name", "name"), ("display", "display name"), ("color", "color")):
        _require_distinct(classes, key, shown)
    _require_distinct(classes, "safe_color", "safe_color")
    domains = raw.get("domains", {})
    if not isinstance(domains, dict) or not all(_is_text(name) for name in domains.values()):
        raise ValueError('"domains" is not an object of texts; give {"source": "day", ...}')


def _require_entry(entry: Any, where: str) -> None:
    if not isinstance(entry, dict):
        raise ValueError(f"{where} is {_told(entry)}; each class is an object with id, name, color")
    missing = [key for key in ("id", "name", "color") if key not in entry]
    if missing:
        raise ValueError(
            f"{where} has no {missing[0]}; each class needs an id, a name and a color [r, g, b]"
        )
    if not _is_int(entry["id"]):
        raise ValueError(f"{where} has the id {_told(entry['id'])}; use a whole number")
    if not _is_text(entry["name"]):
        raise ValueError(f"{where} has the name {_told(entry['name'])}; use a text of one line")
    named = f'{where}, "{entry["name"]}",'
    for key in ("display", "group"):
        if entry.get(key) is not None and not _is_text(entry[key]):
            raise ValueError(f"{named} has the {key} {_told(entry[key])}; use a text of one line")
    for key in ("color", "safe_color"):
        if key == "color" or entry.get(key) is not None:
            _require_color(entry[key], f"{named} has the {key}")


def _require_color(color: Any, where: str) -> None:
    is_color = isinstance(color, list | tuple) and len(color) == 3
    if not is_color or not all(_is_int(part) and 0 <= part <= 255 for part in color):
        fractions = is_color and all(isinstance(v, int | float) and 0 <= v <= 1 for v in color)
        hint = " (multiply fractions by 255)" if fractions else ""
        raise ValueError(f"{where} {_told(color)}; use three whole numbers from 0 to 255{hint}")


def _require_ids(ids: list[int]) -> None:
    if len(ids) > MAX_CLASSES:
        raise ValueError(
            f"there are {len(ids)} classes; use at most {MAX_CLASSES}, because ids are 8 bits and "
            f"{IGNORE_INDEX} means unlabelled"
        )
    if len(ids) < 2:
        raise ValueError(
            f"there {'is 1 class' if ids else 'are no classes'}; use at least 2, for example one "
            "more for everything else"
        )
    wrong = sorted(set(ids) ^ set(range(len(ids)))) or [i for i in set(ids) if ids.count(i) > 1]
    if wrong:
        told = ", ".join(map(str, ids[:12])) + (", ..." if len(ids) > 12 else "")
        raise ValueError(
            f"class ids are {told}; they must be 0 to {len(ids) - 1} without gaps, each once, so "
            "number the classes anew, here and in the labels"
        )


def _require_ignore(ignore: Any, num_classes: int) -> None:
    if not _is_int(ignore) or not 0 <= ignore <= 255:
        raise ValueError(f'"ignore" is {_told(ignore)}; use a whole number from 0 to 255')
    if ignore < num_classes:
        raise ValueError(
            f'"ignore" is {ignore}, which is the id of a class; use a number from {num_classes} '
            "to 255, as the labels have it"
        )


def _require_distinct(classes: list[dict[str, Any]], key: str, shown: str) -> None:
    seen: dict[Any, int] = {}
    for place, entry in enumerate(classes):
        value = ClassInfo.from_json(entry).to_json().get(key)
        if value is None:
            continue
        same = tuple(value) if isinstance(value, list) else value
        if same in seen:
            raise ValueError(
                f"classes[{place}], id {entry['id']}, has the {shown} {_told(value)} of "
                f"classes[{seen[same]}], too; give each class its own"
            )
        seen[same] = place


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    """Return whether `value` is a text that can be printed on a line and written as UTF-8."""
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def _told(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


def require_sound_space(space: LabelSpace) -> None:
    """Require classes that a program made itself to be ones that can be recorded (UserError)."""
    raw: Mapping[str, Any] = space.to_json()
    try:
        require_sound(raw)
    except ValueError as error:
        raise UserError(f"label_space: {error}") from None
