"""The sections of what is scored, recorded, saved and chosen."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from spcl.config.sections.values import Count, Magnification, Positive, Section, Size
from spcl.config.text import Told
from spcl.store.retention import Retention


def _is_rule(text: str) -> str:
    Retention.parse(text)
    return text


KeepRule = Annotated[
    str, AfterValidator(_is_rule), Told('"all", "every N" or "last N", N a whole number above 0')
]


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
