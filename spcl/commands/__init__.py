"""The command line: one file per command, imported only when that command runs."""

import argparse
import contextlib
import importlib
import sys
import tempfile
import traceback
from collections.abc import Sequence
from typing import NoReturn

from spcl.errors import UserError, is_mendable, sentence, suggestion
from spcl.training.interrupt import Stopped

COMMANDS = {
    "demo": "adapt on the embedded pair while the dashboard shows it",
    "check": "audit a folder pair before training",
    "adapt": "adapt a model to the target and record the run",
    "evaluate": "print the scores of a run",
    "analyse": "compute maps, separability and drift of a run",
    "compare": "say which of some runs is better, and where",
    "ablate": "run the arms of a comparison and print one table",
    "record": "make a run of masks that another training has left in folders",
    "import-scalars": "take the scalars of a TensorBoard log into a run",
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
        print("usage: python -m spcl COMMAND ...\n")
        print("\n".join(f"  {name:14} {text}" for name, text in COMMANDS.items()))
        return 0 if words else 2
    name = words[0]
    if name not in COMMANDS:
        allowed = ", ".join(COMMANDS)
        hint = suggestion(name, COMMANDS) or f"; use one of {allowed}"
        raise UserError(f'"{name}" is not a command{hint}')
    command = importlib.import_module(f"spcl.commands.{name.replace('-', '_')}")
    parser = _Parser(prog=f"python -m spcl {name}", description=command.__doc__)
    command.add_arguments(parser)
    code: int = command.run(parser.parse_intermixed_args(words[1:]))
    return code
