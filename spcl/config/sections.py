"""The sections of a configuration: every key with its default, range and one line of help."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Magnification = Annotated[float, Field(ge=0.25, le=4)]
Size = Annotated[tuple[Positive, Positive], Field(strict=False)]
Arm = Literal["spcl", "source_only", "oracle", "oracle_joint"]


class Section(BaseModel):
    """Frozen; unknown keys and infinite numbers are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class DataConfig(Section):
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


class ModelConfig(Section):
    """The segmentation model."""

    backbone: str = Field("tiny", description="tiny or lite0")
    weights: str = Field("default", description="default, none, or a path to backbone weights")
    precision: Literal["single", "bfloat16"] = Field(
        "single", description="of convolutions; bfloat16 is faster where the processor has it"
    )


class OptimizerConfig(Section):
    """Two groups of parameters, body and head."""

    kind: Literal["adamw", "sgd"] = Field("adamw", description="sgd has momentum 0.9")
    schedule: Literal["linear", "poly"] = Field(
        "linear", description="how the learning rate falls after the warm-up"
    )
    weight_decay: Annotated[float, Field(ge=0)] = Field(0.01, description="decay of the weights")
    clip: Annotated[float, Field(ge=0)] = Field(10.0, description="largest gradient norm; 0 is off")
    backward: Literal["once", "twice"] = Field(
        "once", description="all losses in one walk through the graph, or one walk each"
    )
    ramp_steps: Count = Field(20, description="updates over which the learning rate rises")


class WarmupConfig(Section):
    """Training on the labelled source alone."""

    steps: Positive = Field(240, description="updates on source before adaptation")
    batch: Positive = Field(8, description="source images an update")
    body_lr: Annotated[float, Field(gt=0)] = Field(2e-3, description="learning rate of the body")
    head_lr: Annotated[float, Field(gt=0)] = Field(4e-3, description="learning rate of the head")
    adversarial: Literal["off", "equal", "unequal"] = Field(
        "off", description="a discriminator of the domains; unequal scales source logits only"
    )
    start: Annotated[Path, Field(strict=False)] | None = Field(
        None, description="run whose finished warm-up is continued instead of a new one"
    )


class AdaptConfig(Section):
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


class SelftrainConfig(Section):
    """Learning from target pixels by cross-entropy."""

    mode: Literal["mixing", "stage"] = Field(
        "mixing", description="on mixed images inside the adaptation, or in a stage of its own"
    )
    steps: Count = Field(0, description="updates of that stage")
    scale: Annotated[tuple[Magnification, Magnification], Field(strict=False)] = Field(
        (1.0, 1.8), description="smallest and largest magnification in that stage"
    )


class TeacherConfig(Section):
    """The moving average that labels the target and is observed."""

    momentum: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.98, description="old share kept; 0 is the student itself"
    )


class PrototypesConfig(Section):
    """Running class centres on the unit sphere."""

    momentum: Annotated[float, Field(ge=0, lt=1)] = Field(0.99, description="old share kept")
    absent: Literal["keep", "decay"] = Field("keep", description="what an absent class does")
    normalize: bool = Field(True, description="keep prototypes at unit length")
    init: Literal["pooled", "mean_of_means"] = Field(
        "pooled", description="mean over pixels of the source, or over images of their means"
    )
    min_pixels: Positive = Field(16, description="fewest feature cells that count as an update")
    features: Literal["teacher", "student"] = Field(
        "teacher", description="whose features are averaged in the adaptation"
    )


class ContrastConfig(Section):
    """Cross-entropy over cosines to the prototypes."""

    temperature: Annotated[float, Field(gt=0)] = Field(0.1, description="divides cosines")
    weight: Annotated[float, Field(ge=0)] | Literal["ratio"] = Field(
        "ratio", description="fixed weight (0 is off), or set through the gradient ratios below"
    )
    balance: Literal["class", "pixel"] = Field("class", description="mean over classes or pixels")
    source_pixels: Literal["labeled", "correct"] = Field(
        "labeled", description="source pixels it uses: all, or those predicted right"
    )
    start: Literal["warmup", "adapt"] = Field("warmup", description="stage it begins in")
    warmup_ratio: Annotated[float, Field(ge=0)] = Field(
        0.5, description="gradient norm at the features against cross-entropy's, warm-up"
    )
    adapt_ratio: Annotated[float, Field(ge=0)] = Field(0.2, description="the same, adaptation")
    ratio_every: Positive = Field(8, description="updates between two measurements of the ratio")


class LabelsConfig(Section):
    """Labels brought to the feature grid for prototypes and contrast."""

    downsample: Literal["share", "majority", "nearest"] = Field(
        "share", description="soft majority, majority of at least half a cell, or nearest pixel"
    )


class SegmentationConfig(Section):
    """Cross-entropy of the classifier."""

    logit_scale: Annotated[float, Field(gt=0)] = Field(1.0, description="divides the logits")
    class_weights: Annotated[float, Field(ge=-1, le=0)] = Field(
        -0.25, description="exponent of the source frequency; 0 is unweighted"
    )


class PseudoLabelsConfig(Section):
    """Which target pixels the student learns from."""

    mode: Literal["online", "offline"] = Field(
        "online", description="by the teacher at each update, or once at the start of a stage"
    )
    rectify: Literal["none", "prototype"] = Field(
        "none", description="weigh class probabilities by the similarity to the prototypes"
    )
    quantile: Share = Field(0.5, description="threshold of a class: quantile of its confidence")
    cap: Share = Field(0.9, description="highest threshold")
    decay: Annotated[float, Field(ge=0, lt=1)] = Field(0.95, description="histogram share kept")


class NormalizationConfig(Section):
    """Batch-norm statistics of the two domains."""

    target_statistics: bool = Field(True, description="re-estimate on unlabelled target frames")
    max_images: Positive = Field(200, description="target frames used for it")
    refresh_every: Positive = Field(
        20, description="updates after which the labelling teacher's statistics are renewed"
    )


class RecordConfig(Section):
    """What is written for the eyes."""

    every: Positive = Field(40, description="updates between two snapshots")
    probe_images: Positive = Field(60, description="most probe images a domain")
    probe_pixels: Positive = Field(4000, description="probe pixels in all, at least")
    pixels_per_class: Positive = Field(150, description="probe pixels a class and domain")


class CheckpointConfig(Section):
    """What is written for resuming."""

    every: Positive = Field(100, description="updates between two checkpoints")


class SelectConfig(Section):
    """Which snapshot's weights are the run's result."""

    by: Literal[
        "last",
        "entropy",
        "information_maximization",
        "teacher_agreement",
        "prototype_agreement",
        "target_miou",
    ] = Field("last", description="target_miou uses target labels, and the run says so")
