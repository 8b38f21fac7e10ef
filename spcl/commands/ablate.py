"""Run the arms of a comparison over seeds and print one table on target/val.

What is there is reused: arms, seeds and switches may be asked for in any part and order. Given a
finished run instead of a configuration, compare it with source-only and AdaBN.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from spcl.ablation.arms import ARMS, COMMON, METHOD, Arm, minus, parse_arms, switched
from spcl.ablation.parts import PARTS
from spcl.ablation.plan import Plan, make_plan
from spcl.ablation.scores import ArmScore, record_comparison, scores_of
from spcl.commands.arms.of_a_run import print_comparison
from spcl.commands.arms.output import comparison_json, words_below
from spcl.commands.arms.tables import class_tables
from spcl.commands.line.configs import config_file
from spcl.commands.line.tables import require_folder_of, table_console
from spcl.errors import UserError
from spcl.store.reader import Run
from spcl.store.schema import RUN_FILE
from spcl.training.processes.interrupt import stopped_by_signals


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
    parser.add_argument(
        "--arms",
        help=f"some of {', '.join(ARMS)}; default {', '.join(COMMON)}, or {METHOD} where --set or "
        "--minus is given",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE[,VALUE...]",
        help="arms of a switch: the method with each of these values; may be repeated",
    )
    parser.add_argument(
        "--minus",
        action="append",
        default=[],
        metavar="PART",
        help=f"an arm without a part of the method, one of {', '.join(PARTS)}; may be repeated",
    )
    parser.add_argument(
        "--against", metavar="ARM", help=f"the arm that others are held against; default {METHOD}"
    )
    parser.add_argument(
        "--jobs", type=int, default=1, metavar="N", help="runs side by side, one thread each (1)"
    )
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of all runs")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the table as CSV")
    parser.add_argument("--latex", type=Path, metavar="FILE", help="write it as a LaTeX table")


def run(arguments: argparse.Namespace) -> int:
    """Train what is missing and print the table."""
    from spcl.config import load_config

    path = Path(arguments.words[0])
    if (path / RUN_FILE).is_file():
        return _compare_run(path, arguments)
    arms, seeds = _arms(arguments), _seeds(arguments.seeds)
    against = _against(arguments.against, arms)
    if arguments.jobs < 1:
        raise UserError(f"--jobs is {arguments.jobs}; use a whole number of at least 1")
    for file in (arguments.csv, arguments.latex):
        require_folder_of(file)
    config = load_config(config_file(path), arguments.words[1:])
    with stopped_by_signals():
        plan = make_plan(config, arms=arms, seeds=seeds, runs_dir=arguments.runs, name=path.stem)
        _train(plan, jobs=arguments.jobs)
        scores = scores_of(plan)
        record_comparison(plan, scores)
        _tell(scores, against, arguments)
    return 0


def _train(plan: Plan, *, jobs: int) -> None:
    from spcl.ablation.jobs import train_side_by_side
    from spcl.ablation.training import train
    from spcl.commands.arms.progress import comparison_progress

    with comparison_progress(plan, jobs=jobs) as on_run:
        if jobs == 1:
            train(plan.runs, on_run=on_run)
        else:
            train_side_by_side(plan.runs, jobs=jobs, on_run=on_run)


def _tell(scores: Sequence[ArmScore], against: str, arguments: argparse.Namespace) -> None:
    """Measure the arms, write the files asked for, and print the tables."""
    from spcl.commands.arms.separability import separability_of
    from spcl.commands.arms.summary import summarized
    from spcl.commands.arms.tables import LATEX_HEADER, csv_rows, summary_cells, summary_table
    from spcl.commands.line.tables import write_csv, write_text
    from spcl.store.formats.latex import latex_table

    parted = {(one.arm, one.seed): separability_of(one) for one in scores}
    lines = summarized(scores, against=against, parted=parted)
    words = words_below(lines, against=against)
    if arguments.csv:
        write_csv(arguments.csv, csv_rows(lines))
    if arguments.latex:
        cells = [summary_cells(line) for line in lines]
        caption = " ".join(words)
        write_text(
            arguments.latex, latex_table(LATEX_HEADER, cells, caption=caption, label="ablation")
        )
    if arguments.json:
        print(json.dumps(comparison_json(lines, against=against), allow_nan=False))
        return
    console = table_console()
    console.print(summary_table(lines, against=against))
    for sentence in words:
        console.print(sentence, markup=False, highlight=False)
    for table in class_tables(scores, width=console.width):
        console.print(table)


def _arms(arguments: argparse.Namespace) -> list[Arm]:
    """Return the arms that are asked for, built-in ones first (UserError: none, or one twice)."""
    switches = [arm for text in arguments.set for arm in switched(text)]
    switches += [minus(part) for part in arguments.minus]
    default = METHOD if switches else ",".join(COMMON)
    arms = [*parse_arms(default if arguments.arms is None else arguments.arms), *switches]
    names = [arm.name for arm in arms]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UserError(f'the arm "{twice}" is asked for twice; ask for each arm once')
    return arms


def _against(given: str | None, arms: Sequence[Arm]) -> str:
    names = [arm.name for arm in arms]
    if given is None:
        return METHOD if METHOD in names else names[0]
    if given not in names:
        raise UserError(f'--against is "{given}"; use one of the arms: {", ".join(names)}')
    return given


def _seeds(text: str | None) -> list[int]:
    words = [word.strip() for word in ("0" if text is None else text).split(",") if word.strip()]
    if not words or not all(word.isdecimal() for word in words):
        raise UserError(
            f'--seeds is "{text}"; use whole numbers separated by commas, for example 0,1,2'
        )
    seeds = [int(word) for word in words]
    if len(set(seeds)) < len(seeds):
        raise UserError(f"--seeds is {text}, which names a seed twice; name each once")
    return sorted(seeds)


def _compare_run(path: Path, arguments: argparse.Namespace) -> int:
    flags = {
        "--seeds": arguments.seeds,
        "--arms": arguments.arms,
        "--set": arguments.set,
        "--minus": arguments.minus,
        "--against": arguments.against,
        "--csv": arguments.csv,
        "--latex": arguments.latex,
        "--jobs": None if arguments.jobs == 1 else arguments.jobs,
    }
    given = [*arguments.words[1:], *(flag for flag, value in flags.items() if value)]
    if given:
        raise UserError(
            f"{path} is a run, which is compared as it was made, so {given[0]} cannot be given; "
            "name a configuration to choose settings, seeds and arms"
        )
    with stopped_by_signals():
        print_comparison(Run.open(path), table_console(), as_text=not arguments.json)
    return 0
