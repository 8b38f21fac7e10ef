"""`python -m dashboard export RUN [RUN ...] -o story.html`: write stories of runs as one file."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from spcl.store.errors import UserError
from spcl.store.schema import RUN_FILE

if TYPE_CHECKING:
    from dashboard.data.opened_run import OpenedRun


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("run", type=Path, nargs="+", metavar="RUN", help="folders of runs")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="file to write (the first RUN's name and .html)",
    )
    parser.add_argument(
        "--images",
        default="",
        metavar="KEY,...",
        help="show these pictures only (their keys stand in probe/probe.json)",
    )
    parser.add_argument(
        "--no-photographs",
        action="store_true",
        help="leave the photographs out and show masks only, where a licence asks for it",
    )


def run(given: argparse.Namespace) -> int:
    """Write the file and say how large it is (UserError: nothing to read, nowhere to write)."""
    from streamlit.logger import set_log_level

    set_log_level("ERROR")  # it warns that no page is open
    from dashboard.export.exported import export, size_text

    paths = [path.expanduser().resolve() for path in given.run]
    for path, asked in zip(paths, given.run, strict=True):
        if not (path / RUN_FILE).is_file():
            raise UserError(f"{asked} is no run; give the folder that holds its {RUN_FILE}")
    output = given.output or Path(f"{paths[0].name}.html")
    images = [key.strip() for key in given.images.split(",") if key.strip()]
    made = export(_opened(paths), images=images, with_photographs=not given.no_photographs)
    try:
        output.write_bytes(made.content)
    except OSError as error:
        raise UserError(
            f"{output} cannot be written ({error.strerror}); give another file with -o"
        ) from None
    for path in made.not_analyzed:
        print(
            f"Not all of {path} is analysed yet, so the file says less than it could; type "
            f"python -m spcl analyse {path} and export again.",
            file=sys.stderr,
        )
    photographs = f"{made.num_photographs} photographs" if made.num_photographs else "no photograph"
    print(
        f"{output}: {size_text(len(made.content))}, with {photographs} and {made.num_masks} masks; "
        "it opens in a browser without network."
    )
    return 0


def _opened(paths: Iterable[Path]) -> "Iterator[OpenedRun]":
    """Give the runs one by one, each while its own folder is the one that is looked at."""
    from dashboard.data import runs_folder
    from dashboard.data.opened_run import open_run
    from dashboard.data.selection import parse

    for path in paths:
        runs_folder.use(path.parent)
        opened = open_run(parse({"run": path.name}, [path.name]))
        assert opened is not None, "a run is named"
        yield opened
