"""The sections of what is learnt from and what learns: data and model."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from spcl.config.sections.values import Count, Section, Share, Size

SourceName = Literal["gta5", "synthia", "synscapes", "cityscapes", "acdc"]
TargetName = Literal["cityscapes", "acdc", "dark_zurich", "gta5", "synthia", "synscapes"]
NumClasses = Literal[19, 16, 13]


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
