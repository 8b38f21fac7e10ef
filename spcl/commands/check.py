"""Audit a folder pair: sizes, ids, class shares, missing labels; exit 2 if it is not usable."""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from spcl.commands.progress import reading_progress
from spcl.data.audit import audit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("data_root", type=Path, metavar="DATA_ROOT", help="folder of the pair")
    parser.add_argument(
        "--fast", action="store_true", help="open headers only: no ids, no damage inside files"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the audit as a table, then warnings, then problems."""
    with reading_progress() as on_file:
        report = audit(arguments.data_root, headers_only=arguments.fast, on_file=on_file)
    Console().print(report.table())
    if arguments.fast:
        print("Only headers were read (--fast); ids, class shares and damage inside were not.")
    for warning in report.warnings:
        print(warning)
    for problem in report.problems:
        print(problem, file=sys.stderr)
    return 2 if report.problems else 0
