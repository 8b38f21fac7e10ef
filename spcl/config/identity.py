"""What of a configuration changes weights, told apart from names, places and what is recorded.

Runs whose tables are equal end with the same weights but for rounding, wherever their data lie,
with however many threads or on which device they were trained, and whatever was observed of them.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from spcl.config.sections.losses import ContrastConfig
from spcl.config.tree import Config, plain

_NO_WEIGHTS = frozenset(
    ("title", "threads", "device", "preset", "record", "events", "checkpoint", "evaluate", "select")
)
_PLACES = {
    "data": ("root", "source_root", "target_root", "cache_mb", "workers", "license"),
    "warmup": ("start",),
}
"""Keys that say where something lies or how fast it is read. `warmup.start` is one of them: a
warm-up is taken over only where all that shaped it is the same."""
_SHAPES_WARMUP = (
    *("seed", "data", "model", "warmup", "segmentation", "prototypes", "optimizer", "labels"),
    "contrast",
)


def contrasts(settings: ContrastConfig, *, warming_up: bool) -> bool:
    """Return whether the contrast has any weight in the warm-up, or after it."""
    if warming_up and settings.start != "warmup":
        return False
    ratio = settings.warmup_ratio if warming_up else settings.adapt_ratio
    return ratio > 0 if settings.weight == "ratio" else settings.weight > 0


def what_trains(config: Config) -> dict[str, Any]:
    """Return the settings that change the weights at the end of a run."""
    in_adaptation = config.adapt.arm == "spcl" and contrasts(config.contrast, warming_up=False)
    return _tables(config, in_adaptation=in_adaptation)


def what_warms_up(config: Config) -> dict[str, Any]:
    """Return the settings that change a run's state at the end of its warm-up, by section.

    Labels and the choice of source pixels are among them without any contrast, too: the prototypes
    are pooled by them.
    """
    tables = _tables(config, in_adaptation=False)
    return {name: tables[name] for name in _SHAPES_WARMUP}


def identity(settings: Mapping[str, Any], files: str) -> str:
    """Return 16 hexadecimal digits that name settings together with the files they were used on.

    Args:
        settings: as `what_trains` or `what_warms_up` returns them.
        files: the digest of the names and sizes of the files.
    """
    text = json.dumps({"settings": settings, "files": files}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _tables(config: Config, *, in_adaptation: bool) -> dict[str, Any]:
    tables = {
        name: {key: part for key, part in value.items() if key not in _PLACES.get(name, ())}
        if isinstance(value, dict)
        else value
        for name, value in plain(config).items()
        if name not in _NO_WEIGHTS
    }
    if config.prototypes.kind != "bank":
        del tables["prototypes"]["bank_size"]
    in_warmup = contrasts(config.contrast, warming_up=True)
    used = _used_by_contrast(config.contrast, in_warmup=in_warmup, in_adaptation=in_adaptation)
    tables["contrast"] = {key: tables["contrast"][key] for key in used}
    return tables


def _used_by_contrast(
    settings: ContrastConfig, *, in_warmup: bool, in_adaptation: bool
) -> list[str]:
    keys = ["source_pixels"]
    if in_warmup or in_adaptation:
        keys += ["temperature", "weight", "balance", "hard_negatives", "ratio_every"]
    if in_warmup:
        keys += ["start", "warmup_ratio"]
    if in_adaptation:
        keys += ["adapt_ratio", "domains", "target_pixels"]
    if settings.schedule != "constant" and len(keys) > 1:
        keys += ["schedule", "schedule_share"]
    return keys
