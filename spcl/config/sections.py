"""The sections of a configuration: each key with its default, range and one line of help."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from spcl.config.text import Told
from spcl.store.retention import Retention

Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Magnification = Annotated[float, Field(ge=0.25, le=4)]
Size = Annotated[tuple[Positive, Positive], Field(strict=False)]
SourceName = Literal["gta5", "synthia", "synscapes", "cityscapes", "acdc"]
TargetName = Literal["cityscapes", "acdc", "dark_zurich", "gta5", "synthia", "synscapes"]
NumClasses = Literal[19, 16, 13]
Arm = Literal["spcl", "source_only", "oracle", "oracle_joint"]


def _is_rule(text: str) -> str:
    Retention.parse(text)
    return text


KeepRule = Annotated[
    str, AfterValidator(_is_rule), Told('"all", "every N" or "last N", N a whole number above 0')
]


class Section(BaseModel):
    """Base of all sections: frozen, and unknown keys and infinite numbers are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class DataConfig(Section):
    """The pair of domains, and how its images are loaded."""

    kind: Literal["streets", "folder", "official"] = Field(
        "streets", description="the drawn pair, a folder, or two data sets of the field"
    )
    root: Annotated[Path, Field(strict=False)] | None = Field(
        None, description="folder with {source,target}/{train,val}/{images,labels} and classes.json"
    )
    source: SourceName | None = Field(
        None, description="the labelled data set, where kind is official"
    )
    target: TargetName | None = Field(
        None, description="the unlabelled data set, where kind is official"
    )
    source_root: Annotated[Path, Field(strict=False)] | None = Field(
        None, description="folder that the source was unpacked into"
    )
    target_root: Annotated[Path, Field(strict=False)] | None = Field(
        None, description="folder that the target was unpacked into"
    )
    classes: NumClasses = Field(
        19, description="label space of official data sets: 19, or SYNTHIA's 16 or 13"
    )
    target_look: Literal["dusk", "fog", "night_rain"] = Field(
        "dusk", description="light and weather of the drawn target; its labels stay the same"
    )
    size: Size = Field((128, 256), description="model input, height and width in pixels")
    crop_scale: Annotated[float, Field(ge=1, le=4)] = Field(
        1.8, description="highest magnification of a training crop"
    )
    jitter: Share = Field(0.6, description="strength of the colour jitter on labelled images")
    crop_share: Annotated[float, Field(gt=0, le=1)] = Field(
        1.0, description="most of a labelled crop that one class may take, of ten tries; 1: any"
    )
    source_images: Count = Field(
        0, description="labelled source images learnt from, drawn by the seed; 0: all"
    )
    sampling: Literal["uniform", "rare_class"] = Field(
        "rare_class", description="draw source images uniformly, or half of them by rare class"
    )
    cache_mb: Count = Field(600, description="cache of decoded training images, in MB")
    workers: Count = Field(
        0, description="processes a loader prepares batches with, each with a cache; 0: a thread"
    )
    license: str = Field(
        "", description="a line on the rights in the images, shown wherever they are sent"
    )


class ModelConfig(Section):
    """The segmentation model."""

    backbone: str = Field("tiny", description="a name from docs/backbones.md, or hf:NAME")
    weights: str = Field(
        "default", description="default, none, a file or folder of weights, or hub:NAME"
    )
    architecture: dict[str, Any] = Field(
        {}, description="sizes of the backbone that differ from those its name stands for"
    )
    projection: Count = Field(
        0, description="channels of the head whose output prototypes are compared with; 0 is none"
    )
    precision: Literal["single", "bfloat16"] = Field(
        "single",
        description="precision of convolutions; bfloat16 is faster on hardware that has it",
    )


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


class PrototypesConfig(Section):
    """Running class centres on the unit sphere."""

    momentum: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.99, description="share of the old value kept"
    )
    absent: Literal["keep", "decay"] = Field("keep", description="keep or shrink absent prototypes")
    normalize: bool = Field(True, description="keep prototypes at unit length")
    init: Literal["pooled", "mean_of_means"] = Field(
        "pooled", description="mean over all source pixels, or over the means of the images"
    )
    min_pixels: Positive = Field(16, description="fewest feature cells for an update of a class")
    features: Literal["teacher", "student", "frozen"] = Field(
        "teacher",
        description="whose features update the prototypes during adaptation; frozen is the model "
        "as it was before its first update, throughout",
    )
    kind: Literal["mean", "bank", "distribution"] = Field(
        "mean",
        description="what the contrast knows of a class: its mean, the latest means of images, or "
        "mean and variance",
    )
    per_class: Positive = Field(
        1,
        description="prototypes a class in the contrast, where kind is mean; recorded is the mean",
    )
    bank_size: Positive = Field(
        50, description="means of images kept of each class, where kind is bank"
    )


class ContrastConfig(Section):
    """The contrast: cross-entropy over the cosines to the prototypes."""

    temperature: Annotated[float, Field(gt=0)] = Field(0.1, description="divides the cosines")
    weight: Annotated[float, Field(ge=0)] | Literal["ratio"] = Field(
        "ratio", description="fixed weight (0 is off), or set by the gradient ratios below"
    )
    balance: Literal["class", "pixel"] = Field(
        "class", description="average over classes or pixels"
    )
    source_pixels: Literal["labeled", "correct"] = Field(
        "labeled", description="use all labelled source pixels, or those predicted correctly"
    )
    domains: Literal["both", "source", "target"] = Field(
        "both", description="whose pixels are contrasted in the adaptation; the warm-up has source"
    )
    target_pixels: Literal["kept", "all"] = Field(
        "kept",
        description="target pixels whose pseudo label is kept, or all; weighted by confidence",
    )
    hard_negatives: Count = Field(
        0, description="how many other classes a pixel is held against, the nearest; 0: all"
    )
    start: Literal["warmup", "adapt"] = Field("warmup", description="first stage with contrast")
    schedule: Literal["constant", "late", "ramp", "alone"] = Field(
        "constant",
        description="in each stage at once, late or as a ramp; alone: the warm-up begins with the "
        "contrast and no other loss",
    )
    schedule_share: Annotated[float, Field(gt=0, le=1)] = Field(
        0.5, description="share of a stage after which late begins and ramp or alone end"
    )
    warmup_ratio: Annotated[float, Field(ge=0)] = Field(
        0.5, description="gradient norm at the features over that of cross-entropy, warm-up"
    )
    adapt_ratio: Annotated[float, Field(ge=0)] = Field(0.2, description="the same in adaptation")
    ratio_every: Positive = Field(8, description="updates between measurements of it")


class LabelsConfig(Section):
    """How labels are brought to the feature grid for prototypes and contrast."""

    downsample: Literal["share", "majority", "nearest"] = Field(
        "share", description="share of each class, class of at least half a cell, or nearest pixel"
    )


class SegmentationConfig(Section):
    """The classifier's cross-entropy."""

    logit_scale: Annotated[float, Field(gt=0)] = Field(1.0, description="divides the source logits")
    class_weights: Annotated[float, Field(ge=-1, le=0)] = Field(
        -0.25, description="exponent of the class frequency in the source; 0 is unweighted"
    )


class PseudoLabelsConfig(Section):
    """The target pixels the student learns from, and their labels."""

    mode: Literal["online", "offline"] = Field(
        "online", description="made by the teacher at each update, or once per stage"
    )
    rectify: Literal["none", "prototype"] = Field(
        "none", description="reweight class probabilities by similarity to the prototypes"
    )
    quantile: Share = Field(0.5, description="quantile of the confidence used as threshold")
    cap: Share = Field(0.9, description="upper limit of the thresholds")
    decay: Annotated[float, Field(ge=0, lt=1)] = Field(0.95, description="histogram share kept")
    weight: Literal["confidence", "share", "none"] = Field(
        "confidence",
        description="weight of a label: its confidence if it is kept, the share of sure pixels of "
        "its image, or 1 if it is kept",
    )
    sure: Share = Field(0.968, description="confidence from which a pixel is sure")


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


class EvaluateConfig(Section):
    """How whole images are scored; what is observed of the model stays at data.size."""

    every: Count = Field(
        0,
        description="updates between scores of whole val splits; 0: at every snapshot. Snapshots "
        "in between are scored on the observed images",
    )
    mode: Literal["scaled", "whole", "slide"] = Field(
        "scaled",
        description="scale images to evaluate.size, or take them at full size, whole or by windows",
    )
    size: Size | None = Field(
        None, description="height and width that scaled scales to; data.size if not set"
    )
    window: Size = Field((512, 512), description="height and width of a sliding window")
    stride: Size = Field((341, 341), description="rows and columns from window to window")
    scales: Annotated[tuple[Magnification, ...], Field(strict=False, min_length=1)] = Field(
        (1.0,), description="sizes at which each image is scored, as factors; averaged"
    )
    flip: bool = Field(False, description="score each image mirrored, too; averaged")


class RecordConfig(Section):
    """What is recorded for analysis and the dashboard."""

    every: Positive = Field(40, description="updates between snapshots")
    keep: KeepRule = Field(
        "all",
        description="snapshots that stay: all, every N (at multiples of N updates) or last N; the "
        "end of the warm-up, the chosen and the last snapshot always",
    )
    metrics_every: Count = Field(
        0, description="updates whose metrics are read together; 0: 1 on the CPU, else 20"
    )
    probe_images: Positive = Field(60, description="most probe images per domain")
    probe_pixels: Positive = Field(4000, description="fewest probe pixels in total")
    pixels_per_class: Positive = Field(150, description="probe pixels per class and domain")
    probe_seed: Count = Field(
        0, description="which pixels are observed: the same for all seeds of a training"
    )


class CheckpointConfig(Section):
    """What is saved for resuming."""

    every: Positive = Field(100, description="updates between checkpoints")


class SelectConfig(Section):
    """The snapshot whose weights are the result of the run."""

    by: Literal[
        "last",
        "entropy",
        "information_maximization",
        "teacher_agreement",
        "prototype_agreement",
        "target_miou",
    ] = Field("last", description="target_miou uses target labels, which every page notes")
