"""The file that the tests of this folder open, made once."""

from pathlib import Path

import pytest

from dashboard.export.exported import Exported, export
from tests.support.exporting import opened_runs


@pytest.fixture(scope="session")
def made(analyzed_run: Path) -> Exported:
    """Return the exported story of the analysed run."""
    return export(opened_runs([analyzed_run]))


@pytest.fixture(scope="session")
def file(made: Exported, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return it as a file on a disk."""
    path = tmp_path_factory.mktemp("sent") / "story ü.html"
    path.write_bytes(made.content)
    return path
