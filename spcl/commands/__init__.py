"""The command line: one file per command, imported only when that command runs."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import NoReturn

from spcl.errors import UserError, suggestion

COMMANDS = {
    "demo": "adapt on the embedded pair while the dashboard shows it",
    "check": "audit a folder pair before training",
    "adapt": "adapt a model to the target and record the run",
    "evaluate": "print the scores of a run",
    "analyse": "compute maps, separability and drift of a run",
    "ablate": "run the arms of a comparison and print one table",
    "validate": "read all that a run recorded and say what is damaged",
    "runs": "list the runs in a folder",
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message}; see {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _dispatch(words)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        return 130


def _dispatch(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help"):
        print("usage: python -m spcl COMMAND ...\n")
        print("\n".join(f"  {name:10} {text}" for name, text in COMMANDS.items()))
        return 0 if words else 2
    name = words[0]
    if name not in COMMANDS:
        allowed = ", ".join(COMMANDS)
        hint = suggestion(name, COMMANDS) or f"; use one of {allowed}"
        raise UserError(f'"{name}" is not a command{hint}')
    command = importlib.import_module(f"spcl.commands.{name}")
    parser = _Parser(prog=f"python -m spcl {name}", description=command.__doc__)
    command.add_arguments(parser)
    code: int = command.run(parser.parse_intermixed_args(words[1:]))
    return code
