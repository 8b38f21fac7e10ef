"""Parse KEY=VALUE overrides, and describe a wrong setting in one sentence."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin

import pydantic.dataclasses
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from spcl.errors import UserError, suggestion

Model = type[BaseModel]


def fields_of(section: Any) -> dict[str, FieldInfo]:
    """Return the settings of a section, a model or a standard dataclass; empty for a value."""
    if isinstance(section, type) and issubclass(section, BaseModel):
        return section.model_fields
    if not (isinstance(section, type) and is_dataclass(section)):
        return {}
    return _fields_of_dataclass(section)


@cache
def _fields_of_dataclass(section: type[Any]) -> dict[str, FieldInfo]:
    """Return its settings, found once: that takes milliseconds and is asked for every override."""
    return pydantic.dataclasses.dataclass(frozen=True)(section).__pydantic_fields__


def keys_of(model: Any, prefix: str = "") -> list[str]:
    """Return every key of a model in dotted form."""
    keys: list[str] = []
    for name, field in fields_of(model).items():
        kind = field.annotation
        if fields_of(kind):
            keys += keys_of(kind, f"{prefix}{name}.")
        else:
            keys.append(f"{prefix}{name}")
    return keys


def copied(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mutable copy of nested tables."""
    return {k: copied(v) if isinstance(v, Mapping) else v for k, v in raw.items()}


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return two nested tables merged key by key; values of `above` win."""
    result = copied(below)
    for key, value in above.items():
        both = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = merged(result[key], value) if both else value
    return result


def apply_override(raw: dict[str, Any], override: str, model: Model) -> None:
    """Apply one `KEY=VALUE` to nested tables (UserError: unknown key, no `=`)."""
    key, separator, text = override.partition("=")
    if not separator or not key:
        raise UserError(f'"{override}" is not an override; write KEY=VALUE, for example seed=1')
    if key not in keys_of(model):
        hint = suggestion(key, keys_of(model)) or "; see the list in docs/method.md"
        raise UserError(f'"{key}" is not a key{hint}')
    *sections, name = key.split(".")
    for section in sections:
        raw = raw.setdefault(section, {})
        if not isinstance(raw, dict):
            raise UserError(f"{section} is {raw!r} in the configuration; make it a table")
    raw[name] = _value(text)


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


@dataclass(frozen=True)
class Told:
    """What a text may be, in words; stands in the annotation of its key."""

    words: str


_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")
"""What pydantic calls a key that a model, or a dataclass, does not have."""


def sentence(error: Any, model: Model) -> str:
    """Describe a validation error: the key, its value, and what is allowed."""
    location = [str(name) for name in error["loc"] if not _is_union_tag(str(name))]
    key = ".".join(location)
    if error["type"] in _UNKNOWN:
        hint = (
            suggestion(key, [*model.model_fields, *keys_of(model)])
            or "; remove it, or see the list in docs/method.md"
        )
        return f'"{key}" is not a key{hint}'
    names = [name for name in location if not name.isdigit()]
    return f"{'.'.join(names)} is {error['input']!r}; use {_allowed(names, model)}"


def _is_union_tag(name: str) -> bool:
    return name.startswith(("constrained-", "literal[", "function-")) or name in ("float", "int")


def _allowed(names: Sequence[str], model: Any) -> str:
    *sections, key = names
    for section in sections:
        model = fields_of(model)[section].annotation
    if key not in fields_of(model):
        return "a table of settings"
    field = fields_of(model)[key]
    return _describe(field.annotation, field.metadata)


def _describe(kind: Any, metadata: Sequence[Any]) -> str:
    if fields_of(kind) or get_origin(kind) is dict:
        return "a table of settings"
    if hasattr(kind, "__metadata__"):
        return _describe(kind.__origin__, kind.__metadata__)
    if "Literal" in str(kind).split("[")[0]:
        return " or ".join(json.dumps(value) for value in get_args(kind))
    if "tuple" in str(kind).split("[")[0]:
        each = _describe(get_args(kind)[0], ())
        if Ellipsis in get_args(kind):
            return f"a list of at least one, each {each}"
        is_size = each.startswith("a whole number")
        return (
            "two whole numbers, [height, width]" if is_size else f"[smallest, largest], each {each}"
        )
    members = [member for member in get_args(kind) if member is not type(None)]
    if members:
        return " or ".join(_describe(member, ()) for member in members)
    told = next((one.words for one in metadata if isinstance(one, Told)), None)
    if told is not None:
        return told
    names = {int: "a whole number", float: "a number", bool: "true or false", Path: "a path"}
    return names.get(kind, "text") + _range(metadata)


def _range(metadata: Sequence[Any]) -> str:
    limits = []
    for constraint in _flatten(metadata):
        for name, words in (
            ("ge", "at least"),
            ("gt", "above"),
            ("le", "at most"),
            ("lt", "below"),
        ):
            value = getattr(constraint, name, None)
            if value is not None:
                limits.append(f"{words} {value}")
    return f" {' and '.join(limits)}" if limits else ""


def _flatten(metadata: Sequence[Any]) -> list[Any]:
    flat: list[Any] = []
    for item in metadata:
        flat += _flatten(item.metadata) if hasattr(item, "metadata") else [item]
    return flat
