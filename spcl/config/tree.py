"""All settings in one frozen tree: TOML first, then KEY=VALUE; unknown keys are errors.

The sections are in `sections.py`; `docs/method.md` says which equation a key belongs to.
"""

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from spcl.config.presets import PRESETS
from spcl.config.sections.inputs import DataConfig, ModelConfig
from spcl.config.sections.losses import (
    ContrastConfig,
    LabelsConfig,
    PrototypesConfig,
    PseudoLabelsConfig,
    SegmentationConfig,
)
from spcl.config.sections.records import (
    CheckpointConfig,
    EvaluateConfig,
    RecordConfig,
    SelectConfig,
)
from spcl.config.sections.stages import (
    AdaptConfig,
    NormalizationConfig,
    OptimizerConfig,
    SelftrainConfig,
    TeacherConfig,
    WarmupConfig,
)
from spcl.config.sections.values import Count, Section
from spcl.config.text import apply_override, copied, keys_of, merged, sentence
from spcl.errors import UserError
from spcl.store.compared.settings import flat_settings
from spcl.store.limits import Limits
from spcl.store.schema import Stage


class Config(Section):
    """All settings of one run."""

    seed: Count = Field(0, description="seed of initial weights, sampling, augmentation")
    threads: Count = Field(0, description="torch threads; 0 means all cores but one")
    device: str = Field("auto", description="auto, cpu, cuda, cuda:N or mps")
    title: str = Field("", description="name of the run in the dashboard")
    preset: Literal["spcl", "released"] = Field(
        "spcl", description="defaults of all other keys: this method, or the released code"
    )
    data: DataConfig = DataConfig()
    model: ModelConfig = ModelConfig()
    optimizer: OptimizerConfig = OptimizerConfig()
    warmup: WarmupConfig = WarmupConfig()
    adapt: AdaptConfig = AdaptConfig()
    selftrain: SelftrainConfig = SelftrainConfig()
    teacher: TeacherConfig = TeacherConfig()
    prototypes: PrototypesConfig = PrototypesConfig()
    contrast: ContrastConfig = ContrastConfig()
    labels: LabelsConfig = LabelsConfig()
    segmentation: SegmentationConfig = SegmentationConfig()
    pseudo_labels: PseudoLabelsConfig = PseudoLabelsConfig()
    normalization: NormalizationConfig = NormalizationConfig()
    evaluate: EvaluateConfig = EvaluateConfig()
    record: RecordConfig = RecordConfig()
    checkpoint: CheckpointConfig = CheckpointConfig()
    select: SelectConfig = SelectConfig()
    events: Limits = Limits()

    @property
    def shown_title(self) -> str:
        """Return the name of the run in the dashboard; where none is set, of the drawn pair."""
        if self.title or self.data.kind != "streets":
            return self.title
        return f"Streets, day to {self.data.target_look.replace('_', ' ')}"

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Return the plan: warm-up, adaptation, and self-training where it is a stage."""
        stages = (
            Stage("warmup", 0, self.warmup.steps),
            Stage("adapt", self.warmup.steps, self.adapt_end),
        )
        if self.selftrain.mode == "mixing" or self.selftrain.steps == 0:
            return stages
        end = self.adapt_end + self.selftrain.steps
        return (*stages, Stage("selftrain", self.adapt_end, end))

    @property
    def total_steps(self) -> int:
        """Return the number of updates of all stages."""
        return self.stages[-1].last_step

    @property
    def adapt_end(self) -> int:
        """Return the step at which the adaptation stage ends."""
        return self.warmup.steps + self.adapt.steps

    def is_observed(self, step: int) -> bool:
        """Return whether a snapshot is taken at a step."""
        every = self.record.every
        return step % every == 0 or step in (every // 4, self.warmup.steps, self.total_steps)

    @property
    def snapshot_steps(self) -> list[int]:
        """Return the steps at which snapshots are taken, ascending."""
        return [step for step in range(self.total_steps + 1) if self.is_observed(step)]

    def stage_after(self, step: int) -> str:
        """Return the stage of the first update after `step`."""
        return next((s.name for s in self.stages if step < s.last_step), self.stages[-1].name)

    @property
    def num_threads(self) -> int:
        """Return the number of torch threads; by default all cores but one."""
        return self.threads or max(1, (os.cpu_count() or 2) - 1)


def load_config(path: Path, overrides: Sequence[str] = ()) -> Config:
    """Read a TOML file and apply `KEY=VALUE` overrides (UserError: unreadable, bad setting)."""
    if not path.is_file():
        raise UserError(f"{path} does not exist; name a configuration such as configs/streets.toml")
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is not valid TOML: {error}; correct that line") from None
    return make_config(raw, overrides, where=str(path))


def make_config(
    raw: Mapping[str, Any], overrides: Sequence[str] = (), *, where: str = "configuration"
) -> Config:
    """Build the tree from plain values and `KEY=VALUE` overrides (UserError: bad setting)."""
    written = copied(raw)
    for override in overrides:
        apply_override(written, override, Config)
    preset = str(written.get("preset", "spcl"))
    try:
        return Config.model_validate(merged(PRESETS.get(preset, {}), written))
    except ValidationError as error:
        raise UserError(f"{where}: {sentence(error.errors()[0], Config)}") from None


def plain(config: Config) -> dict[str, Any]:
    """Return the tree as plain JSON values, for `run.json`."""
    return config.model_dump(mode="json")


def not_default(config: Config) -> list[str]:
    """Return the dotted keys whose value is not the default, those of a preset among them."""
    defaults = flat_settings(plain(Config()))
    unset = object()
    return [
        key
        for key, value in flat_settings(plain(config)).items()
        if defaults.get(key, unset) != value
    ]


def known_keys() -> list[str]:
    """Return every key in dotted form."""
    return keys_of(Config)
