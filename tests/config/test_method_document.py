"""`docs/method.md` against the code: functions, keys and the values of both presets."""

import pkgutil
import re

import pytest

from spcl.config import known_keys, make_config, plain
from tests import ROOT

TEXT = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")
SOURCES = re.compile(r"^(code|ours|abstract|after |Hoyer|share: |law of )")


def rows_of(heading):
    """Return the cells of the first table below a heading."""
    lines = TEXT.split(f"## {heading}")[1].split("\n## ")[0].splitlines()
    rows = [line for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def words(cell):
    return re.findall(r"`([^`]+)`", cell)


def resolved(name):
    """Return what a dotted name of the table stands for."""
    return pkgutil.resolve_name(name if name.startswith("spcl.") else f"spcl.method.{name}")


EQUATIONS = [*rows_of("Equations"), *rows_of("More parts to try")]


@pytest.mark.parametrize("row", EQUATIONS, ids=lambda row: row[0])
def test_an_equation_names_a_function_keys_and_a_source(row):
    _, equation, functions, keys, source = row
    assert equation
    assert all(callable(resolved(name)) for name in words(functions))
    assert words(functions)
    assert set(words(keys)) <= set(known_keys())
    assert SOURCES.match(source)


def value(preset, key):
    tree = plain(make_config({"preset": preset}))
    section, name = key.split(".")
    return tree[section][name]


@pytest.mark.parametrize("row", rows_of("Every difference is one switch"), ids=lambda row: row[0])
def test_a_switch_has_the_values_that_the_document_says(row):
    keys = words(row[1])
    for preset, cell in (("released", row[2]), ("spcl", row[3])):
        said = [entry.strip().strip("`").split(" ")[0] for entry in cell.split(",")]
        for key, text in zip(keys, said, strict=False):
            real = value(preset, key)
            if isinstance(real, int | float) and not isinstance(real, bool):
                assert float(text) == real, key
            else:
                assert text == str(real).replace("True", "true").replace("False", "false"), key


def test_every_difference_of_the_presets_has_a_row():
    """Sizes, rates and strengths of training are a choice and stand in the configuration."""
    rows = {key for row in rows_of("Every difference is one switch") for key in words(row[1])}
    training = {"data.jitter", "warmup.body_lr", "warmup.head_lr", "adapt.body_lr", "adapt.head_lr"}
    training |= {"optimizer.weight_decay", "optimizer.clip", "optimizer.ramp_steps"}
    differing = {
        key for key in known_keys() if "." in key and value("released", key) != value("spcl", key)
    }
    assert differing - training <= rows
    assert rows <= differing


def test_the_paper_is_quoted_for_nothing():
    assert "paper says" not in TEXT.lower()


@pytest.mark.parametrize("row", rows_of("More parts to try"), ids=lambda row: row[0])
def test_a_part_to_try_is_as_the_document_says_unless_it_is_set(row):
    """The default stands last within the brackets behind each key."""
    for key, told in re.findall(r"`([a-z_]+\.[a-z_]+)`[^(`]*\(([^)]*)\)", row[3]):
        said, real = told.split(";")[-1].split(",")[0].strip(), value("spcl", key)
        assert real == (float(said) if isinstance(real, int | float) else said), key
    assert len(re.findall(r"\(", row[3])) == len(words(row[3]))
