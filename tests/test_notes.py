"""What a run must say of itself is said on every page."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import place
from spcl.analysis.worker import analyse
from spcl.store.reader import Run
from tests.synthetic_run import set_recorded, write_synthetic_run

NOTE = "Selected with target labels: the result is step 40, of best mIoU."


@pytest.mark.parametrize("view", ["live", "map", "separability", "prototypes", "masks"])
def test_a_note_of_the_run_stands_above_the_headline(tmp_path: Path, view: str) -> None:
    path = write_synthetic_run(tmp_path)
    analyse(Run(path))
    place.use(tmp_path)
    page = f"from dashboard.views import {view}; {view}.render()"
    for notes in ([], [NOTE]):
        set_recorded(path, notes=notes)
        app = AppTest.from_string(page, default_timeout=60).run()
        assert not app.exception, app.exception
        first = str(app.caption[0].value).replace("\\", "")
        assert (NOTE in first) is bool(notes)
