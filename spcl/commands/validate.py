"""Read all that a run recorded, with its checkpoints; exit 2 and a sentence for each fault."""

import argparse
import sys
from pathlib import Path

from spcl.errors import UserError
from spcl.store.formats.own_files import own_entries
from spcl.store.reader import Run
from spcl.store.schema import CHECKPOINTS_FOLDER
from spcl.store.validation import faults


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("run_dir", type=Path, metavar="RUN_DIR", help="folder of a run")


def run(arguments: argparse.Namespace) -> int:
    """Print one sentence for each fault, or that there is none."""
    opened = Run.open(arguments.run_dir)
    found = [*faults(opened), *_checkpoint_faults(opened)]
    for fault in found:
        print(fault, file=sys.stderr)
    if not found:
        print(
            f"{opened.path}: sound, {len(opened.steps()):,} snapshots and all checkpoints were read"
        )
    return 2 if found else 0


def _checkpoint_faults(opened: Run) -> list[str]:
    from spcl.training.checkpoint import load_checkpoint

    names = own_entries(opened.path / CHECKPOINTS_FOLDER, within=opened.path)
    found = []
    for name in sorted(name for name in names if name.endswith(".pt") and name[0] != "."):
        try:
            load_checkpoint(opened.path, name=name)
        except UserError as error:
            found.append(str(error))
    return found
