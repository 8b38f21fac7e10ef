"""docs/architecture.md says what is there: its tree, its rules, its walks and its words."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests import ROOT
from tests.project.test_architecture import CONTRACTS

TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md"))]
UNNAMED = {"__pycache__", "node_modules"}
PLACE = re.compile(r"`([\w/.]+\.py):([\w.]+)`")


def section(title: str) -> str:
    return TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_tree_names_every_folder_and_nothing_else():
    named = re.findall(r"^([\w./]+)  +\S", section("The tree"), flags=re.M)
    assert sorted(named) == sorted({*folders_and_entrances(), *top_folders()})


def folders_and_entrances() -> list[str]:
    """Return the folders of both packages, and the files that stand directly in a package."""
    found = []
    for package in ("spcl", "dashboard"):
        folder = ROOT / package
        found += [
            f"{path.relative_to(ROOT)}/"
            for path in (folder, *folder.rglob("*"))
            if path.is_dir() and not UNNAMED & set(path.relative_to(ROOT).parts)
        ]
        found += [f"{package}/{file.name}" for file in folder.glob("*.py")]
    return [name for name in found if not name.endswith("/__init__.py")]


def top_folders() -> list[str]:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    return [
        f"{path.name}/"
        for path in ROOT.iterdir()
        if path.is_dir() and path.name[0] != "." and path.name not in {*UNNAMED, "data"}
        if f"{path.name}/" not in ignored
    ]


@pytest.mark.parametrize("package", ["spcl", "dashboard"])
def test_the_order_told_is_the_order_checked(package):
    layers = CONTRACTS[f"{package}-order"]["layers"]
    assert " < ".join(f"`{layer}`" for layer in reversed(layers)) in section("Import rules")


def test_the_rules_told_are_the_rules_checked():
    told = re.findall(r"^\| ([A-Z][^|]+) \| ", section("Import rules"), flags=re.M)
    assert told == [contract["name"] for contract in CONTRACTS.values()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_every_function_that_a_document_places_is_there(document):
    places = PLACE.findall(document.read_text(encoding="utf-8"))
    assert [f"{file}:{name}" for file, name in places if name not in names_in(file)] == []


def test_the_three_walks_place_what_they_tell():
    assert len(PLACE.findall(section("Three walks"))) > 25


# results.md is a diary: what it names stood there at the commit that it names, too.
@pytest.mark.parametrize(
    "document", [d for d in DOCUMENTS if d.name != "results.md"], ids=lambda file: file.name
)
def test_every_file_that_a_document_names_is_there(document):
    pattern = r"`((?:spcl|dashboard|tests|benchmarks|examples|scripts|docs|configs)/[\w/.-]+)[`:]"
    named = re.findall(pattern, document.read_text(encoding="utf-8"))
    # A name of the future, as in a guide, is written in capitals.
    assert [name for name in named if not (ROOT / name).exists() and name.lower() == name] == []


def test_words_of_the_glossary_are_words_of_the_code():
    code = " ".join(
        file.read_text(encoding="utf-8")
        for package in ("spcl", "dashboard")
        for file in (ROOT / package).rglob("*.py")
    )
    words = re.findall(r"`(\w+)`", section("Glossary"))
    assert [word for word in words if not re.search(rf"\b{word}\b", code)] == []


@cache
def names_in(file: str) -> set[str]:
    """Return functions, classes and methods ("Class.method") of a file; none where it is absent."""
    path = Path(ROOT / file)
    if not path.is_file():
        return set()
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{d.name}" for d in node.body if isinstance(d, ast.FunctionDef)}
    return names
