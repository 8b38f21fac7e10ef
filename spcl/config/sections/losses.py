"""The sections of what is learnt: prototypes, contrast, labels and cross-entropy."""

from typing import Annotated, Literal

from pydantic import Field

from spcl.config.sections.values import Count, Positive, Section, Share


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
