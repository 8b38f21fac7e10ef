"""Take the scalars of an existing TensorBoard log into a run that has ended."""

import argparse
from pathlib import Path

from spcl.store.reader import Run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("log_dir", type=Path, metavar="LOG_DIR", help="folder of event files")
    parser.add_argument("run_dir", type=Path, metavar="RUN_DIR", help="folder of a run")


def run(arguments: argparse.Namespace) -> int:
    """Import, and print what became of each tag."""
    from spcl.scalars import import_scalars

    opened = Run.open(arguments.run_dir)
    scalars = import_scalars(arguments.log_dir, opened)
    for tag, name in sorted(scalars.names.items()):
        print(tag if tag == name else f"{tag} -> {name}")
    print(f"{opened.path}: scalars of {len(scalars.rows):,} steps added")
    return 0
