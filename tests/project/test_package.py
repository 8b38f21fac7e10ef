"""pyproject.toml and the pins agree: each pin lies in its range, and nothing is without a pin."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement

from spcl.commands.line.configs import CONFIGS
from spcl.commands.line.missing import EXTRAS
from tests import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = {
    name: version
    for file in ("requirements.txt", "requirements-hooks.txt")
    for name, version in re.findall(r"^([\w.-]+)==(\S+)", (ROOT / file).read_text(), flags=re.M)
}
TESTED_AS = {"mmengine": "mmengine-lite"}
"""The same code, without the OpenCV that it wants to install."""
IMPORTED_AS = {"sklearn": "scikit-learn", "umap": "umap-learn"}


def requirements():
    listed = [*PROJECT["dependencies"], *sum(PROJECT["optional-dependencies"].values(), [])]
    return [one for one in map(Requirement, listed) if one.name != "spcl"]


@pytest.mark.parametrize("wanted", requirements(), ids=str)
def test_what_the_tests_run_with_lies_in_the_range_that_is_promised(wanted):
    pin = PINS[TESTED_AS.get(wanted.name, wanted.name)]
    assert pin in wanted.specifier
    assert "99999" not in wanted.specifier, "a range has an end"


def test_every_extra_that_an_error_names_brings_the_library():
    for library, extra in EXTRAS.items():
        listed = PROJECT["optional-dependencies"][extra]
        name = IMPORTED_AS.get(library, library).replace("_", "-")
        assert name in [Requirement(one).name for one in listed], library


def test_extras_that_include_others_name_ones_that_exist():
    extras = PROJECT["optional-dependencies"]
    included = [
        word
        for listed in extras.values()
        for one in map(Requirement, listed)
        if one.name == "spcl"
        for word in one.extras
    ]
    assert included
    assert set(included) <= set(extras)


def test_the_demo_and_the_captions_find_their_files_in_a_checkout():
    from dashboard.text.captions import PAGE

    assert PAGE == ROOT / "docs" / "measures.md"
    assert sorted(CONFIGS.glob("*.toml")) == sorted((ROOT / "configs").glob("*.toml"))
