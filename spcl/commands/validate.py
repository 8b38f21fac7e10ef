"""Read all that a run recorded, with its checkpoints; exit 2 and a sentence for each fault."""

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

from spcl.commands.line.missing import install
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
    found, unread = list(faults(opened)), _checkpoints(opened)
    if unread and find_spec("torch") is not None:
        found, unread = [*found, *_checkpoint_faults(opened, unread)], []
    for fault in found:
        print(fault, file=sys.stderr)
    if not found:
        checkpoints = (
            f"were read, its {len(unread)} checkpoints were not: that needs torch "
            f"({install('train')})"
            if unread
            else "and all checkpoints were read"
        )
        print(f"{opened.path}: sound, {len(opened.steps()):,} snapshots {checkpoints}")
    return 2 if found else 0


def _checkpoints(opened: Run) -> list[str]:
    names = own_entries(opened.path / CHECKPOINTS_FOLDER, within=opened.path)
    return sorted(name for name in names if name.endswith(".pt") and name[0] != ".")


def _checkpoint_faults(opened: Run, names: list[str]) -> list[str]:
    from spcl.training.saved.checkpoint import load_checkpoint

    found = []
    for name in names:
        try:
            load_checkpoint(opened.path, name=name)
        except UserError as error:
            found.append(str(error))
    return found
