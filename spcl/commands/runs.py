"""List the runs in a folder with status, stage, step and any problem."""

import argparse
import json
from pathlib import Path

from rich.table import Table
from rich.text import Text

from spcl.commands.line.tables import table_console
from spcl.errors import UserError
from spcl.store.formats.text import one_line
from spcl.store.reader import RunSummary, list_runs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "runs_dir",
        nargs="?",
        type=Path,
        default=Path("runs"),
        metavar="RUNS_DIR",
        help="folder of all runs (./runs)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Print the list; a damaged run has a row, too."""
    if not arguments.runs_dir.is_dir():
        raise UserError(
            f"{arguments.runs_dir} is not a folder; name the folder that contains the runs"
        )
    summaries = list_runs(arguments.runs_dir)
    if arguments.json:
        print(json.dumps({"runs": [_row(summary) for summary in summaries]}))
        return 0
    table = Table("run", "status", "stage", "step")
    table.add_column("problem", overflow="fold")  # a long path is broken, never cut off
    for summary in summaries:
        table.add_row(*(Text(str(value or "")) for value in _row(summary).values()))
    table_console().print(table)
    return 0


def _row(summary: RunSummary) -> dict[str, object]:
    """Return what is printed of a run; a folder may have a name that no terminal can take."""
    return {
        "id": one_line(summary.id),
        "status": summary.status,
        "stage": one_line(summary.stage),
        "step": summary.step,
        "problem": None if summary.problem is None else one_line(summary.problem, 600),
    }
