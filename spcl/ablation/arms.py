"""The arms of a comparison: what each is, and the settings in which it differs from the method.

All arms of a seed have the same data order, optimizer, sampling and number of updates. An arm
without contrast has none in its warm-up either, so that none inherits what another has learnt.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from spcl.ablation.parts import NO_CONTRAST, PARTS
from spcl.config import Config, known_keys, make_config, plain
from spcl.config.presets import RELEASED_METHOD, Table
from spcl.config.text import merged
from spcl.errors import UserError, suggestion


@dataclass(frozen=True)
class Arm:
    """One variant of a comparison.

    Attributes:
        name: what it is called in tables and on the command line.
        what: what was done, in words that stand behind "is", without a full stop.
        overrides: the settings in which its run differs from the method.
        words: the same as `KEY=VALUE`, applied after `overrides`.
        read_from: the arm off whose run it is read, where it has none of its own.
        is_on_source: whether it is read with the source's batch-norm statistics where it can be.
    """

    name: str
    what: str
    overrides: Table = field(default_factory=dict)
    words: tuple[str, ...] = ()
    read_from: str | None = None
    is_on_source: bool = False

    @property
    def of_run(self) -> str:
        """Return the arm whose run it is read off: itself, or another."""
        return self.read_from or self.name

    @property
    def is_switch(self) -> bool:
        """Return whether it is the method with other values, and no simpler way or bound."""
        return bool(self.words) or self.name.startswith("minus ")

    @property
    def slug(self) -> str:
        """Return its name as part of a folder's."""
        return re.sub(r"[^A-Za-z0-9.]+", "-", self.name).strip("-.")[:60]


def _supervised(arm: str, style: str = "none") -> Table:
    # target_statistics: so that source-only is scored with both, and AdaBN can be read off it
    return {
        "adapt": {"arm": arm, "style": style},
        "normalization": {"target_statistics": True},
        **NO_CONTRAST,
    }


_BUILT_IN = (
    Arm("before", "the model at the end of its warm-up", read_from="spcl"),
    Arm(
        "source_only",
        "trained as long, on labelled source images alone",
        _supervised("source_only"),
        is_on_source=True,
    ),
    Arm(
        "adabn",
        "source-only with batch-norm statistics of the target, not trained on it",
        read_from="source_only",
    ),
    Arm(
        "fda",
        "source-only on images with the low frequencies of unlabelled target images (FDA)",
        _supervised("source_only", "fourier"),
        is_on_source=True,
    ),
    Arm(
        "fda_adabn",
        "FDA with batch-norm statistics of the target, not trained on it",
        read_from="fda",
    ),
    Arm(
        "color_transfer",
        "source-only on images with the colours of unlabelled target images",
        _supervised("source_only", "color"),
        is_on_source=True,
    ),
    Arm(
        "color_transfer_adabn",
        "colour transfer with batch-norm statistics of the target, not trained on it",
        read_from="color_transfer",
    ),
    Arm("self_training", "the same method without any contrast", NO_CONTRAST),
    Arm("released", "the method as its released code has it", RELEASED_METHOD),
    Arm("spcl", "the method itself"),
    Arm("oracle", "trained on target labels, which the others never see", _supervised("oracle")),
    Arm("oracle_joint", "trained on the labels of both domains", _supervised("oracle_joint")),
)
_BY_NAME = {arm.name: arm for arm in _BUILT_IN}
ARMS = tuple(_BY_NAME)
_STYLES = ("fda", "fda_adabn", "color_transfer", "color_transfer_adabn")
COMMON = tuple(name for name in ARMS if name not in _STYLES)
"""The arms that are compared where none are named."""
METHOD = "spcl"
ORACLES = ("oracle", "oracle_joint")


def built_in(name: str) -> Arm:
    """Return one of `ARMS`."""
    return _BY_NAME[name]


def parse_arms(text: str) -> list[Arm]:
    """Return the arms named in `a,b,c` in the order of every table (UserError: unknown, none)."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise UserError(f"--arms names no arm; use some of {', '.join(ARMS)}, or leave it away")
    for name in names:
        if name not in ARMS:
            hint = suggestion(name, ARMS) or f"; use some of {', '.join(ARMS)}"
            raise UserError(f'"{name}" is not an arm{hint}')
        if names.count(name) > 1:
            raise UserError(f"--arms names {name} twice; name each arm once")
    return [arm for arm in _BUILT_IN if arm.name in names]


def minus(part: str) -> Arm:
    """Return the method without one of its `PARTS` (UserError: unknown)."""
    if part not in PARTS:
        hint = suggestion(part, PARTS) or f"; use one of {', '.join(PARTS)}"
        raise UserError(f'"{part}" is not a part of the method{hint}')
    what, overrides = PARTS[part]
    return Arm(f"minus {part}", f"the method, but {what}", overrides)


def switched(text: str) -> list[Arm]:
    """Return an arm for each value of `KEY=VALUE[,VALUE...]` (UserError: no such key, no value).

    A comma within brackets, braces or quotes belongs to a value.
    """
    key, separator, values = text.partition("=")
    key = key.strip()
    if not separator or key not in known_keys():
        hint = suggestion(key, known_keys()) or "; see the list in docs/method.md"
        raise UserError(f'--set "{text}": "{key}" is not a key{hint}')
    instead = _NOT_SWITCHES.get(key) or _NOT_SWITCHES.get(key.partition(".")[0])
    if instead:
        raise UserError(f"--set {key} makes no arm: {instead}")
    found = [value.strip() for value in split_values(values)]
    if not all(found):
        raise UserError(f'--set "{text}" lacks a value; write {key}=VALUE,VALUE')
    return [Arm(f"{key}={one}", f"the method with {key}={one}", words=(f"{key}={one}",))
            for one in dict.fromkeys(found)]  # fmt: skip


_ONE_PAIR = "all arms are scored on one pair; name another as KEY=VALUE behind the configuration"
_NO_WEIGHTS = "it changes no weights; give it as KEY=VALUE behind the configuration"
_NOT_SWITCHES = {
    "seed": "give seeds with --seeds",
    "adapt.arm": "name arms with --arms",
    "preset": "compare with the arm released",
    "warmup.start": "a warm-up is taken over by itself where all that shaped it is the same",
    **dict.fromkeys(("data.kind", "data.root", "data.source", "data.target"), _ONE_PAIR),
    "data.target_look": _ONE_PAIR,
    **dict.fromkeys(("data.source_root", "data.target_root", "data.classes"), _ONE_PAIR),
    **dict.fromkeys(("data.license", "data.cache_mb", "data.workers"), _NO_WEIGHTS),
    **dict.fromkeys(("title", "threads", "device"), _NO_WEIGHTS),
    **dict.fromkeys(("record", "checkpoint", "events", "evaluate", "select"), _NO_WEIGHTS),
}
"""Keys and sections that are no switch, and what to do instead."""


def split_values(text: str) -> list[str]:
    """Split at commas, but not within brackets, braces or quotes: `1,[2,3]` has two values."""
    values, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        depth += (letter in "[{") - (letter in "]}") if not quote else 0
        if letter == "," and not depth and not quote:
            values.append("")
        else:
            values[-1] += letter
    return values


def runs_needed(arms: Sequence[Arm]) -> list[Arm]:
    """Return the arms whose runs must exist to score `arms`; oracles, that see more files, last."""
    named = {arm.name: arm for arm in arms}
    needed = dict.fromkeys(arm.of_run for arm in arms)
    found = [named.get(name) or built_in(name) for name in needed]
    first = [METHOD, *(name for name in needed if name not in (METHOD, *ORACLES)), *ORACLES]
    return sorted(found, key=lambda arm: first.index(arm.name))


def arm_config(config: Config, arm: Arm, *, seed: int) -> Config:
    """Return the configuration of an arm's run, with a warm-up of its own."""
    raw = merged(plain(config), arm.overrides)
    raw |= {"seed": seed, "title": f"{config.shown_title or 'run'}: {arm.name}, seed {seed}"}
    if arm.name == "released":  # its stage of self-training is part of the same total
        updates = config.total_steps - config.warmup.steps
        raw["adapt"]["steps"], raw["selftrain"]["steps"] = updates - updates // 2, updates // 2
    raw["warmup"]["start"] = None
    return make_config(raw, arm.words, where=f"the arm {arm.name}")
