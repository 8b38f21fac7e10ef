"""Commands that the documents tell are commands that exist, with those options and those keys."""

import argparse
import importlib
import re
import shlex
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from dashboard.__main__ import export_parser, figures_parser, serve_parser
from spcl.commands import COMMANDS
from spcl.config import known_keys
from tests import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md"))]
STARTS = re.compile(r"(python -m|make|spcl|spcl-dashboard|pip install|eval) ")
TARGETS = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M)


INSTALLED = {"spcl": "spcl", "spcl-dashboard": "dashboard"}
"""What `pip install` gives for `python -m ...`."""


def commands_told(documents: Sequence[Path] = DOCUMENTS) -> list[str]:
    """Return every command in a code span or a code block, once."""
    told = []
    for document in documents:
        text = re.sub(r"\s+#.*", "", document.read_text(encoding="utf-8"))
        blocks = re.findall(r"^```\n(.*?)^```", text, flags=re.M | re.S)
        spans = re.findall(r"`([^`]+)`", re.sub(r"^```\n.*?^```", "", text, flags=re.M | re.S))
        for code in [*(line for block in blocks for line in block.splitlines()), *spans]:
            told += [part.strip() for part in re.split(r"&&|;", " ".join(code.split()))]
    return [line for line in dict.fromkeys(told) if STARTS.match(line)]


@pytest.mark.parametrize("line", commands_told())
def test_a_command_that_is_told_exists(line):
    words = words_of(line)
    if words[:2] == ["pip", "install"]:
        extras = re.findall(r"\w+", words[2].partition("[")[2])
        assert set(extras) <= set(PROJECT["optional-dependencies"])
    elif words[0] == "make":
        assert [word for word in words[1:] if "=" not in word and word not in TARGETS] == []
    elif words[2] == "spcl":
        if words[3] not in ("COMMAND", "--help"):
            check(parsed(words[3], words[4:]))
    elif words[2] == "dashboard":
        if words[3:4] == ["export"]:
            export_parser().parse_args(words[4:])
        elif words[3:4] == ["figures"]:
            figures_parser().parse_args(words[4:])
        else:
            serve_parser().parse_args(words[3:])
    else:
        assert (ROOT / f"{words[2].replace('.', '/')}.py").is_file()


def words_of(line: str) -> list[str]:
    """Return the words of a line, as without an installation."""
    within = re.fullmatch(r'eval "\$\((.+)\)"', line)
    words = [
        word for word in shlex.split(within[1] if within else line) if word not in ("...", "…")
    ]
    if words[0] in INSTALLED:
        words[:1] = ["python", "-m", INSTALLED[words[0]]]
    return words


def parsed(name: str, words: list[str]) -> argparse.Namespace:
    return parser_of(name).parse_intermixed_args(words)


def parser_of(name: str) -> argparse.ArgumentParser:
    """Return the parser of a command, as `spcl.commands` makes it."""
    parser = argparse.ArgumentParser(prog=name, exit_on_error=False)
    importlib.import_module(f"spcl.commands.{name.replace('-', '_')}").add_arguments(parser)
    return parser


def check(arguments: argparse.Namespace) -> None:
    """Files in small letters exist, and so do keys."""
    words = [word for value in vars(arguments).values() for word in listed(value)]
    files = [word for word in words if word.startswith("configs/") and word == word.lower()]
    assert [file for file in files if not (ROOT / file).is_file()] == []
    keys = [word.split("=")[0] for word in words if re.match(r"[a-z_.]+=", word)]
    assert [key for key in keys if key not in known_keys()] == []


def listed(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def test_enough_commands_are_found_in_the_documents():
    assert len(commands_told()) > 15


def test_the_readme_names_every_command():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if not re.search(rf"`{name}`|spcl {name}\b", text)] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_argument_of_a_command_says_what_it_is(name):
    silent = [action.dest for action in parser_of(name)._actions if not action.help]
    assert silent == []


@pytest.mark.parametrize("parser", [serve_parser(), export_parser(), figures_parser()])
def test_every_argument_of_the_dashboard_says_what_it_is(parser):
    assert [action.dest for action in parser._actions if not action.help] == []
