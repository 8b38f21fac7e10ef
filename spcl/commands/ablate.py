"""Run the arms of a comparison over seeds and print one table on target/val; resumable.

Given a finished run instead of a configuration, compare it with source-only and AdaBN.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from spcl.ablation import ARMS, ablate, arm_run_path, compare, parse_arms, runs_needed
from spcl.commands.line.configs import config_file
from spcl.commands.progress import Pace, training_progress
from spcl.errors import UserError
from spcl.store.baselines.reader import TARGET_SPLIT, Baseline
from spcl.store.reader import Run
from spcl.store.schema import RUN_FILE
from spcl.training.interrupt import stopped_by_signals


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "words",
        nargs="+",
        metavar="CONFIG.toml [KEY=VALUE ...] | RUN_DIR",
        help="a configuration and keys that take other values, or a finished run to compare with "
        "source-only and AdaBN",
    )
    parser.add_argument("--seeds", help="seeds with commas, for example 0,1,2; default 0")
    parser.add_argument("--arms", help=f"some of {', '.join(ARMS)}; default all")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of all runs")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Run the arms that are missing and print the table."""
    from spcl.adapt import Adaptation, run_to_end
    from spcl.config import load_config

    path = Path(arguments.words[0])
    if (path / RUN_FILE).is_file():
        return _compare_run(path, arguments)
    config = load_config(config_file(path), arguments.words[1:])

    arms, seeds = parse_arms(arguments.arms or ",".join(ARMS)), _seeds(arguments.seeds or "0")
    names = [
        arm_run_path(arguments.runs, path.stem, arm, seed).name
        for seed in seeds
        for arm in runs_needed(arms)
    ]
    pace = Pace(len(names))

    def with_progress(adaptation: Adaptation) -> None:
        run_path = adaptation.recorder.path
        assert run_path is not None, "an arm is recorded"
        title = f"{run_path}: {pace.words(names.index(run_path.name) + 1)}"
        with pace.one_more(), training_progress(title) as progress:
            run_to_end(adaptation, progress)

    wanted = ablate(
        config,
        arms=arms,
        seeds=seeds,
        runs_dir=arguments.runs,
        name=path.stem,
        run_to_end=with_progress,
    )
    with stopped_by_signals():
        scores = list(wanted)
    if arguments.json:
        print(json.dumps({"arms": as_json(scores)}))
    else:
        Console().print(arms_table(scores))
    return 0


def _compare_run(path: Path, arguments: argparse.Namespace) -> int:
    given = [*arguments.words[1:], *filter(None, (arguments.seeds, arguments.arms))]
    if given:
        raise UserError(
            f"{path} is a run, which is compared as it was made, so {given[0]} cannot be given; "
            "name a configuration to choose settings, seeds and arms"
        )
    with stopped_by_signals():
        print_comparison(Run.open(path), Console(), as_text=not arguments.json)
    return 0


def print_comparison(run: Run, console: Console, *, as_text: bool = True) -> None:
    """Compare a finished run with source-only and AdaBN, and print the table (or JSON)."""
    from spcl.adapt import Adaptation, run_to_end
    from spcl.training.plan import OnUpdate

    def with_progress(adaptation: Adaptation, on_update: OnUpdate) -> None:
        title = "For comparison: the same number of updates on the source only"
        with training_progress(title) as progress:

            def report(*state: Any) -> None:
                progress(*state)
                on_update(*state)

            run_to_end(adaptation, report)

    scores = compare(run, run_to_end=with_progress)
    if not as_text:
        print(json.dumps({"arms": as_json(scores)}))
        return
    console.print(arms_table(scores, change=("before", "spcl")))
    console.print(
        f"{run.path}: before, source_only and adabn against spcl (adapted), IoU in % on "
        f"{scores[-1].num_images} {TARGET_SPLIT} images; source_only and adabn come from a second "
        "run of equal length from the same warm-up.",
        markup=False,
        highlight=False,
    )


def _seeds(text: str) -> list[int]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words or not all(word.isdigit() for word in words):
        raise UserError(
            f'--seeds is "{text}"; use whole numbers separated by commas, for example 0,1,2'
        )
    return [int(word) for word in words]


def as_json(scores: Sequence[Baseline]) -> dict[str, dict[str, object]]:
    """Return {arm: {seeds, mean_iou, mean_iou_of_occurring, per_class_iou}}, with IoU in [0, 1]."""
    by_arm: dict[str, list[Baseline]] = defaultdict(list)
    for score in scores:
        by_arm[score.name].append(score)
    return {
        arm: {
            "seeds": [row.seed for row in rows],
            "mean_iou": [row.mean_iou for row in rows],
            "mean_iou_of_occurring": [row.mean_iou_of_occurring for row in rows],
            "per_class_iou": {
                name: [row.per_class_iou[name] for row in rows] for name in rows[0].per_class_iou
            },
        }
        for arm, rows in by_arm.items()
    }


def arms_table(scores: Sequence[Baseline], *, change: tuple[str, str] | None = None) -> Table:
    """Return a table of IoU in %, classes by arms, averaged over seeds.

    With several seeds the last row is the standard deviation of the mean IoU. With
    `change` = (reference, result) the last column is their difference in points.
    """
    arms = list(dict.fromkeys(score.name for score in scores))
    columns = [f"{change[1]} - {change[0]}"] if change else []
    table = Table("IoU %, target/val", *arms, *columns)
    for name in scores[0].per_class_iou:
        values = {
            arm: _mean([s.per_class_iou[name] for s in scores if s.name == arm]) for arm in arms
        }
        cells = ["absent" if value is None else f"{value:.1f}" for value in values.values()]
        table.add_row(name, *cells, *_change(values, change))
    table.add_section()
    means = {arm: _mean([s.mean_iou for s in scores if s.name == arm]) for arm in arms}
    cells = ["absent" if mean is None else f"{mean:.1f}" for mean in means.values()]
    table.add_row("mean", *cells, *_change(means, change))
    occurring = {
        arm: _mean([s.mean_iou_of_occurring for s in scores if s.name == arm]) for arm in arms
    }
    if occurring != means:
        cells = ["absent" if mean is None else f"{mean:.1f}" for mean in occurring.values()]
        table.add_row("mean of classes that occur", *cells, *_change(occurring, change))
    if len({score.seed for score in scores}) > 1:
        spreads = [_spread([s.mean_iou for s in scores if s.name == arm]) for arm in arms]
        table.add_row("std over seeds", *spreads)
    return table


def _mean(values: Sequence[float | None]) -> float | None:
    """Return the mean of the values that exist, in % to one decimal."""
    known = [value for value in values if value is not None]
    return round(100 * float(np.mean(known)), 1) if known else None


def _spread(values: Sequence[float]) -> str:
    return f"± {100 * np.std(values, ddof=1):.1f}" if len(values) > 1 else ""


def _change(values: Mapping[str, float | None], change: tuple[str, str] | None) -> list[str]:
    if change is None:
        return []
    before, after = values[change[0]], values[change[1]]
    return ["" if before is None or after is None else f"{after - before:+.1f}"]
