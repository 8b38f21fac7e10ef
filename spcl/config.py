"""Everything that can be set, in one frozen tree; TOML first, then KEY=VALUE, unknown keys refused.

Each field's help is its description; `docs/method.md` says which equation it belongs to.
"""

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from spcl.errors import UserError, suggestion

Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Size = Annotated[tuple[Positive, Positive], Field(strict=False)]
Arm = Literal["spcl", "source_only", "oracle"]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class DataConfig(_Section):
    """Which pair of domains, and how its images reach the model."""

    kind: Literal["streets", "folder"] = Field("streets", description="drawn pair, or a folder")
    root: Annotated[Path, Field(strict=False)] | None = Field(
        None, description="folder with {source,target}/{train,val}/{images,labels}, classes.json"
    )
    seed: Count = Field(0, description="seed of the drawn pair")
    size: Size = Field((128, 256), description="model input, height and width in pixels")
    crop_scale: Annotated[float, Field(ge=1, le=4)] = Field(
        1.8, description="largest magnification of a training crop"
    )
    jitter: Share = Field(0.6, description="colour jitter of clean training images")
    sampling: Literal["uniform", "rare_class"] = Field(
        "rare_class", description="source images drawn uniformly, or by rare class half the time"
    )
    cache_mb: Count = Field(600, description="decoded training images kept in memory, in MB")


class ModelConfig(_Section):
    """The segmentation model."""

    backbone: str = Field("tiny", description="tiny or lite0")
    weights: str = Field("default", description="default, none, or a path to backbone weights")


class OptimiserConfig(_Section):
    """AdamW, two groups of parameters."""

    weight_decay: Annotated[float, Field(ge=0)] = Field(0.01, description="decoupled decay")
    clip: Annotated[float, Field(gt=0)] = Field(10.0, description="largest gradient norm")
    ramp_steps: Count = Field(20, description="updates over which the learning rate rises")


class WarmupConfig(_Section):
    """Training on the labelled source alone."""

    steps: Positive = Field(240, description="updates on source before adaptation")
    batch: Positive = Field(8, description="source images an update")
    body_lr: Annotated[float, Field(gt=0)] = Field(2e-3, description="learning rate of the body")
    head_lr: Annotated[float, Field(gt=0)] = Field(4e-3, description="learning rate of the head")
    start: Annotated[Path, Field(strict=False)] | None = Field(
        None, description="run whose finished warm-up is continued instead of a new one"
    )


class AdaptConfig(_Section):
    """Training on labelled source and unlabelled target."""

    arm: Arm = Field("spcl", description="what the updates after the warm-up learn from")
    steps: Count = Field(240, description="updates of the adaptation")
    source_batch: Positive = Field(8, description="source images an update")
    target_batch: Positive = Field(8, description="target images an update")
    body_lr: Annotated[float, Field(gt=0)] = Field(1.5e-3, description="learning rate of the body")
    head_lr: Annotated[float, Field(gt=0)] = Field(3e-3, description="learning rate of the head")
    final_lr: Share = Field(0.1, description="share of the learning rate left at the end")
    jitter: Share = Field(0.6, description="strong colour jitter on the student's mixed images")
    blur: Share = Field(0.5, description="chance that a mixed image is blurred")
    target_weight: Annotated[float, Field(ge=0)] = Field(
        0.4, description="weight of the cross-entropy on mixed images"
    )


class TeacherConfig(_Section):
    """The moving average that labels the target and is observed."""

    momentum: Annotated[float, Field(ge=0, lt=1)] = Field(0.98, description="old share kept")


class PrototypesConfig(_Section):
    """Running class centres on the unit sphere."""

    momentum: Annotated[float, Field(ge=0, lt=1)] = Field(0.99, description="old share kept")
    absent: Literal["keep", "decay"] = Field("keep", description="what an absent class does")
    normalise: bool = Field(True, description="keep prototypes at unit length")
    min_pixels: Positive = Field(16, description="fewest feature cells that count as an update")
    features: Literal["teacher", "student"] = Field(
        "teacher", description="whose features are averaged in the adaptation"
    )


class ContrastConfig(_Section):
    """Cross-entropy over cosines to the prototypes."""

    temperature: Annotated[float, Field(gt=0)] = Field(0.1, description="divides cosines")
    weight: Annotated[float, Field(ge=0)] | Literal["ratio"] = Field(
        "ratio", description="fixed weight (0 is off), or set through the gradient ratios below"
    )
    balance: Literal["class", "pixel"] = Field("class", description="mean over classes or pixels")
    start: Literal["warmup", "adapt"] = Field("warmup", description="stage it begins in")
    warmup_ratio: Annotated[float, Field(ge=0)] = Field(
        0.5, description="gradient norm at the features against cross-entropy's, warm-up"
    )
    adapt_ratio: Annotated[float, Field(ge=0)] = Field(0.2, description="the same, adaptation")
    ratio_every: Positive = Field(8, description="updates between two measurements of the ratio")


class LabelsConfig(_Section):
    """Labels brought to the feature grid for prototypes and contrast."""

    downsample: Literal["share", "majority", "nearest"] = Field(
        "share", description="soft majority, majority of at least half a cell, or nearest pixel"
    )


class SegmentationConfig(_Section):
    """Cross-entropy of the classifier."""

    logit_scale: Annotated[float, Field(gt=0)] = Field(1.0, description="divides the logits")
    class_weights: Annotated[float, Field(ge=-1, le=0)] = Field(
        -0.25, description="exponent of the source frequency; 0 is unweighted"
    )


class PseudoLabelsConfig(_Section):
    """Which target pixels the student learns from."""

    quantile: Share = Field(0.5, description="threshold of a class: quantile of its confidence")
    cap: Share = Field(0.9, description="highest threshold")
    decay: Annotated[float, Field(ge=0, lt=1)] = Field(0.95, description="histogram share kept")


class NormalisationConfig(_Section):
    """Batch-norm statistics of the two domains."""

    target_statistics: bool = Field(True, description="re-estimate on unlabelled target frames")
    max_images: Positive = Field(200, description="target frames used for it")
    refresh_every: Positive = Field(
        20, description="updates after which the labelling teacher's statistics are renewed"
    )


class RecordConfig(_Section):
    """What is written for the eyes."""

    every: Positive = Field(40, description="updates between two snapshots")
    probe_images: Positive = Field(60, description="most probe images a domain")
    probe_pixels: Positive = Field(4000, description="probe pixels in all, at least")
    pixels_per_class: Positive = Field(150, description="probe pixels a class and domain")


class CheckpointConfig(_Section):
    """What is written for resuming."""

    every: Positive = Field(100, description="updates between two checkpoints")


class Config(_Section):
    """All settings of one run."""

    seed: Count = Field(0, description="seed of weights, sampling and augmentation")
    threads: Count = Field(0, description="torch threads; 0 is one fewer than the cores")
    title: str = Field("", description="what people call this run")
    data: DataConfig = DataConfig()
    model: ModelConfig = ModelConfig()
    optimiser: OptimiserConfig = OptimiserConfig()
    warmup: WarmupConfig = WarmupConfig()
    adapt: AdaptConfig = AdaptConfig()
    teacher: TeacherConfig = TeacherConfig()
    prototypes: PrototypesConfig = PrototypesConfig()
    contrast: ContrastConfig = ContrastConfig()
    labels: LabelsConfig = LabelsConfig()
    segmentation: SegmentationConfig = SegmentationConfig()
    pseudo_labels: PseudoLabelsConfig = PseudoLabelsConfig()
    normalisation: NormalisationConfig = NormalisationConfig()
    record: RecordConfig = RecordConfig()
    checkpoint: CheckpointConfig = CheckpointConfig()

    @property
    def total_steps(self) -> int:
        """Return the updates of all stages."""
        return self.warmup.steps + self.adapt.steps

    @property
    def num_threads(self) -> int:
        """Return the torch threads: as set, else one fewer than the cores."""
        return self.threads or max(1, (os.cpu_count() or 2) - 1)


def load_config(path: Path, overrides: Sequence[str] = ()) -> Config:
    """Read `path` (TOML) and apply `KEY=VALUE` overrides; UserError in one sentence."""
    if not path.is_file():
        raise UserError(f"{path} does not exist; name a configuration such as configs/streets.toml")
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is not valid TOML: {error}; mend that line") from None
    return make_config(raw, overrides, where=str(path))


def make_config(
    raw: Mapping[str, Any], overrides: Sequence[str] = (), *, where: str = "configuration"
) -> Config:
    """Build the tree from plain values and `KEY=VALUE` overrides; UserError in one sentence."""
    merged = _copy(raw)
    for override in overrides:
        _apply(merged, override)
    try:
        return Config.model_validate(merged)
    except ValidationError as error:
        raise UserError(f"{where}: {_sentence(error.errors()[0])}") from None


def plain(config: Config) -> dict[str, Any]:
    """Return the tree as JSON types, for `run.json`."""
    return config.model_dump(mode="json")


def known_keys(model: type[BaseModel] = Config, prefix: str = "") -> list[str]:
    """Return every key that can be set, in dotted form."""
    keys: list[str] = []
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            keys += known_keys(kind, f"{prefix}{name}.")
        else:
            keys.append(f"{prefix}{name}")
    return keys


def _copy(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {k: _copy(v) if isinstance(v, Mapping) else v for k, v in raw.items()}


def _apply(raw: dict[str, Any], override: str) -> None:
    key, separator, text = override.partition("=")
    if not separator or not key:
        raise UserError(f'"{override}" is no override; write KEY=VALUE, for example seed=1')
    if key not in known_keys():
        raise UserError(f'"{key}" is not a key{suggestion(key, known_keys()) or "; see --help"}')
    *sections, name = key.split(".")
    for section in sections:
        raw = raw.setdefault(section, {})
        if not isinstance(raw, dict):
            raise UserError(f"{section} is {raw!r} in the configuration; it must be a table")
    raw[name] = _value(text)


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _sentence(error: Any) -> str:
    location = [str(part) for part in error["loc"] if not _is_union_tag(str(part))]
    key = ".".join(location)
    if error["type"] == "extra_forbidden":
        hint = suggestion(key, known_keys()) or "; remove it, or see the list in docs/method.md"
        return f'"{key}" is not a key{hint}'
    parts = [part for part in location if not part.isdigit()]
    return f"{'.'.join(parts)} is {error['input']!r}; use {_allowed(parts)}"


def _is_union_tag(part: str) -> bool:
    return part.startswith(("constrained-", "literal[", "function-")) or part in ("float", "int")


def _allowed(parts: Sequence[str]) -> str:
    model: Any = Config
    for part in parts[:-1]:
        model = model.model_fields[part].annotation
    if parts[-1] not in model.model_fields:
        return "a table of settings"
    field = model.model_fields[parts[-1]]
    return _describe(field.annotation, field.metadata)


def _describe(kind: Any, metadata: Sequence[Any]) -> str:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "a table of settings"
    if hasattr(kind, "__metadata__"):
        return _describe(kind.__origin__, kind.__metadata__)
    if "Literal" in str(kind).split("[")[0]:
        return " or ".join(f'"{value}"' for value in get_args(kind))
    if "tuple" in str(kind).split("[")[0]:
        return "two whole numbers, [height, width]"
    members = [member for member in get_args(kind) if member is not type(None)]
    if members:
        return " or ".join(_describe(member, ()) for member in members)
    names = {int: "a whole number", float: "a number", bool: "true or false", Path: "a path"}
    return names.get(kind, "text") + _range(metadata)


def _range(metadata: Sequence[Any]) -> str:
    limits = []
    for item in _flatten(metadata):
        for name, words in (
            ("ge", "at least"),
            ("gt", "above"),
            ("le", "at most"),
            ("lt", "below"),
        ):
            value = getattr(item, name, None)
            if value is not None:
                limits.append(f"{words} {value}")
    return f" {' and '.join(limits)}" if limits else ""


def _flatten(metadata: Sequence[Any]) -> list[Any]:
    flat: list[Any] = []
    for item in metadata:
        flat += _flatten(item.metadata) if hasattr(item, "metadata") else [item]
    return flat
