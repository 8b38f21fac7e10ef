"""Compute maps, separability and drift of a run and write them to its derived/ folder."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from spcl.commands.line.progress import work_progress
from spcl.errors import UserError
from spcl.store.compared.sides import read_side
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
    parser.add_argument(
        "--beside", type=Path, metavar="RUN", help="lay out RUN_DIR and this run on one map instead"
    )
    parser.add_argument("--step", type=int, help="with --beside: snapshot of RUN_DIR (the latest)")
    parser.add_argument("--beside-step", type=int, help="snapshot of the other (the latest)")


def run(arguments: argparse.Namespace) -> int:
    """Analyse the snapshots that exist, or follow a run until it ends."""
    opened = Run.open(arguments.run_dir)
    if arguments.beside is not None:
        return _lay_out_both(arguments, [opened, Run.open(arguments.beside)])
    if arguments.step is not None or arguments.beside_step is not None:
        raise UserError("--step and --beside-step name snapshots of a joint map; give --beside")
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


def _lay_out_both(arguments: argparse.Namespace, runs: Sequence[Run]) -> int:
    """Write the map of two runs into the derived/ folders of both."""
    if arguments.follow or arguments.json:
        raise UserError("--beside makes one map and ends; leave --follow and --json out")
    if runs[0].path.samefile(runs[1].path):
        raise UserError("--beside names the run itself; name another run to lay out beside it")
    steps = [
        read_side(run, step).step
        for run, step in zip(runs, (arguments.step, arguments.beside_step), strict=True)
    ]
    from spcl.analysis.joint_map import PARTS, write_joint_map

    with work_progress(in_lines=True) as report:
        write_joint_map(runs, steps, on_part=lambda done, what: report(done, PARTS, what, ""))
        report(PARTS, PARTS, "done", "")
    return 0
