"""A run that is moved or removed while a page shows it: the page says so, others are shown."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.data import runs_folder

pytestmark = pytest.mark.slow
SCRIPT = """
from dashboard import sidebar
from dashboard.data.opened_run import open_run
from dashboard.data.selection import arrive, selection
from dashboard.views import live
from dashboard.views.common import problem
from spcl.store.errors import StoreError
arrive()
opened = None
try:
    opened = open_run(selection())
    sidebar.draw(opened)
    live.render(opened)
except StoreError as error:
    sidebar.draw(None)
    problem("Live", str(error))
"""


def _texts(app: AppTest) -> str:
    kinds = (app.title, app.caption, app.markdown, app.metric, app.warning, app.error, app.info)
    return " ".join(f"{one.value}" for kind in kinds for one in kind)


@pytest.mark.parametrize("removed", [False, True])
def test_a_run_that_goes_away_is_said_and_another_is_shown(
    tmp_path: Path, analyzed_run: Path, removed: bool
) -> None:
    gone = Path(shutil.copytree(analyzed_run, tmp_path / "runs" / "b-gone"))
    shutil.copytree(analyzed_run, tmp_path / "runs" / "a-stays")
    runs_folder.use(tmp_path / "runs")
    app = AppTest.from_string(SCRIPT, default_timeout=30)
    app.query_params["run"] = "b-gone"
    app.run()
    assert not app.exception
    shutil.rmtree(gone) if removed else gone.rename(tmp_path / "b-gone")
    app.run()
    assert not app.exception
    said = _texts(app).replace("\\", "").replace("\u00a0", " ")
    assert "This run cannot be shown" in said
    assert f"{gone} is missing: it was moved or removed" in said
    app.query_params["run"] = "a-stays"
    app.run()
    assert not app.exception
    assert "Dusk is up" in _texts(app)
    assert "cannot be shown" not in _texts(app)
