"""Print a run's scores at one step, from one confusion matrix over the split.

Keys of `evaluate.` score its weights in another way than the run was scored. With
`--as-baseline NAME RUN_DIR` the scores also become what another run is compared with.
"""

import argparse
import json
import sys
from pathlib import Path

from rich.table import Table

from spcl.commands.line.tables import table_console
from spcl.commands.scores.result import read_with, result_of, step_at
from spcl.errors import UserError
from spcl.store.baselines.reader import MOST_LETTERS, TARGET_SPLIT, scored_at
from spcl.store.baselines.statistics import (
    SCORES_KEYS,
    Statistics,
    statistics_of,
    statistics_words,
)
from spcl.store.baselines.writer import record_baselines, require_same_data
from spcl.store.reader import Run
from spcl.store.scores.thirteen import THIN

HOW_THE_MEAN_IS_MADE = (
    "The mean counts a class that is predicted but never occurs as 0, and leaves out one that is "
    "neither predicted nor there."
)
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
        "--statistics",
        choices=tuple(SCORES_KEYS),
        help="whose batch-norm statistics to read it with; by default as observed, and source for "
        "a source-only run",
    )
    parser.add_argument(
        "--device",
        metavar="NAME",
        help="run the model again on auto, cpu, cuda, cuda:N or mps; where it must be run, auto",
    )
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
    step = step_at(opened, arguments.at)
    _require_scoring_keys(arguments.words)
    if arguments.as_baseline is not None and (arguments.words or arguments.device):
        what = "the keys" if arguments.words else "--device"
        raise UserError(f"a baseline has the scores that were recorded; leave {what} away")
    chosen = read_with(opened, step, arguments.split, arguments.statistics)
    result = result_of(
        opened, step, arguments.split, arguments.words, chosen, device=arguments.device
    )
    if arguments.as_baseline is not None:
        _record(opened, step, arguments.split, chosen, *arguments.as_baseline)
    if arguments.json:
        print(json.dumps(result))
        return 0
    table = Table("class", "IoU %", title=f"{result['run']}, step {step}, {result['split']}")
    for name, value in result["per_class_iou"].items():
        why = " (predicted, never occurs)" if name in result["predicted_never_occurs"] else ""
        table.add_row(name, _percent(value) + why)
    table.add_row("mean", _percent(result["mean_iou"]))
    if result["mean_iou_13"] is not None:
        without = ", ".join(THIN)
        table.add_row(f"mean of 13 (without {without})", _percent(result["mean_iou_13"]))
    if result["predicted_never_occurs"]:
        table.add_row("mean of classes that occur", _percent(result["mean_iou_of_occurring"]))
    table_console().print(table)
    print(f"Scored: {result['scored']}.")
    if result["device"] is not None:
        print(f"The model was run again on {result['device']}.")
    print(f"Read with {statistics_words(result['statistics'])}.")
    for other, mean in result["mean_iou_by_statistics"].items():
        if other != result["statistics"]:
            print(f"With {statistics_words(other)} the mean is {_percent(mean)}.")
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


def _record(
    opened: Run, step: int, split: str, statistics: Statistics | None, name: str, other: str
) -> None:
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
    is_other = statistics != statistics_of(opened.info(), step)
    key = SCORES_KEYS["source"] if is_other and statistics == "source" else "target"
    if is_other and key == "target":
        raise UserError("a baseline has a score that was recorded; leave --statistics away")
    what += f", read with {statistics_words(statistics)}" if statistics else ""
    record_baselines(run, [scored_at(opened, step, name=name.strip(), what=what, statistics=key)])
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
