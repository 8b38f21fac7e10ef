"""Adapt a model to an unlabelled target domain and record the run in a folder."""

import argparse
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from spcl.commands.line.configs import config_file
from spcl.commands.line.progress import reading_progress, training_progress
from spcl.config.presets import PRESETS
from spcl.errors import UserError
from spcl.training.processes.interrupt import stopped_by_signals

if TYPE_CHECKING:
    from spcl.adapt import Adaptation
    from spcl.recording.disk_use import DiskUse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar="CONFIG.toml [KEY=VALUE ...]",
        help="a configuration, and keys that take other values",
    )
    parser.add_argument("--resume", type=Path, metavar="RUN_DIR", help="continue this run")
    parser.add_argument(
        "--take-over",
        action="store_true",
        help="with --resume: the run's process on another machine has surely ended",
    )
    parser.add_argument(
        "--previous",
        action="store_true",
        help="with --resume: go on from the checkpoint before the last",
    )
    parser.add_argument("--preset", choices=sorted(PRESETS), help="defaults of all keys (spcl)")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of all runs")
    parser.add_argument("--id", help="name of the new run's folder")


def run(arguments: argparse.Namespace) -> int:
    """Start or resume a run and train it to its end."""
    from spcl import adapt
    from spcl.follow import Begun
    from spcl.method.ranks.sums import rank
    from spcl.training.processes.ranks import joined_processes, told_by_first

    for name in ("take_over", "previous"):
        if getattr(arguments, name) and arguments.resume is None:
            flag = "--" + name.replace("_", "-")
            raise UserError(f"{flag} belongs to --resume RUN_DIR; name the run to continue")
    with stopped_by_signals(), joined_processes():
        if rank() > 0:
            return _followed(arguments)
        try:
            adaptation = _begun(arguments)
        except BaseException:
            told_by_first(None)
            raise
        path = adaptation.recorder.path
        told_by_first(Begun.of(adaptation))
        with training_progress(f"{path}") as progress:
            adapt.run_to_end(adaptation, progress)
    print(path)
    return 0


def _followed(arguments: argparse.Namespace) -> int:
    """Train beside the process that writes, and leave words to it; 2 where it could not begin."""
    from spcl import adapt
    from spcl.follow import follow
    from spcl.training.processes.ranks import PeerEndedError, told_by_first

    begun = told_by_first(None)
    if begun is None:
        return 2
    adaptation = follow(begun, previous=arguments.previous)
    try:
        adapt.run_to_end(adaptation)
    except PeerEndedError:
        return 2
    return 0


def _begun(arguments: argparse.Namespace) -> "Adaptation":
    from spcl import launch

    if arguments.resume is None:
        return _started(arguments)
    with reading_progress() as on_file:
        return launch.resume(
            arguments.resume,
            arguments.words,
            take_over=arguments.take_over,
            previous=arguments.previous,
            on_file=on_file,
        )


def _started(arguments: argparse.Namespace) -> "Adaptation":
    from spcl import launch
    from spcl.config import load_config

    if not arguments.words:
        raise UserError("no configuration given; name one, for example: adapt configs/streets.toml")
    if "=" in arguments.words[0]:
        raise UserError(
            f'"{arguments.words[0]}" is not a configuration file; name one before KEY=VALUE'
        )
    preset = [f"preset={arguments.preset}"] if arguments.preset else []
    config = load_config(config_file(Path(arguments.words[0])), [*preset, *arguments.words[1:]])
    if arguments.id is not None and Path(arguments.id).name != arguments.id:
        raise UserError(f'"{arguments.id}" is not a folder name; use letters, digits, - and _')
    uses: list[DiskUse] = []
    with reading_progress() as on_file:
        adaptation = launch.start(
            config,
            runs_dir=arguments.runs,
            run_id=arguments.id,
            on_file=on_file,
            on_disk_use=uses.append,
        )
    for use in uses:
        free = shutil.disk_usage(arguments.runs).free
        print(use.words(keep=config.record.keep, free=free), file=sys.stderr)
    return adaptation
