"""Rules of the suite: what may be skipped where, and where the photographs are."""

import os
from collections import Counter
from pathlib import Path

import pytest
from _pytest.nodeid import coerce_node_id

from tests import ROOT

IS_CI = os.environ.get("CI", "").lower() in ("1", "true")
MUST_RUN_IN_CI = ("browser", "photographs")
SECONDS = {"long": 30.0, "slow": 5.0, "browser": 5.0}
"""What a test of a kind may take, to begin with the longest."""


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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep the tests of a file in one process, so that what a file shares is made once."""
    from xdist.scheduler import LoadGroupScheduling

    class ByFile(LoadGroupScheduling):
        def _split_scope(self, nodeid):
            return super()._split_scope(nodeid).partition("::")[0]

    return ByFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Begin with what takes longest, so that no core is idle while another ends it.

    Those are the groups with a name, which share a whole training or an exported file. Have xdist
    see them, too: it writes them where this pytest no longer looks.
    """
    if not hasattr(config, "workerinput"):
        return
    seconds: Counter[str] = Counter()
    for item in items:
        is_named = item.get_closest_marker("xdist_group") is not None
        own = max((took for kind, took in SECONDS.items() if kind in item.keywords), default=0.1)
        seconds[group_of(item)] += 60 if is_named else own
    items.sort(key=lambda item: -seconds[group_of(item)])
    for item in items:
        if item.get_closest_marker("xdist_group"):
            item._id = coerce_node_id(f"{item.nodeid}@{group_of(item)}")


def group_of(item):
    """Return the name of the tests that share a process with this one."""
    group = item.get_closest_marker("xdist_group")
    return group.args[0] if group is not None else item.nodeid.partition("::")[0]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn a skip of what must run in CI into a failure there."""
    outcome = yield
    report = outcome.get_result()
    if IS_CI and report.skipped and any(item.get_closest_marker(m) for m in MUST_RUN_IN_CI):
        reason = call.excinfo.value if call.excinfo else "skipped"
        report.outcome = "failed"
        report.longrepr = f"in CI this may not be skipped: {reason}"
