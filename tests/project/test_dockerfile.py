"""The Dockerfile, as far as it can be held without Docker; hadolint reads it where it is there."""

import json
import re
import shutil
import subprocess
import tomllib

import pytest

from dashboard.__main__ import serve_parser
from tests import ROOT
from tests.support.dockerfile import copied, instructions

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ALLOWED = {"ARG", "FROM", "RUN", "ENV", "WORKDIR", "COPY", "USER", "VOLUME", "EXPOSE", "CMD"}
HOST = re.compile(r"https?://|(?<![\w.-])[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?/")
"""An address, or what Docker takes for a registry: a name with a dot before the first slash."""


def rest_of(word):
    return [rest for one, rest in instructions() if one == word]


def test_every_line_is_an_instruction_and_the_base_is_an_argument():
    words = [one.word for one in instructions()]
    assert set(words) == ALLOWED
    assert words[:2] == ["ARG", "FROM"]
    assert rest_of("ARG")[0].startswith("BASE=python:3.11")
    assert rest_of("FROM") == ["${BASE}"]
    assert rest_of("USER") == ["1000"]


def test_what_is_copied_is_there_and_passes_the_ignore_file():
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert kept[0] == "*"
    assert [f"!{name}" for name in copied()] == [line for line in kept if line.startswith("!")]
    assert [name for name in copied() if not (ROOT / name).exists()] == []


def test_it_names_no_registry():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert HOST.search(text) is None
    for planted in ("FROM ghcr.io/a/b", "RUN pip install --index-url https://a.org/simple x"):
        assert HOST.search(planted)


@pytest.mark.parametrize("script", rest_of("RUN"))
def test_what_is_run_is_a_script(script):
    assert subprocess.run(["sh", "-n"], input=script, text=True).returncode == 0


def test_extras_and_command_are_those_of_the_package():
    (install,) = [script for script in rest_of("RUN") if script.startswith("pip install")]
    extras = re.search(r"\.\[([\w,]+)\]", install)[1].split(",")
    assert set(extras) <= set(PROJECT["optional-dependencies"])
    (command,) = map(json.loads, rest_of("CMD"))
    assert command[0] in PROJECT["scripts"]
    assert serve_parser().parse_args(command[1:]).address == "0.0.0.0"
    assert rest_of("EXPOSE") == [str(serve_parser().get_default("port"))]


@pytest.mark.skipif(shutil.which("hadolint") is None, reason="hadolint is not installed")
def test_hadolint_finds_nothing():
    done = subprocess.run(
        ["hadolint", str(ROOT / "Dockerfile")], capture_output=True, text=True, cwd=ROOT
    )
    assert (done.returncode, done.stdout) == (0, "")
