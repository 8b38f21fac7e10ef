"""Make a run of predictions that any training has left in folders; no code of it is needed."""

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--predictions",
        type=Path,
        required=True,
        metavar="DIR",
        help="classes.json, {source,target}/images, labels, predictions/STEP and features/STEP",
    )
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of all runs")
    parser.add_argument("--id", metavar="RUN_ID", help="name of the run's folder")
    parser.add_argument("--title", default="", help="what people call the run")
    parser.add_argument(
        "--before", type=int, metavar="STEP", help="the step to compare with (the first)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Record, and print the run's folder and what it lacks."""
    from spcl.predictions import record_predictions
    from spcl.store.reader import Run

    path = record_predictions(
        arguments.predictions,
        arguments.runs,
        title=arguments.title,
        run_id=arguments.id,
        before=arguments.before,
    )
    recorded = Run(path)
    missing = [word for word in recorded.info().absent if word != "settings"]
    print(f"{path}: {len(recorded.steps())} steps recorded; without {', '.join(missing)}")
    return 0
