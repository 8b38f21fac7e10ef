"""What two runs were told to do: whether only chance tells them apart, else what differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spcl.store.schema import RunInfo

_NO_SETTING = ("seed", "title", "threads", "record", "events", "checkpoint")
_PARTS_NO_SETTING = {"warmup": "start", "data": "license", "evaluate": "every"}
"""What trainings alike may differ in: whole sections, and single keys of sections."""


@dataclass(frozen=True)
class Difference:
    """A setting that is not the same in all of some runs.

    Attributes:
        key: its dotted name, e.g. "contrast.weight".
        values: of each run, as text; None where a run does not record it.
        changes_training: whether it can change what is learnt.
        defaults: of each run, whether the value is the default of the program that recorded it;
            None where that is not known.
    """

    key: str
    values: tuple[str | None, ...]
    changes_training: bool
    defaults: tuple[bool | None, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the values as a table shows them: with what is a default, or not recorded."""
        return tuple(
            "not recorded" if value is None else f"{value} (default)" if default else value
            for value, default in zip(self.values, self.defaults, strict=True)
        )


def settings_of(info: RunInfo) -> tuple[object, ...]:
    """Return what trainings alike agree in: everything but seed, title and what is recorded."""
    config = {
        name: _without(_PARTS_NO_SETTING.get(name), section)
        for name, section in info.config.items()
        if name not in _NO_SETTING
    }
    names = (info.data or {}).get("names_and_sizes")
    return config, names, info.label_space.names, info.stages


def differences(infos: Sequence[RunInfo]) -> list[Difference]:
    """Return the settings in which runs differ: those that change training first.

    Among them those that all runs record come first, and last those that one does not and that are
    as by default in the others, as where a key is younger than a run.
    """
    flat = [flat_settings(info.config) for info in infos]
    keys = dict.fromkeys(key for one in flat for key in one)
    found = []
    for key in keys:
        values = tuple(_text(one[key]) if key in one else None for one in flat)
        if len(set(values)) > 1 and key != "title":
            defaults = tuple(
                _is_default(key, info) if key in one else None
                for one, info in zip(flat, infos, strict=True)
            )
            found.append(Difference(key, values, _changes_training(key), defaults))
    data = [str((info.data or {}).get("names_and_sizes", "")) for info in infos]
    if len(set(data)) > 1 and all(data):
        digests = tuple(f"digest {one[:8]}" for one in data)
        unknown = (None,) * len(digests)
        found.append(Difference("files of the data", digests, True, unknown))
    return sorted(found, key=_rank)


def _rank(one: Difference) -> tuple[bool, bool, bool]:
    is_missing = None in one.values
    told = [d for v, d in zip(one.values, one.defaults, strict=True) if v is not None]
    return not one.changes_training, is_missing and all(told), is_missing


def flat_settings(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return dotted keys and their values."""
    found: dict[str, Any] = {}
    for name, value in config.items():
        if isinstance(value, Mapping):
            found |= flat_settings(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = value
    return found


def _is_default(key: str, info: RunInfo) -> bool | None:
    return None if info.not_default is None else key not in info.not_default


def _changes_training(key: str) -> bool:
    section, _, part = key.partition(".")
    is_setting = section == "seed" or section not in _NO_SETTING
    return is_setting and _PARTS_NO_SETTING.get(section) != part


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_text, value))}]"
    return "none" if value is None else str(value)


def _without(key: str | None, section: Any) -> Any:
    return {k: v for k, v in section.items() if k != key} if isinstance(section, dict) else section
