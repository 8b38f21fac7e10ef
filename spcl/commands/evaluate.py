"""Print a run's scores at one step, from one confusion matrix over the split."""

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from spcl.errors import UserError
from spcl.store.reader import Run

SPLITS = ("source/train", "source/val", "target/train", "target/val")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("run_dir", type=Path, metavar="RUN_DIR", help="folder of a run")
    parser.add_argument("--at", metavar="STEP", help="a step, before, or last (default)")
    parser.add_argument("--split", default="target/val", help=f"one of {', '.join(SPLITS)}")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Print per-class IoU, mean IoU and the run's notes."""
    opened = Run.open(arguments.run_dir)
    if arguments.split not in SPLITS:
        raise UserError(f'"{arguments.split}" is not a split; use one of {", ".join(SPLITS)}')
    step = _step(opened, arguments.at)
    result = _result(opened, step, arguments.split)
    if arguments.json:
        print(json.dumps(result))
        return 0
    table = Table("class", "IoU %", title=f"{result['run']}, step {step}, {result['split']}")
    for name, value in [*result["per_class_iou"].items(), ("mean", result["mean_iou"])]:
        table.add_row(name, "absent" if value is None else f"{100 * value:.1f}")
    Console().print(table)
    for note in result["notes"]:
        print(note)
    return 0


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


def _result(opened: Run, step: int, split: str) -> dict[str, Any]:
    info = opened.info()
    domain, subset = split.split("/")
    if subset == "val":
        scores = opened.snapshot(step).scores.get(domain)
        if scores is None:
            raise UserError(f"{split} of {info.id} has no labels to score; choose another split")
        values, num_images = scores["per_class_iou"], scores["num_images"]
    else:
        print(f"running the model on {split} ...", file=sys.stderr)
        values, num_images = _run_model(opened, step, domain, split)
    known = [value for value in values if value is not None]
    return {
        "run": info.id,
        "step": step,
        "split": split,
        "notes": list(info.notes),
        "num_images": num_images,
        "mean_iou": float(np.mean(known)) if known else None,
        "per_class_iou": dict(zip(info.label_space.names, values, strict=True)),
    }


def _run_model(opened: Run, step: int, domain: str, split: str) -> tuple[list[float | None], int]:
    from spcl.config import recorded_config
    from spcl.data.domains import Domains
    from spcl.data.loaders import Frames
    from spcl.data.pairs import located
    from spcl.evaluate import split_confusion
    from spcl.models.segmenter import build_segmenter
    from spcl.store.counts import per_class_iou
    from spcl.training.checkpoint import load_weights
    from spcl.training.observed_models import predictor

    info = opened.info()
    config = located(recorded_config(info.config, where=str(opened.path)), info.data)
    domains = Domains.open(config)
    pair, difference = domains.pair, domains.fingerprint().difference(info.data)
    if difference is not None:
        print(f"{opened.path}: {difference}", file=sys.stderr)
    num_classes = len(pair.label_space)
    model = build_segmenter(
        config.model.backbone, num_classes, weights="none", precision=config.model.precision
    )
    model.load_state_dict(load_weights(opened.path, step, domain))
    frames = Frames(pair.split(split, with_labels=True), cache_mb=0)
    confusion = split_confusion(
        predictor(lambda: model.eval()), frames, size=config.data.size, num_classes=num_classes
    )
    values = [None if math.isnan(v) else float(v) for v in per_class_iou(confusion)]
    return values, len(frames)
