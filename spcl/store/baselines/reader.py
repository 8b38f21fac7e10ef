"""The scores that a run is compared with, and how they are read.

A gain alone says nothing about a method: part of it may come without. So a run carries the scores
of simpler models on the same labelled target images, each with the run it was read off.
"""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spcl.store.errors import DamagedError, StoreError
from spcl.store.formats.files import WRONG_CONTENT, plain, read_json
from spcl.store.formats.text import one_line
from spcl.store.reader import Run
from spcl.store.scores.whole import PART_OF, is_whole

BASELINES_FILE = "baselines.json"
TARGET_SPLIT = "target/val"
MOST_LETTERS = 60
"""Of the name of a baseline."""
_MOST = 500


@dataclass(frozen=True)
class Baseline:
    """The scores of one model on target/val, all pixels counted together.

    Attributes:
        name: what it is called, e.g. "source_only"; several seeds share a name.
        what: what was done, in words that stand behind "is", without a full stop.
        run: id of the run that the scores were read off.
        seed: of that run.
        step: the snapshot they were read off.
        total_steps: where that run ends; before it the scores are those so far.
        num_images: images scored.
        mean_iou: in [0, 1]; a class that is predicted but never occurs counts 0.
        mean_iou_of_occurring: in [0, 1]; over the classes that occur in the truth.
        pixel_accuracy: share of the labelled pixels that are right, in [0, 1].
        per_class_iou: class name -> IoU in [0, 1]; None where a class is absent.
    """

    name: str
    what: str
    run: str
    seed: int
    step: int
    total_steps: int
    num_images: int
    mean_iou: float
    mean_iou_of_occurring: float
    pixel_accuracy: float
    per_class_iou: Mapping[str, float | None]

    @property
    def is_final(self) -> bool:
        """Return whether the run it was read off had done all its updates."""
        return self.step >= self.total_steps

    def to_json(self) -> dict[str, Any]:
        """Return the entry as it stands in `baselines.json`."""
        return {**self.__dict__, "per_class_iou": dict(self.per_class_iou)}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Baseline":
        """Read one entry (KeyError, TypeError, ValueError if it is damaged)."""
        shares = raw["per_class_iou"].items()
        return cls(
            name=one_line(str(raw["name"]), MOST_LETTERS),
            what=one_line(str(raw["what"]), 200),
            run=one_line(str(raw["run"]), 120),
            seed=int(raw["seed"]),
            step=int(raw["step"]),
            total_steps=int(raw["total_steps"]),
            num_images=int(raw["num_images"]),
            mean_iou=_share(raw["mean_iou"]),
            mean_iou_of_occurring=_share(raw["mean_iou_of_occurring"]),
            pixel_accuracy=_share(raw["pixel_accuracy"]),
            per_class_iou={k: None if v is None else _share(v) for k, v in shares},
        )


def _share(value: Any) -> float:
    share = float(value)
    if not (math.isfinite(share) and 0 <= share <= 1):
        raise ValueError(f"{value!r} is no share of 1")
    return share


def read_baselines(run: Run) -> tuple[Baseline, ...]:
    """Return what a run is compared with, in the order recorded; empty without the file.

    Raises:
        StoreError: the file is damaged.
    """
    path = run.path / BASELINES_FILE
    if not os.path.lexists(path):
        return ()
    try:
        entries = read_json(path, within=run.path)["baselines"]
        return tuple(Baseline.from_json(entry) for entry in entries[:_MOST])
    except WRONG_CONTENT as error:
        raise DamagedError(
            f"{path} is damaged ({plain(error)}); remove it, and compare again with "
            f"python -m spcl ablate {run.path}"
        ) from None


def scored_at(run: Run, step: int, *, name: str, what: str, statistics: str = "target") -> Baseline:
    """Read the scores of a run's snapshot on target/val.

    Args:
        run: the run.
        step: the snapshot.
        name: what the scores will be called.
        what: what was done, in a few words.
        statistics: the key of `scores.json` to read: `target`, or `target_source_statistics`.

    Raises:
        StoreError: target/val has no labels, or the snapshot cannot be read.
    """
    info = run.info()
    scores = run.snapshot(step).scores.get(statistics)
    if scores is None or scores["mean_iou"] is None or math.isnan(scores["mean_iou"]):
        raise StoreError(
            f"{run.path} has no scores on {TARGET_SPLIT} at step {step}; label some of its images"
        )
    if not is_whole(scores):
        raise StoreError(
            f"{run.path} was scored at step {step} on {scores['num_images']} of "
            f"{scores[PART_OF]} images; name a step that evaluate.every scores whole, or its last"
        )
    return Baseline(
        name=name,
        what=what,
        run=info.id,
        seed=info.seed,
        step=step,
        total_steps=info.total_steps,
        num_images=scores["num_images"],
        mean_iou=scores["mean_iou"],
        mean_iou_of_occurring=scores["mean_iou_of_occurring"],
        pixel_accuracy=scores["pixel_accuracy"],
        per_class_iou=dict(zip(info.label_space.names, scores["per_class_iou"], strict=True)),
    )
