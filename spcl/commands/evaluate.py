"""Print a run's scores at one step, from one confusion matrix over the split.

Keys of `evaluate.` score its weights in another way than the run was scored. With
`--as-baseline NAME RUN_DIR` the scores also become what another run is compared with.
"""

import argparse
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from spcl.commands.progress import work_progress
from spcl.data.official.classes import THIN_IN_SYNTHIA, class_names
from spcl.errors import UserError
from spcl.store.baselines.reader import MOST_LETTERS, TARGET_SPLIT, scored_at
from spcl.store.baselines.writer import record_baselines, require_same_data
from spcl.store.counts import (
    Counts,
    mean_iou,
    mean_iou_of_present,
    per_class_iou,
    predicted_only,
)
from spcl.store.reader import Run
from spcl.store.whole_scores import is_whole

HOW_THE_MEAN_IS_MADE = (
    "The mean counts a class that is predicted but never occurs as 0, and leaves out one that is "
    "neither predicted nor there."
)
NOT_SAID = "not recorded how"
SPLITS = ("source/train", "source/val", "target/train", "target/val")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("run_dir", type=Path, metavar="RUN_DIR", help="folder of a run")
    parser.add_argument(
        "words",
        nargs="*",
        metavar="evaluate.KEY=VALUE",
        help="score in another way, such as evaluate.mode=slide; the model is run again",
    )
    parser.add_argument("--at", metavar="STEP", help="a step, before, or last (default)")
    parser.add_argument("--split", default="target/val", help=f"one of {', '.join(SPLITS)}")
    parser.add_argument(
        "--as-baseline",
        nargs=2,
        metavar=("NAME", "RUN_DIR"),
        help="record the scores on target/val in another run, as a baseline of this name",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Print per-class IoU, mean IoU and the run's notes."""
    opened = Run.open(arguments.run_dir)
    if arguments.split not in SPLITS:
        raise UserError(f'"{arguments.split}" is not a split; use one of {", ".join(SPLITS)}')
    step = _step(opened, arguments.at)
    _require_scoring_keys(arguments.words)
    result = _result(opened, step, arguments.split, arguments.words)
    if arguments.as_baseline is not None:
        if arguments.words:
            raise UserError("a baseline has the scores that were recorded; leave the keys away")
        _record(opened, step, arguments.split, *arguments.as_baseline)
    if arguments.json:
        print(json.dumps(result))
        return 0
    table = Table("class", "IoU %", title=f"{result['run']}, step {step}, {result['split']}")
    for name, value in result["per_class_iou"].items():
        why = " (predicted, never occurs)" if name in result["predicted_never_occurs"] else ""
        table.add_row(name, _percent(value) + why)
    table.add_row("mean", _percent(result["mean_iou"]))
    if result["mean_iou_13"] is not None:
        without = ", ".join(THIN_IN_SYNTHIA)
        table.add_row(f"mean of 13 (without {without})", _percent(result["mean_iou_13"]))
    if result["predicted_never_occurs"]:
        table.add_row("mean of classes that occur", _percent(result["mean_iou_of_occurring"]))
    Console().print(table)
    print(f"Scored: {result['scored']}.")
    print(HOW_THE_MEAN_IS_MADE)
    for note in result["notes"]:
        print(note)
    return 0


def _require_scoring_keys(words: list[str]) -> None:
    other = next((word for word in words if not word.startswith("evaluate.")), None)
    if other is not None:
        raise UserError(
            f'"{other}" cannot be changed after training; only keys of evaluate. can, such as '
            "evaluate.mode=slide"
        )


def _record(opened: Run, step: int, split: str, name: str, other: str) -> None:
    if split != TARGET_SPLIT:
        raise UserError(
            f"--split is {split}; a baseline is scored on {TARGET_SPLIT}, so leave --split away"
        )
    if not name.strip() or len(name) > MOST_LETTERS:
        raise UserError(f'"{name}" is no name; give a baseline 1 to {MOST_LETTERS} letters')
    run = Run.open(Path(other))
    if run.path.resolve() == opened.path.resolve():
        raise UserError(f"{other} cannot be its own baseline; name another run")
    require_same_data(run, opened)
    _require_scored_alike(run, opened)
    what = f"step {step:,} of the run {opened.info().title or opened.path.name}"
    record_baselines(run, [scored_at(opened, step, name=name.strip(), what=what)])
    print(f'{run.path} is now compared with it as "{name.strip()}"', file=sys.stderr)


def _require_scored_alike(run: Run, other: Run) -> None:
    """Refuse to compare scores that were made in different ways (UserError)."""
    ways = [
        one.snapshot(one.steps()[-1]).scores.get("scored") if one.steps() else None
        for one in (run, other)
    ]
    if None not in ways and ways[0] != ways[1]:
        raise UserError(
            f"{run.path} is scored with {ways[0]}, {other.path} with {ways[1]}; only scores made "
            "in the same way can be compared, so train with equal keys of evaluate."
        )


def _percent(share: float | None) -> str:
    return "absent" if share is None else f"{100 * share:.1f}"


def _step(opened: Run, at: str | None) -> int:
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


def _result(opened: Run, step: int, split: str, words: list[str]) -> dict[str, Any]:
    info = opened.info()
    domain, subset = split.split("/")
    recorded = opened.snapshot(step).scores
    if subset == "val" and not words and is_whole(recorded.get(domain) or {}):
        scores, scored = recorded.get(domain), str(recorded.get("scored") or NOT_SAID)
        if scores is None:
            raise UserError(f"{split} of {info.id} has no labels to score; choose another split")
        confusion, num_images = np.asarray(scores["confusion"]), scores["num_images"]
    else:
        confusion, num_images, scored = _run_model(opened, step, domain, split, words)
    names = info.label_space.names
    only = predicted_only(confusion)
    per_class = dict(zip(names, map(_known, per_class_iou(confusion)), strict=True))
    return {
        "run": info.id,
        "step": step,
        "split": split,
        "notes": list(info.notes),
        "scored": scored,
        "num_images": num_images,
        "mean_iou": _known(mean_iou(confusion)),
        "mean_iou_of_occurring": _known(mean_iou_of_present(confusion)),
        "mean_iou_13": _mean_of_13(per_class),
        "per_class_iou": per_class,
        "predicted_never_occurs": [name for name, is_so in zip(names, only, strict=True) if is_so],
    }


def _mean_of_13(per_class: dict[str, float | None]) -> float | None:
    """Return the mean without the thin classes, where the 16 classes of SYNTHIA are scored."""
    if tuple(per_class) != class_names(16):
        return None
    kept = [value for name, value in per_class.items() if name not in THIN_IN_SYNTHIA]
    known = [value for value in kept if value is not None]
    return sum(known) / len(known) if known else None


def _run_model(
    opened: Run, step: int, domain: str, split: str, words: Sequence[str] = ()
) -> tuple[Counts, int, str]:
    """Return confusion matrix, number of images, and how they were scored."""
    from spcl.config import recorded_config
    from spcl.data.domains import Domains
    from spcl.data.loaders import Frames
    from spcl.data.pairs import located
    from spcl.evaluate import Scoring, split_confusion
    from spcl.models.segmenter import build_segmenter
    from spcl.training.checkpoint import load_weights
    from spcl.training.observed_models import predictor

    info = opened.info()
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
    model.load_state_dict(load_weights(opened.path, step, domain))
    frames = Frames(pair.split(split, with_labels=True), cache_mb=0)
    scoring = Scoring(config.data.size, config.evaluate)
    with work_progress(f"running the model on {split} ...") as report:
        confusion = split_confusion(
            predictor(lambda: model.eval()),
            frames,
            scoring=scoring,
            num_classes=num_classes,
            on_image=lambda number: report(number, len(frames), "images", ""),
        )
    return confusion, len(frames), scoring.words()


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
