"""Compute projections, separability and drift of a run into its derived/ folder."""

import argparse
import json
import os
from pathlib import Path

from spcl.store.reader import Run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("run_dir", type=Path, metavar="RUN_DIR")
    parser.add_argument("--follow", action="store_true", help="go on until the run has ended")
    parser.add_argument("--json", action="store_true", help="print the last measures as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Analyse what is there, or follow a growing run."""
    opened = Run.open(arguments.run_dir)
    if arguments.follow:
        os.nice(max(0, 19 - os.nice(0)))
    from spcl.analysis.worker import analyse, summary

    code = analyse(opened, follow=arguments.follow)
    if arguments.json:
        print(json.dumps(summary(opened)))
    return code
