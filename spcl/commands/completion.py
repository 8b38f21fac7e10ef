"""Print what makes a shell complete these commands.

For bash: eval "$(spcl completion bash)" in ~/.bashrc; for zsh the same with zsh, in ~/.zshrc after
compinit.
"""

import argparse
import importlib

from spcl.commands.line.day import COMMANDS
from spcl.commands.line.missing import missing_library

SHELLS = ("bash", "zsh")
_SCRIPT = """_spcl() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} words=
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="{commands}"
  else
    case "${{COMP_WORDS[1]}} $before" in
{choices}
    esac
    case "$word" in -*)
      case "${{COMP_WORDS[1]}}" in
{options}
      esac ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o default -F _spcl spcl
"""
"""Where there is no word of ours to offer, `-o default` offers files."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("shell", choices=SHELLS, help="the shell that is to complete")


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    if arguments.shell == "zsh":
        print("autoload -U +X bashcompinit && bashcompinit")
    print(script(), end="")
    return 0


def script() -> str:
    """Return the script for bash, made of the commands' own parsers."""
    options, choices = [], []
    for name, parser in _parsers().items():
        flags = [flag for action in parser._actions for flag in action.option_strings]
        options.append(f'        {name}) words="{" ".join(flags)}" ;;')
        for action in parser._actions:
            if action.choices:
                before = [f'"{name} {flag}"' for flag in action.option_strings or [name]]
                words = " ".join(map(str, action.choices))
                choices.append(f'      {"|".join(before)}) words="{words}" ;;')
    return _SCRIPT.format(
        commands=" ".join(COMMANDS), options="\n".join(options), choices="\n".join(choices)
    )


def _parsers() -> dict[str, argparse.ArgumentParser]:
    """Return a parser for each command; of one whose libraries are missing, the name is enough."""
    parsers = {}
    for name in COMMANDS:
        try:
            command = importlib.import_module(f"spcl.commands.{name.replace('-', '_')}")
        except ModuleNotFoundError as error:
            if missing_library(error, name) is None:
                raise
            continue
        parsers[name] = argparse.ArgumentParser(prog=name)
        command.add_arguments(parsers[name])
    return parsers
