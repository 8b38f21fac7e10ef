"""The sections of the training: its stages, how weights move, statistics of batch norm."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from spcl.config.sections.values import Count, Magnification, Positive, Section, Share

Arm = Literal["spcl", "source_only", "oracle", "oracle_joint"]


class OptimizerConfig(Section):
    """The optimiser of the two parameter groups, body and head."""

    kind: Literal["adamw", "sgd"] = Field("adamw", description="sgd uses momentum 0.9")
    schedule: Literal["linear", "poly"] = Field(
        "linear", description="decay of the learning rate after the warm-up"
    )
    weight_decay: Annotated[float, Field(ge=0)] = Field(0.01, description="weight decay")
    clip: Annotated[float, Field(ge=0)] = Field(
        10.0, description="clip to this gradient norm; 0 is off"
    )
    backward: Literal["once", "twice"] = Field(
        "once", description="one backward pass for all losses, or one for each"
    )
    accumulate: Positive = Field(
        1, description="parts of a batch whose gradients are summed, one in memory at a time"
    )
    ramp_steps: Count = Field(20, description="updates over which the learning rate ramps up")


class WarmupConfig(Section):
    """Training on the labelled source only."""

    steps: Positive = Field(240, description="updates on the source before adaptation")
    batch: Positive = Field(8, description="source images per update")
    body_lr: Annotated[float, Field(gt=0)] = Field(2e-3, description="learning rate of the body")
    head_lr: Annotated[float, Field(gt=0)] = Field(4e-3, description="learning rate of the head")
    adversarial: Literal["off", "equal", "unequal"] = Field(
        "off", description="use a domain discriminator; unequal scales only source logits"
    )
    start: Annotated[Path, Field(strict=False)] | None = Field(
        None, description="run whose finished warm-up is reused instead of training a new one"
    )


class AdaptConfig(Section):
    """Training on the labelled source and the unlabelled target."""

    arm: Arm = Field("spcl", description="what training after the warm-up uses")
    steps: Count = Field(240, description="updates of the adaptation stage")
    source_batch: Positive = Field(8, description="source images per update")
    target_batch: Positive = Field(8, description="target images per update")
    body_lr: Annotated[float, Field(gt=0)] = Field(1.5e-3, description="learning rate of the body")
    head_lr: Annotated[float, Field(gt=0)] = Field(3e-3, description="learning rate of the head")
    final_lr: Share = Field(0.1, description="final learning rate as a share of the initial")
    jitter: Share = Field(0.6, description="strength of the colour jitter on target images")
    blur: Share = Field(0.5, description="probability that a mixed image is blurred")
    augment: Literal["jitter", "strong"] = Field(
        "jitter",
        description="jitter and blur of target images, or two strong changes of colour too",
    )
    mix: Literal["half", "rare"] = Field(
        "half", description="classes pasted: a half at random, or drawn by their rarity"
    )
    mask_weight: Annotated[float, Field(ge=0)] = Field(
        0.0, description="weight of the cross-entropy on masked target images; 0 is off"
    )
    mask_ratio: Share = Field(0.7, description="chance of each square of them to be hidden")
    mask_block: Positive = Field(16, description="side of these squares in pixels")
    style: Literal["none", "fourier", "color"] = Field(
        "none",
        description="source images after the warm-up take low frequencies, or Lab colours, of "
        "unlabelled target images",
    )
    style_share: Annotated[float, Field(ge=0, le=0.5)] = Field(
        0.01, description="frequencies taken, as a share of the shorter side of the picture"
    )
    target_weight: Annotated[float, Field(ge=0)] = Field(
        0.4, description="weight of the cross-entropy on mixed images"
    )


class SelftrainConfig(Section):
    """Self-training: cross-entropy on pseudo labels of target pixels."""

    mode: Literal["mixing", "stage"] = Field(
        "mixing", description="on mixed images during adaptation, or in a separate stage"
    )
    steps: Count = Field(0, description="updates of the separate stage")
    scale: Annotated[tuple[Magnification, Magnification], Field(strict=False)] = Field(
        (1.0, 1.8), description="range of magnification of crops in the separate stage"
    )


class TeacherConfig(Section):
    """The moving average of the student that labels the target and is recorded."""

    momentum: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.98, description="share of the old value kept; 0 makes the teacher the student itself"
    )


class NormalizationConfig(Section):
    """Batch-norm statistics of the two domains."""

    target_statistics: bool = Field(True, description="re-estimate on unlabelled target images")
    pooling: Literal["mean", "pooled"] = Field(
        "mean", description="variance: mean over batches, or of all their pixels together"
    )
    teacher: Literal["target", "source"] = Field(
        "target", description="statistics the teacher labels with: the target's, or its own"
    )
    max_images: Positive = Field(200, description="most target images used")
    refresh_every: Positive = Field(
        20, description="updates between estimates for the teacher that labels the target"
    )
