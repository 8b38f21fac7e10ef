"""Rules of the suite: what may be skipped where, and where the photographs are."""

import os
from pathlib import Path

import pytest
from _pytest.nodeid import coerce_node_id

from tests import ROOT

IS_CI = os.environ.get("CI", "").lower() in ("1", "true")
MUST_RUN_IN_CI = ("browser", "photographs")


DEFAULT_PHOTOGRAPHS = ROOT / "data" / "camvid-day-to-dusk"


def photographs_folder() -> Path:
    """Return the folder of the CamVid pair, whether it is there or not."""
    return Path(os.environ.get("SPCL_PHOTOGRAPHS") or DEFAULT_PHOTOGRAPHS)


@pytest.fixture(scope="session")
def photographs() -> Path:
    """Return the folder of the CamVid pair; skip where it is absent."""
    folder = photographs_folder()
    if not (folder / "classes.json").is_file():
        pytest.skip(f"no CamVid pair in {folder}; make it there, or set SPCL_PHOTOGRAPHS")
    return folder


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Have xdist see the groups: it writes them where this pytest no longer looks."""
    if not hasattr(config, "workerinput"):
        return
    for item in items:
        group = item.get_closest_marker("xdist_group")
        if group is not None and "@" not in item.nodeid.rpartition("]")[2]:
            item._id = coerce_node_id(f"{item.nodeid}@{group.args[0]}")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn a skip of what must run in CI into a failure there."""
    outcome = yield
    report = outcome.get_result()
    if IS_CI and report.skipped and any(item.get_closest_marker(m) for m in MUST_RUN_IN_CI):
        reason = call.excinfo.value if call.excinfo else "skipped"
        report.outcome = "failed"
        report.longrepr = f"in CI this may not be skipped: {reason}"
