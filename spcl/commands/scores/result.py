"""The score of a run at a step on a split: as it was recorded, or by running the model again."""

import math
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from spcl.commands.line.progress import work_progress
from spcl.errors import UserError
from spcl.store.baselines.statistics import SCORES_KEYS, Statistics, statistics_of
from spcl.store.reader import Run
from spcl.store.scores.counts import (
    Counts,
    mean_iou,
    mean_iou_of_present,
    per_class_iou,
    predicted_only,
)
from spcl.store.scores.thirteen import mean_of_13
from spcl.store.scores.whole import is_whole

NOT_SAID = "not recorded how"


def step_at(opened: Run, at: str | None) -> int:
    """Return the snapshot that `--at` names (UserError: none is, or there is none yet)."""
    steps = opened.steps()
    if not steps:
        raise UserError(f"{opened.path} has no snapshot yet; wait for the first one")
    if at in (None, "last"):
        return steps[-1]
    if at == "before":
        before = opened.info().before_step
        if before not in steps:
            raise UserError(f"{opened.path} has not finished its warm-up; use --at last")
        return int(before)
    if not at.isdigit() or int(at) not in steps:
        raise UserError(f"--at is {at}; use before, last or one of {', '.join(map(str, steps))}")
    return int(at)


def read_with(opened: Run, step: int, split: str, asked: Statistics | None) -> Statistics | None:
    """Return whose statistics a split is read with; None where the run says nothing of it.

    A source-only run is read with the source's where that is recorded: with the target's it is
    AdaBN, another arm.
    """
    info = opened.info()
    domain = split.partition("/")[0]
    observed = statistics_of(info, step, key=domain)
    if asked == "target" and statistics_of(info, step) == "source":
        raise UserError(
            f"--statistics is target, but at step {step} no statistics of the target have been "
            "estimated: that begins after the warm-up, and only with "
            "normalization.target_statistics; use source"
        )
    if asked is not None or domain != "target":
        return asked or observed
    arm = info.config.get("adapt", {}).get("arm")
    has_both = opened.snapshot(step).scores.get(SCORES_KEYS["source"]) is not None
    return "source" if arm == "source_only" and has_both else observed


def result_of(
    opened: Run,
    step: int,
    split: str,
    words: list[str],
    statistics: Statistics | None,
    *,
    device: str | None = None,
) -> dict[str, Any]:
    """Return the score of a split as plain values, with what it was read with.

    Args:
        opened: the run.
        step: the snapshot.
        split: e.g. target/val.
        words: overrides of `evaluate.`; with any the model is run again.
        statistics: whose batch-norm statistics to read it with.
        device: where to run the model; with any it is run again, and on `auto` if it must be.

    Raises:
        UserError: the split has no labels, the run kept no weights of that step, or there is no
            such device.
    """
    info = opened.info()
    recorded = {} if words or device else _recorded(opened, step, split)
    if statistics in recorded:
        scores, scored = recorded[statistics], opened.snapshot(step).scores.get("scored")
        confusion, num_images = np.asarray(scores["confusion"]), scores["num_images"]
        scored, used = str(scored or NOT_SAID), None
    else:
        _require_labels(opened, step, split)
        statistics = statistics or statistics_of(info, step, key=split.partition("/")[0])
        confusion, num_images, scored, used = run_model(
            opened, step, statistics, split, words, device=device or "auto"
        )
    names = info.label_space.names
    only = predicted_only(confusion)
    per_class = dict(zip(names, map(_known, per_class_iou(confusion)), strict=True))
    return {
        "run": info.id,
        "step": step,
        "split": split,
        "notes": list(info.notes),
        "scored": scored,
        "device": used,
        "statistics": statistics,
        "mean_iou_by_statistics": {
            name: _known(mean_iou(np.asarray(one["confusion"])))
            for name, one in recorded.items()
            if name is not None
        },
        "num_images": num_images,
        "mean_iou": _known(mean_iou(confusion)),
        "mean_iou_of_occurring": _known(mean_iou_of_present(confusion)),
        "mean_iou_13": mean_of_13(names, per_class.values()),
        "per_class_iou": per_class,
        "predicted_never_occurs": [name for name, is_so in zip(names, only, strict=True) if is_so],
    }


def _recorded(opened: Run, step: int, split: str) -> dict[Statistics | None, Any]:
    """Return the recorded scores of a split, by whose statistics they were read with."""
    domain, subset = split.split("/")
    if subset != "val":
        return {}
    scores, info = opened.snapshot(step).scores, opened.info()
    found = {statistics_of(info, step, key=domain): scores.get(domain)}
    if domain == "target" and SCORES_KEYS["source"] in scores:
        found.setdefault("source", scores[SCORES_KEYS["source"]])
    return {name: one for name, one in found.items() if one is not None and is_whole(one)}


def _require_labels(opened: Run, step: int, split: str) -> None:
    """Refuse a val split that has no labels to score (UserError)."""
    domain, subset = split.split("/")
    if subset == "val" and opened.snapshot(step).scores.get(domain) is None:
        raise UserError(
            f"{split} of {opened.info().id} has no labels to score; choose another split"
        )


def run_model(
    opened: Run,
    step: int,
    statistics: Statistics | None,
    split: str,
    words: Sequence[str] = (),
    *,
    device: str = "auto",
) -> tuple[Counts, int, str, str]:
    """Return confusion matrix, number of images, how they were scored, and on which device."""
    from spcl.config import recorded_config
    from spcl.data.batches.loaders import Frames
    from spcl.data.domains import Domains
    from spcl.data.pairs import located
    from spcl.evaluate import Scoring, split_confusion
    from spcl.models.device import named_device
    from spcl.models.segmenter import build_segmenter
    from spcl.training.observed.models import predictor
    from spcl.training.saved.checkpoint import load_weights

    info, place = opened.info(), named_device(device)
    config = located(recorded_config(info.config, words, where=str(opened.path)), info.data)
    domains = Domains.open(config)
    pair, difference = domains.pair, domains.fingerprint().difference(info.data)
    if difference is not None:
        print(f"{opened.path}: {difference}", file=sys.stderr)
    num_classes = len(pair.label_space)
    model = build_segmenter(
        config.model.backbone,
        num_classes,
        weights="none",
        precision=config.model.precision,
        architecture=config.model.architecture,
        projection=config.model.projection,
    )
    # What the target was observed with has the target's statistics wherever the run uses them.
    observed = statistics or split.partition("/")[0]
    model.load_state_dict(load_weights(opened.path, step, observed))
    frames = Frames(pair.split(split, with_labels=True), cache_mb=0)
    scoring = Scoring(config.data.size, config.evaluate)
    with work_progress(f"running the model on {split} ...") as report:
        confusion = split_confusion(
            predictor(lambda: model.to(place).eval()),
            frames,
            scoring=scoring,
            num_classes=num_classes,
            on_image=lambda number: report(number, len(frames), "images", ""),
        )
    return confusion, len(frames), scoring.words(), str(place)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
