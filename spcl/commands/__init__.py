"""The command line: one file per command, imported only when that command runs."""

import argparse
import contextlib
import importlib
import sys
import tempfile
import traceback
from collections.abc import Sequence
from typing import NoReturn

from spcl.commands.line.day import COMMANDS, help_text, program
from spcl.commands.line.missing import missing_library
from spcl.errors import UserError, is_mendable, sentence, suggestion
from spcl.training.processes.interrupt import Stopped

__all__ = ["COMMANDS", "main"]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message}; see {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _dispatch(words)
    except BrokenPipeError:
        return 0
    except Exception as error:
        return _report(error)
    except KeyboardInterrupt as error:
        _say(*getattr(error, "__notes__", ()))
        return error.exit_code if isinstance(error, Stopped) else 130


def _report(error: Exception) -> int:
    """Say in one sentence what went wrong; return 2 for what a user can mend, 1 for a fault."""
    notes = getattr(error, "__notes__", [])
    if is_mendable(error):
        _say(sentence(error), *notes)
        return 2
    if not notes:  # no run has kept the details
        with tempfile.NamedTemporaryFile("w", prefix="spcl-", suffix=".txt", delete=False) as file:
            traceback.print_exception(error, file=file)
        notes = [f"the details are in {file.name}"]
    _say(f"this is a fault of the program ({sentence(error)})", *notes)
    return 1


def _say(*parts: str) -> None:
    """Print parts of one sentence; a terminal that has closed is no reason to fail."""
    with contextlib.suppress(OSError):
        if parts:
            print("; ".join(parts), file=sys.stderr)


def _dispatch(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help"):
        print(help_text())
        return 0 if words else 2
    name = words[0]
    if name not in COMMANDS:
        allowed = ", ".join(COMMANDS)
        hint = suggestion(name, COMMANDS) or f"; use one of {allowed}"
        raise UserError(f'"{name}" is not a command{hint}')
    try:
        command = importlib.import_module(f"spcl.commands.{name.replace('-', '_')}")
        parser = _Parser(prog=f"{program()} {name}", description=command.__doc__)
        command.add_arguments(parser)
        code: int = command.run(parser.parse_intermixed_args(words[1:]))
    except ModuleNotFoundError as error:
        missing = missing_library(error, f"{program()} {name}")
        if missing is None:
            raise
        raise UserError(missing) from None
    return code
