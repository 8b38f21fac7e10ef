"""Two dashboards on one folder of runs: a run is analysed once, and both show its results."""

import json
import time
from pathlib import Path

import pytest

from dashboard.data import runs_folder
from dashboard.server.analysis_processes import AnalysisProcesses, is_complete
from spcl.store.derived.reader import DerivedReader
from spcl.store.reader import Run
from tests.support.synthetic_run import write_synthetic_run


@pytest.mark.long
def test_a_run_is_analysed_once_and_both_see_the_results(tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path)
    runs_folder.use(tmp_path)
    runs_folder.look_at(path, None)
    both = AnalysisProcesses(), AnalysisProcesses()
    try:
        for one in both:
            one.start_missing()
        assert [len(one.processes()) for one in both] == [1, 1]
        deadline = time.monotonic() + 120
        while not is_complete(path) and time.monotonic() < deadline:
            time.sleep(0.2)
        for one in both:
            one.processes()[0].wait(timeout=60)
            one.start_missing()
            assert len(one.processes()) == 1, "nothing is left to derive"
        assert [one.processes()[0].returncode for one in both] == [0, 0]
        assert runs_folder.trouble(path) is None
    finally:
        for one in both:
            one.stop()
    rows = DerivedReader(Run(path)).measures().read()
    keys = [json.dumps({**row, "value": 0}, sort_keys=True) for row in rows]
    assert len(keys) == len(set(keys)) > 0
