"""Read the configuration of a recorded run, including keys that have been renamed or removed."""

from collections.abc import Mapping, Sequence
from typing import Any

from spcl.config.text import copied
from spcl.config.tree import Config, make_config
from spcl.errors import UserError

_SECTIONS = {"optimiser": "optimizer", "normalisation": "normalization"}
_KEYS = {("prototypes", "normalise"): "normalize"}
_VALUES = {
    ("contrast", "source_pixels", "labelled"): "labeled",
    ("select", "by", "information_maximisation"): "information_maximization",
}
_REMOVED = {("data", "seed"): 0}
"""Keys that no longer exist, with their default; any other value is still an error."""

_OF_OTHER_PROGRAMS = {"settings", "predictions"}
"""The keys of what `spcl.recorder` and `record` keep of a training that is not ours."""


def recorded_config(raw: Mapping[str, Any], overrides: Sequence[str] = (), *, where: str) -> Config:
    """Build the tree from the `config` of a `run.json`, with the keys of 2026-11 and before.

    Raises:
        UserError: some key is wrong, or the run was recorded by another program than this one.
    """
    if raw and set(raw) <= _OF_OTHER_PROGRAMS:
        raise UserError(
            f"{where} was recorded by another program, so it holds no settings to train or score "
            "with here; look at it in the dashboard, or resume it where it was made"
        )
    return make_config(_updated(raw), overrides, where=where)


def _updated(raw: Mapping[str, Any]) -> dict[str, Any]:
    tree = copied({_SECTIONS.get(name, name): value for name, value in raw.items()})
    for (section, old), new in _KEYS.items():
        if old in tree.get(section, {}):
            tree[section][new] = tree[section].pop(old)
    for (section, key, old), new in _VALUES.items():
        if tree.get(section, {}).get(key) == old:
            tree[section][key] = new
    for (section, key), default in _REMOVED.items():
        if tree.get(section, {}).get(key) == default:
            del tree[section][key]
    return tree
