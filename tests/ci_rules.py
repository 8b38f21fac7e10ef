"""Rules of the suite: what may be skipped where, and where the photographs are."""

import os
from pathlib import Path

import pytest

from tests import ROOT

IS_CI = os.environ.get("CI", "").lower() in ("1", "true")
MUST_RUN_IN_CI = ("browser", "photographs")


def photographs_folder() -> Path | None:
    """Return the CamVid pair, if it is there: SPCL_PHOTOGRAPHS, or beside the project."""
    named = os.environ.get("SPCL_PHOTOGRAPHS")
    folder = Path(named) if named else ROOT.parent / "shared" / "data" / "camvid-day-to-dusk"
    return folder if (folder / "classes.json").is_file() else None


@pytest.fixture(scope="session")
def photographs() -> Path:
    folder = photographs_folder()
    if folder is None:
        pytest.skip("the CamVid pair is not here; set SPCL_PHOTOGRAPHS to its folder")
    return folder


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn a skip of what must run in CI into a failure there."""
    outcome = yield
    report = outcome.get_result()
    if IS_CI and report.skipped and any(item.get_closest_marker(m) for m in MUST_RUN_IN_CI):
        reason = call.excinfo.value if call.excinfo else "skipped"
        report.outcome = "failed"
        report.longrepr = f"in CI this may not be skipped: {reason}"
