"""Compute maps, separability and drift of a run and write them to its derived/ folder."""

import argparse
import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path

from spcl.commands.line.progress import work_progress
from spcl.errors import UserError
from spcl.store.derived.reader import DerivedReader
from spcl.store.happenings.command import HELP, OnEvent
from spcl.store.happenings.watch import RunWatch
from spcl.store.reader import Run

TASKS = {"pca": "maps by PCA", "umap": "maps by UMAP", "measures": "measures", "masks": "masks"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("run_dir", type=Path, metavar="RUN_DIR", help="folder of a run")
    parser.add_argument("--follow", action="store_true", help="keep analysing until the run ends")
    parser.add_argument("--on-event", metavar="CMD", help=f"with --follow: {HELP}")
    parser.add_argument(
        "--json", action="store_true", help="print the latest measures as one JSON object"
    )


def run(arguments: argparse.Namespace) -> int:
    """Analyse the snapshots that exist, or follow a run until it ends."""
    opened = Run.open(arguments.run_dir)
    if arguments.on_event and not arguments.follow:
        raise UserError("--on-event is for a run that goes on; give --follow, too")
    watch = OnEvent(arguments.on_event, RunWatch(opened).look) if arguments.on_event else None
    if arguments.follow:
        os.nice(max(0, 19 - os.nice(0)))
    from spcl.analysis.worker import analyse, summary

    with ExitStack() as ends, work_progress(in_lines=not arguments.follow) as report:
        if watch is not None:
            ends.callback(watch.start().stop)
        total = 0

        def on_task(kind: str, left: int) -> None:
            nonlocal total
            total = max(total, left + 1)
            report(total - left, total, TASKS[kind], "")

        is_ours = analyse(opened, follow=arguments.follow, on_task=on_task)
    if not is_ours:
        print(
            f"{opened.path} is being analysed by another process; its results appear in "
            f"{DerivedReader(opened).path}",
            file=sys.stderr,
        )
    if arguments.json:
        print(json.dumps(summary(opened)))
    return 0
