"""Adapt a model to an unlabelled target domain, recording into a run folder."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from spcl.commands.progress import training_progress
from spcl.config.presets import PRESETS
from spcl.errors import UserError

if TYPE_CHECKING:
    from spcl.adapt import Adaptation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("words", nargs="*", metavar="CONFIG.toml [KEY=VALUE ...]")
    parser.add_argument("--resume", type=Path, metavar="RUN_DIR", help="continue a run")
    parser.add_argument("--preset", choices=sorted(PRESETS), help="set of defaults")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of all runs")
    parser.add_argument("--id", help="name of the new run's folder")


def run(arguments: argparse.Namespace) -> int:
    """Start or continue a run and train it to its end."""
    from spcl import adapt, launch

    if arguments.resume is not None:
        adaptation = launch.resume(arguments.resume, arguments.words)
    else:
        adaptation = _started(arguments)
    path = adaptation.recorder.path
    with training_progress(f"{path}") as progress:
        adapt.conduct(adaptation, progress)
    print(path)
    return 0


def _started(arguments: argparse.Namespace) -> "Adaptation":
    from spcl import launch
    from spcl.config import load_config

    if not arguments.words:
        raise UserError("no configuration given; use for example: adapt configs/streets.toml")
    if "=" in arguments.words[0]:
        raise UserError(
            f'"{arguments.words[0]}" is no configuration file; name it before KEY=VALUE'
        )
    preset = [f"preset={arguments.preset}"] if arguments.preset else []
    config = load_config(Path(arguments.words[0]), [*preset, *arguments.words[1:]])
    if arguments.id is not None and Path(arguments.id).name != arguments.id:
        raise UserError(f'"{arguments.id}" is no folder name; use letters, digits, - and _')
    return launch.start(config, runs_dir=arguments.runs, run_id=arguments.id)
