"""No file of the project names a folder of the machine it was written on."""

import fnmatch
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import ROOT

# Absolute paths into a home or a scratch folder; an address such as host.org/home/ is none.
OF_A_MACHINE = re.compile(r"(?<![\w.~-])/(?:root|work|tmp|home|mnt|scratch|Users)/")


@pytest.mark.slow
def test_no_file_names_a_folder_of_one_machine():
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in text_files()
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if OF_A_MACHINE.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("folder", ["root", "work", "tmp", "home", "Users"])
@pytest.mark.parametrize("line", ['open("{}/a")', "see {}/run for it", "DATA={}/pair", "({}/x)"])
def test_a_planted_folder_is_found(folder, line):
    assert OF_A_MACHINE.search(line.format(f"/{folder}"))


@pytest.mark.parametrize("line", ["https://host.org/home/x", "~/work/x", "data/work/x", "./tmp/x"])
def test_other_paths_are_none_of_one_machine(line):
    assert not OF_A_MACHINE.search(line)


def test_every_kind_of_file_is_read():
    names = {str(file.relative_to(ROOT)) for file in text_files()}
    expected = {
        ".ci/run",
        "Makefile",
        "pyproject.toml",
        "README.md",
        "docs/results.md",
        "dashboard/.streamlit/config.toml",
        "dashboard/components/loader.py",
        "dashboard/components/shared/dom.js",
        "tests/ci_rules.py",
        "tests/project/test_no_machine.py",
    }
    assert expected - names == set()


def text_files() -> Iterator[Path]:
    """Yield what git would keep, told apart by .gitignore alone: a copy without git has it, too."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    ignored = [".git/", *(line for line in lines if not line.startswith("!"))]

    def is_kept(path: Path) -> bool:
        return not any(is_ignored(path, pattern) for pattern in ignored)

    for folder, folders, files in os.walk(ROOT):
        here = Path(folder)
        folders[:] = [name for name in folders if is_kept(here / name)]
        for name in files:
            if is_kept(here / name) and not is_binary(here / name):
                yield here / name


def is_ignored(path: Path, pattern: str) -> bool:
    """Return whether a line of .gitignore speaks of a path: with a slash inside, of the whole."""
    is_anchored = "/" in pattern.rstrip("/")
    name = str(path.relative_to(ROOT)) if is_anchored else path.name
    return fnmatch.fnmatch(name, pattern.strip("/"))


def is_binary(file: Path) -> bool:
    return b"\0" in file.read_bytes()[:8192]
