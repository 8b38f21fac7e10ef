"""Audit a folder pair: sizes, ids, class shares, missing labels; exit 2 if it is not usable."""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from spcl.data.audit import audit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("data_root", type=Path, metavar="DATA_ROOT", help="folder of the pair")


def run(arguments: argparse.Namespace) -> int:
    """Print the audit as a table, then warnings, then problems."""
    report = audit(arguments.data_root)
    console = Console()
    console.print(report.table())
    for warning in report.warnings:
        console.print(warning, markup=False)
    for problem in report.problems:
        print(problem, file=sys.stderr)
    return 2 if report.problems else 0
