"""The import rules of the project, read from every file; see docs/decisions.md and README.md."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT

STANDARD = set(sys.stdlib_module_names)
HEAVY = {"torch", "umap", "sklearn", "scipy", "streamlit", "plotly", "pandas"}

# Folder or file -> (what it may import besides the standard library and its own folder, only).
MAY_ONLY = {
    "spcl/store": {"numpy", "PIL"},
    "spcl/analysis": {"numpy", "pandas", "scipy", "sklearn", "umap", "spcl.store"},
    "spcl/method": {"torch", "spcl.label_space"},
}
MUST_NOT = {
    "spcl": {"streamlit", "plotly", "dashboard"},
    "dashboard": {"torch", "umap", "sklearn", "scipy", "spcl.analysis", "spcl.store.writer"},
    "dashboard/charts": {"streamlit"},
}
ONLY_WRITER = "spcl/recording/recorder.py"
ALSO_WRITES = {"spcl/launch.py": "resuming takes the run over", "spcl/store": "the store itself"}


def imports_of(file: Path) -> set[str]:
    """Return every module a file imports anywhere, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def violations(root: Path) -> list[str]:
    """Return "file imports module" for every forbidden import below `root`."""
    found = []
    for folder, allowed in MAY_ONLY.items():
        own = folder.replace("/", ".")
        for file in sorted((root / folder).rglob("*.py")):
            found += [
                f"{file.relative_to(root)} imports {module}"
                for module in sorted(imports_of(file))
                if module.split(".")[0] not in STANDARD
                and not any(is_within(module, package) for package in {own, *allowed})
            ]
    for folder, forbidden in MUST_NOT.items():
        for file in sorted((root / folder).rglob("*.py")):
            found += [
                f"{file.relative_to(root)} imports {module}"
                for module in sorted(imports_of(file))
                if any(is_within(module, package) for package in forbidden)
            ]
    return found


def test_no_file_imports_against_the_flow():
    assert violations(ROOT) == []


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("spcl/store/reader.py", "import pandas"),
        ("spcl/store/reader.py", "from spcl.config import Config"),
        ("spcl/analysis/drift.py", "def f():\n    import torch"),
        ("spcl/method/losses.py", "from spcl.recording.recorder import Recorder"),
        ("spcl/config/tree.py", "import streamlit"),
        ("dashboard/views/live.py", "from spcl.analysis import drift"),
        ("dashboard/data/recorded.py", "from spcl.store import writer"),
        ("dashboard/charts/live.py", "import streamlit as st"),
    ],
)
def test_a_planted_violation_is_found(tmp_path, file, line):
    planted = tmp_path / file
    planted.parent.mkdir(parents=True)
    planted.write_text(line)
    assert any(found.startswith(file) for found in violations(tmp_path))


def test_only_the_recorder_writes_runs():
    writers = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "spcl").rglob("*.py")
        if "spcl.store.writer" in imports_of(file)
    }
    outside = {name for name in writers if not name.startswith("spcl/store/")}
    assert outside - set(ALSO_WRITES) == {ONLY_WRITER}


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("spcl", {*HEAVY, "numpy"}),
        ("spcl.store.reader", HEAVY),
        ("spcl.commands", HEAVY),
        ("spcl.store.analysis_process", HEAVY | {"numpy"}),
        ("dashboard.data.recorded", {"torch", "umap", "sklearn", "scipy"}),
        ("dashboard.views.live", {"torch", "umap", "sklearn", "scipy"}),
        ("dashboard.views.map", {"torch", "umap", "sklearn", "scipy"}),
    ],
)
def test_importing_loads_nothing_heavy(module, forbidden):
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert forbidden & set(done.stdout.split()) == set()


def test_views_draw_and_charts_do_not_compute_on_disk():
    for file in (ROOT / "dashboard" / "charts").glob("*.py"):
        assert not any(is_within(module, "spcl.store.reader") for module in imports_of(file)), file


def test_no_file_names_a_path_of_one_machine():
    own = Path(__file__).resolve()
    for pattern in ("spcl/**/*.py", "dashboard/**/*.py", "docs/*.md", "configs/*.toml", "*.md"):
        for file in ROOT.glob(pattern):
            text = file.read_text(encoding="utf-8")
            assert "/root/" not in text, file
            assert "/work/" not in text or file == own, file
