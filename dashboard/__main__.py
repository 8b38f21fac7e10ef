"""`python -m dashboard [RUNS_DIR]`: print the address and serve until Ctrl-C.

`python -m dashboard export RUN` writes the story of a run as one file instead, and
`python -m dashboard figures RUN` its pictures for slides and papers.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from spcl.store.errors import UserError
from spcl.store.happenings.command import HELP
from spcl.store.schema import RUN_FILE

LIBRARIES = ("streamlit", "plotly", "starlette", "uvicorn", "pandas")
INSTALL = 'type pip install "spcl[dashboard]"'


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message}; see python -m dashboard --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve; return 0 after Ctrl-C, 2 with one sentence for a user's mistake."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        if words[:1] == ["export"]:
            from dashboard.export import command

            return command.run(export_parser().parse_args(words[1:]))
        if words[:1] == ["figures"]:
            from dashboard.figures import command as figures

            return figures.run(figures_parser().parse_args(words[1:]))
        given = serve_parser().parse_args(words)
        with _folder(given) as (runs_dir, run_id):
            from dashboard.server.serve import serve

            serve(
                runs_dir,
                first_port=given.port,
                run_id=run_id,
                address=given.address,
                names=given.allow_host,
                base_path=given.base_path,
                on_event=given.on_event,
            )
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        name = (error.name or "").split(".")[0]
        if name not in LIBRARIES:
            raise
        print(f"The dashboard needs {name}, which is not installed; {INSTALL}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


def export_parser() -> argparse.ArgumentParser:
    """Return the parser of what follows `export`."""
    from dashboard.export import command

    parser = _Parser(
        prog="python -m dashboard export", description="Write the story of a run as one HTML file."
    )
    command.add_arguments(parser)
    return parser


def figures_parser() -> argparse.ArgumentParser:
    """Return the parser of what follows `figures`."""
    from dashboard.figures import command as figures

    parser = _Parser(
        prog="python -m dashboard figures",
        description="Write the charts, maps, masks and tables of a run for slides and papers.",
    )
    figures.add_arguments(parser)
    return parser


def serve_parser() -> argparse.ArgumentParser:
    """Return the parser of the command without a word of its own: serve."""
    parser = _Parser(
        prog="python -m dashboard",
        description="Look at runs in a browser.",
        epilog="python -m dashboard export RUN writes the story of a run as one HTML file; "
        "python -m dashboard figures RUN writes its pictures for slides and papers.",
    )
    parser.add_argument(
        "runs_dir",
        nargs="?",
        default="runs",
        metavar="RUNS_DIR",
        help="folder of all runs, or one run (./runs); elsewhere s3://BUCKET/FOLDER or "
        "sftp://HOST/FOLDER",
    )
    parser.add_argument(
        "--cache-gb",
        type=_gigabytes,
        default=20,
        metavar="GB",
        help="what runs fetched from elsewhere may take on this machine (20)",
    )
    parser.add_argument("--port", type=_port, default=8501, help="first port to try")
    parser.add_argument(
        "--address",
        default="127.0.0.1",
        metavar="ADDR",
        help="address to listen on (127.0.0.1: this machine alone); there is no password",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        type=_host,
        metavar="NAME[:PORT]",
        help="another name by which people reach the server, as behind a proxy; repeatable",
    )
    parser.add_argument(
        "--base-path",
        default="",
        type=_base_path,
        metavar="/X/Y",
        help="path below which a proxy shows the dashboard, whether it strips it or not",
    )
    parser.add_argument("--on-event", metavar="CMD", help=HELP)
    return parser


@contextmanager
def _folder(given: argparse.Namespace) -> Iterator[tuple[Path, str | None]]:
    """Yield the folder of all runs, a fetched one where it is elsewhere, and the run to open."""
    from dashboard.remote.address import is_address

    if not is_address(given.runs_dir):
        yield folder_and_run(Path(given.runs_dir))
        return
    from dashboard.remote.keeper import followed

    with followed(given.runs_dir, most_bytes=given.cache_gb * 10**9) as found:
        yield found


def _gigabytes(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f'"{text}" is no size; give whole gigabytes, e.g. 20')
    return int(text)


def _host(text: str) -> str:
    if not re.fullmatch(
        r"[A-Za-z0-9._-]+(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](?::[0-9]{1,5})?", text
    ):
        raise argparse.ArgumentTypeError(
            f'"{text}" is no host name; give a name as in the address bar, e.g. hub.example.org'
        )
    return text


def _base_path(text: str) -> str:
    parts = text.strip("/").split("/") if text.strip("/") else []
    if not all(re.fullmatch(r"[A-Za-z0-9._~@-]+", part) and set(part) != {"."} for part in parts):
        raise argparse.ArgumentTypeError(
            f'"{text}" is no path; give letters and digits between slashes, e.g. /user/ada/runs'
        )
    return "".join(f"/{part}" for part in parts)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f'"{text}" is no port; use a number from 1 to 65535')
    return int(text)


def folder_and_run(given: Path) -> tuple[Path, str | None]:
    """Return the folder of all runs, and the run to open where `given` is a run itself."""
    given = given.expanduser()
    try:
        if (given / RUN_FILE).is_file():
            return given.resolve().parent, given.resolve().name
        if not given.exists():
            given.mkdir(parents=True)
            print(f"{given} did not exist and was made; runs appear here.", flush=True)
        next(given.iterdir(), None)
    except OSError as error:
        raise UserError(
            f"{given} cannot be read as a folder of runs ({error.strerror}); "
            "give a folder that you may read, or none for ./runs"
        ) from None
    return given.resolve(), None


if __name__ == "__main__":
    sys.exit(main())
