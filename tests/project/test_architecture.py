"""The import rules of pyproject.toml hold, and each of them notices when somebody breaks it."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from importlinter import api
from importlinter.application import use_cases

from tests import ROOT

PACKAGES = ("spcl", "dashboard")
CONTRACTS = {
    contract["id"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
}
CACHING = {
    "dashboard/app.py",
    "dashboard/data/classes/errors.py",
    "dashboard/data/classes/images.py",
    "dashboard/data/crops.py",
    "dashboard/data/map/shown.py",
    "dashboard/data/masks/changes.py",
    "dashboard/data/recorded.py",
}
HEAVY = {"torch", "umap", "sklearn", "scipy", "streamlit", "plotly", "pandas"}

# One line planted at the end of a file -> what the contract then names.
PLANTED = [
    ("spcl-order", "spcl/store/reader.py", "from spcl.config import Config"),
    ("spcl-order", "spcl/label_space.py", "def f():\n    from spcl.data import loaders"),
    ("spcl-order", "spcl/config/tree.py", "import spcl.recording.recorder"),
    ("spcl-order", "spcl/training/losses.py", "from spcl.recording import recorder"),
    ("spcl-order", "spcl/recorder/probe.py", "from spcl.adapt import Adaptation"),
    ("spcl-order", "spcl/adapt.py", "from spcl import launch"),
    ("spcl-order", "spcl/launch.py", "from spcl.commands.line import progress"),
    ("spcl-order", "spcl/models/tiny.py", "from spcl.data.batches import transforms"),
    ("dashboard-order", "dashboard/colors.py", "from dashboard.data import lasso"),
    ("dashboard-order", "dashboard/data/pixels/shape.py", "from dashboard.text import captions"),
    ("dashboard-order", "dashboard/text/captions.py", "from dashboard.charts import common"),
    ("dashboard-order", "dashboard/charts/common.py", "from dashboard.components import loader"),
    ("dashboard-order", "dashboard/components/loader.py", "from dashboard.views import start"),
    ("dashboard-order", "dashboard/views/start.py", "from dashboard import sidebar"),
    ("dashboard-order", "dashboard/sidebar.py", "from dashboard import app"),
    ("dashboard-order", "dashboard/navigation.py", "from dashboard.server import routes"),
    ("no-circles", "spcl/method/grid/labels.py", "from spcl.method import pseudo_labels"),
    ("no-circles", "spcl/analysis/formulas/margins.py", "import spcl.analysis.events.judge"),
    ("no-circles", "dashboard/charts/common.py", "from dashboard.charts import timeline"),
    ("store-alone", "spcl/store/reader.py", "import pandas"),
    ("store-alone", "spcl/store/limits.py", "from spcl.errors import UserError"),
    ("five-lines-are-light", "spcl/recorder/given/arrays.py", "def f():\n    import torch"),
    ("five-lines-are-light", "spcl/recorder/given/plan.py", "from spcl.method.grid import labels"),
    ("analysis-reads-the-store", "spcl/analysis/lock.py", "def f():\n    import torch"),
    ("analysis-reads-the-store", "spcl/analysis/worker.py", "from spcl.config import Config"),
    ("method-is-pure", "spcl/method/losses.py", "from spcl.config import Config"),
    ("method-is-pure", "spcl/method/mixing.py", "import numpy"),
    ("spcl-draws-nothing", "spcl/config/tree.py", "import streamlit"),
    ("spcl-draws-nothing", "spcl/commands/demo.py", "from plotly import graph_objects"),
    ("spcl-draws-nothing", "spcl/commands/demo.py", "def f():\n    import dashboard.colors"),
    ("dashboard-knows-the-store-only", "dashboard/style.py", "from spcl.config import Config"),
    ("dashboard-knows-the-store-only", "dashboard/style.py", "import matplotlib"),
    ("dashboard-is-light", "dashboard/views/live.py", "from spcl.analysis import lock"),
    ("dashboard-is-light", "dashboard/data/recorded.py", "from spcl.store import writer"),
    ("one-writer", "spcl/adapt.py", "from spcl.store.writer import RunWriter"),
    ("one-writer", "spcl/recorder/probe.py", "from spcl.store import writer"),
    ("who-writes", "spcl/store/reader.py", "from spcl.store.formats import own_writes"),
    ("who-writes", "dashboard/data/story/edits.py", "import spcl.store.formats.own_writes"),
    ("one-edits-writer", "dashboard/views/story.py", "from spcl.store.edits import writer"),
    ("one-edits-writer", "spcl/adapt.py", "from spcl.store.edits.writer import write_story_edits"),
    ("one-derived-writer", "spcl/launch.py", "from spcl.store.derived import writer"),
    ("one-baselines-writer", "spcl/launch.py", "from spcl.store.baselines import writer"),
    ("who-calls-streamlit", "dashboard/charts/live.py", "import streamlit as st"),
    (
        "who-calls-streamlit",
        "dashboard/text/live/summary.py",
        "def f():\n    from streamlit import write",
    ),
    ("who-draws", "dashboard/text/live/summary.py", "from plotly import graph_objects"),
    ("charts-read-no-disk", "dashboard/charts/live.py", "from spcl.store.reader import Run"),
]
# Rules broken by a detour: no single line is wrong, and what the contract has to name comes first.
DETOURS = [
    ("dashboard-is-light", {"spcl/store/limits.py": "import scipy"}),
    ("dashboard-is-light", {"spcl/store/limits.py": "import spcl.store.derived.writer"}),
    ("dashboard-is-light", {"spcl/store/edits/story.py": "import spcl.store.baselines.writer"}),
    (
        "dashboard-is-light",
        {
            "spcl/store/limits.py": "from spcl.config import presets",
            "spcl/config/presets.py": "from spcl.analysis import lock",
        },
    ),
    ("spcl-draws-nothing", {"spcl/errors.py": "import dashboard.text.captions"}),
    (
        "no-circles",
        {
            "spcl/analysis/formulas/neighbors.py": "from spcl.analysis import lock",
            "spcl/analysis/lock.py": "from spcl.analysis.maps import projection",
        },
    ),
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    """A copy of the packages to break; every test puts back what it changed."""
    return copy_of_packages(tmp_path_factory.mktemp("tree"))


def copy_of_packages(folder: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    return folder


@pytest.fixture
def plant(tree) -> Iterator[Callable[[str, str], None]]:
    """`plant(file, line)` adds a line to a file of the copy until the test ends."""
    before: dict[Path, str] = {}

    def add(name: str, line: str) -> None:
        file = tree / name
        before[file] = file.read_text(encoding="utf-8")
        file.write_text(f"{before[file]}\n{line}\n", encoding="utf-8")

    yield add
    for file, text in before.items():
        file.write_text(text, encoding="utf-8")


@pytest.fixture
def broken(monkeypatch, tmp_path_factory) -> Callable[..., str]:
    """`broken(root, id)` is what a contract has against the packages in `root`; "" if nothing.

    Imports of files that did not change since the check before are remembered.
    """
    seen = str(tmp_path_factory.getbasetemp() / "imports")

    def check(root: Path, contract: str) -> str:
        for package in PACKAGES:
            monkeypatch.delitem(sys.modules, package, raising=False)
        monkeypatch.syspath_prepend(str(root))
        api.configuration.configure()
        use_cases._register_built_in_contract_types()
        options = use_cases.read_user_options(str(ROOT / "pyproject.toml"))
        report = use_cases.create_report(options, (contract,), cache_dir=seen)
        return "".join(
            str(check.metadata) for _, check in report.get_contracts_and_checks() if not check.kept
        )

    return check


@pytest.mark.slow
@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_packages_keep_their_contracts(broken, contract):
    assert broken(ROOT, contract) == ""


@pytest.mark.slow
@pytest.mark.parametrize(("contract", "file", "line"), PLANTED)
def test_a_planted_import_breaks_its_contract(tree, plant, broken, contract, file, line):
    plant(file, line)
    assert module_of(file) in broken(tree, contract)


@pytest.mark.slow
@pytest.mark.parametrize(("contract", "lines"), DETOURS)
def test_a_detour_breaks_the_contract_too(tree, plant, broken, contract, lines):
    for file, line in lines.items():
        plant(file, line)
    assert module_of(next(iter(lines))) in broken(tree, contract)


def test_every_contract_is_broken_by_some_planted_import():
    assert {contract for contract, *_ in PLANTED} == set(CONTRACTS)


def test_no_contract_ignores_an_import():
    assert [name for name, contract in CONTRACTS.items() if "ignore_imports" in contract] == []


def test_every_name_in_a_contract_stands_for_a_file():
    assert names_without_a_file(ROOT) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("spcl/analysis", "spcl/studies"),
        ("spcl/store/writer.py", "spcl/store/pen.py"),
        ("spcl/recording", "spcl/record"),
        ("dashboard/text", "dashboard/sentences"),
        ("dashboard/data/recorded.py", "dashboard/data/run.py"),
    ],
)
def test_a_renamed_folder_or_file_is_noticed(tmp_path, before, after):
    root = copy_of_packages(tmp_path)
    (root / before).rename(root / after)
    assert any(name.startswith(module_of(before)) for name in names_without_a_file(root))


@pytest.mark.parametrize("folder", ["spcl/plots", "dashboard/widgets"])
def test_a_new_room_has_to_be_given_its_place_in_the_order(tree, broken, folder):
    (tree / folder).mkdir()
    (tree / folder / "__init__.py").touch()
    found = broken(tree, f"{folder.split('/')[0]}-order")
    shutil.rmtree(tree / folder)
    assert folder.split("/")[1] in found


def module_of(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".")


def names_without_a_file(root: Path) -> list[str]:
    """Return every module that a contract or a list here names and that is not below `root`."""
    named = {name for contract in CONTRACTS.values() for name in modules_named(contract)}
    own = sorted(name for name in named if name.split(".")[0] in PACKAGES)
    missing = [name for name in own if not is_module(root, name)]
    missing += [name for name in sorted(named - set(own)) if find_spec(name) is None]
    return missing + sorted(module_of(file) for file in CACHING if not (root / file).is_file())


def modules_named(contract: dict) -> Iterator[str]:
    for key, values in contract.items():
        if key == "layers":
            container = contract["containers"][0]
            for layer in values:
                yield from (f"{container}.{name.strip()}" for name in layer.split("|"))
        elif key == "ancestors" or key.endswith(("_modules", "_importers")):
            yield from values


def is_module(root: Path, name: str) -> bool:
    path = root.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def caching_files(root: Path) -> set[str]:
    """Return the files that name Streamlit's caches, however they got hold of them."""
    return {
        str(file.relative_to(root))
        for package in PACKAGES
        for file in (root / package).rglob("*.py")
        if re.search(r"\bcache_(data|resource)\b", file.read_text(encoding="utf-8"))
    }


def test_only_these_modules_cache():
    assert caching_files(ROOT) == CACHING


@pytest.mark.parametrize(
    "line",
    [
        "import streamlit\n\n@streamlit.cache_data\ndef f(): ...",
        "from streamlit import cache_resource as kept",
    ],
)
def test_a_planted_cache_is_found(tree, plant, line):
    plant("dashboard/views/start.py", line)
    assert "dashboard/views/start.py" in caching_files(tree)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("spcl", {*HEAVY, "numpy"}),
        ("spcl.store.reader", HEAVY),
        ("spcl.commands", HEAVY),
        ("spcl.store.life.analysis_process", HEAVY | {"numpy"}),
        ("dashboard.views.live, dashboard.views.map", {"torch", "umap", "sklearn", "scipy"}),
    ],
)
def test_importing_loads_nothing_heavy(module, forbidden):
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert forbidden & set(done.stdout.split()) == set()
