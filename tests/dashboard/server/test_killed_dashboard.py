from pathlib import Path
from typing import Any

import pytest

from benchmarks.stress.dashboard_kills import killed


@pytest.mark.long
def test_a_killed_dashboard_starts_again_and_leaves_no_analysis_behind(
    tmp_path: Path, chromium: Any
) -> None:
    counts = killed(tmp_path, chromium, port=8740, count=1, seed=1)
    assert [name for name in counts if name.startswith("WRONG")] == []
    assert counts["a page answered again"] == 3
    assert counts["everything was derived"] == 1
