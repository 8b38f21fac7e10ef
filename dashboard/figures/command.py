"""`python -m dashboard figures RUN -o DIR`: pictures and tables of a run for slides and papers."""

import argparse
import math
import sys
from pathlib import Path

from dashboard.figures.sheet import COLUMN, PAGE_WIDTH
from spcl.store.errors import UserError
from spcl.store.schema import RUN_FILE

_LEAST, _MOST = COLUMN, 12.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("run", type=Path, metavar="RUN", help="folder of a run")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="DIR",
        help="folder to write to, made where it is missing (RUN's name and -figures)",
    )
    parser.add_argument(
        "--width",
        type=_inches,
        default=PAGE_WIDTH,
        metavar="INCHES",
        help=f"how wide the pictures are printed: {COLUMN} for one column, 7 for two (7)",
    )
    parser.add_argument(
        "--step", type=int, metavar="STEP", help="the snapshot to show (the latest one)"
    )
    parser.add_argument(
        "--palette",
        choices=("dataset", "safe"),
        default="dataset",
        help="class colours: the data set's own, or ones that colour-blind people can tell apart",
    )
    parser.add_argument(
        "--no-photographs",
        action="store_true",
        help="leave the photographs out and show masks only, where a licence asks for it",
    )


def _inches(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not _LEAST <= value <= _MOST:
        raise argparse.ArgumentTypeError(
            f'"{text}" is no width; use inches from {_LEAST} to {_MOST:g}, as 3.3 for one column'
        )
    return value


def run(given: argparse.Namespace) -> int:
    """Write the folder and say what is in it (UserError: nothing to read, nothing to draw with)."""
    from streamlit.logger import set_log_level

    set_log_level("ERROR")  # it warns that no page is open
    from dashboard.data import recorded, runs_folder
    from dashboard.data.opened_run import open_run
    from dashboard.data.selection import parse
    from dashboard.figures.browser import Browser
    from dashboard.figures.files import FiguresFolder, Written

    path = given.run.expanduser().resolve()
    if not (path / RUN_FILE).is_file():
        raise UserError(f"{given.run} is no run; give the folder that holds its {RUN_FILE}")
    runs_folder.use(path.parent)
    chosen = {"run": path.name, "palette": given.palette}
    if given.step is not None:
        chosen["step"] = str(given.step)
    opened = open_run(parse(chosen, [path.name]))
    assert opened is not None, "a run is named"
    if opened.step is None:
        raise UserError(
            f"{given.run} has no snapshot yet, so there is nothing to draw; wait for it"
        )
    if given.step not in (None, opened.step):
        steps = ", ".join(map(str, opened.steps))
        raise UserError(f"{given.run} has no snapshot at step {given.step}; choose from {steps}")
    folder: Path = given.output or Path(f"{path.name}-figures")
    with Browser() as browser:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                f"{folder} cannot be made ({error.strerror}); give another folder with -o"
            ) from None
        writer = FiguresFolder(folder, opened, browser)
        written: Written = writer.write(
            inches=given.width, with_photographs=not given.no_photographs
        )
    for name, why in written.left_out.items():
        print(f"{name} is left out: {why}", file=sys.stderr)
    if not recorded.is_derived(opened.run, opened.steps):
        print(
            f"Not all of {given.run} is analysed yet; type python -m spcl analyse {given.run} and "
            "make the figures again.",
            file=sys.stderr,
        )
    print(
        f"{folder}: {len(written.pictures)} pictures as PNG, PDF and SVG, "
        f"{len(written.tables)} tables, {len(written.animations)} animations, and their captions."
    )
    return 0
