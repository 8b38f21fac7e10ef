"""What every page shares: a run's notes above the headline, and which step a page shows."""

import json
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.data import runs_folder
from dashboard.views.common import plain
from spcl.store.derived.reader import DerivedReader
from spcl.store.reader import Run
from tests.support.synthetic_run import set_recorded

MEASURED = ("map", "separability", "prototypes", "classes.page", "classes.pixels")
NOTE = "Selected with target labels: the result is step 40, of best mIoU."


@pytest.fixture
def path(tmp_path: Path, analyzed_run: Path) -> Path:
    """Return a copy of an analysed run in a folder that is looked at."""
    runs_folder.use(tmp_path)
    return Path(shutil.copytree(analyzed_run, tmp_path / analyzed_run.name))


def opened(view: str, **query: str) -> AppTest:
    page = f"""
import importlib
from dashboard.data.opened_run import open_run
from dashboard.data.selection import selection
page = importlib.import_module("dashboard.views.{view}")
page.render(open_run(selection()))
"""
    app = AppTest.from_string(page, default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception, app.exception
    return app


def kicker(app: AppTest) -> str:
    return str(app.caption[0].value).replace("\\", "").replace("\u00a0", " ")


@pytest.mark.slow
@pytest.mark.parametrize("view", [*MEASURED, "live", "masks", "story"])
def test_a_note_of_the_run_stands_above_the_headline(path: Path, view: str) -> None:
    for notes in ([], [NOTE]):
        set_recorded(path, notes=notes)
        first = [
            str(found.value).replace("\\", "").replace("\u00a0", " ")
            for found in opened(view).caption[:1]
        ]
        assert any(NOTE in caption for caption in first) is bool(notes)


@pytest.mark.slow
@pytest.mark.parametrize("view", MEASURED)
def test_who_follows_sees_the_latest_measured_step_and_who_asks_for_one_that_one(
    path: Path, view: str
) -> None:
    measures = DerivedReader(Run(path)).measures().path
    rows = [line for line in measures.read_text().splitlines() if json.loads(line)["step"] <= 30]
    measures.write_text("\n".join(rows) + "\n")
    assert kicker(opened(view)).endswith("step 30")
    assert kicker(opened(view, step="40")).endswith("step 40")
    assert kicker(opened(view, step="10")).endswith("step 10")
    measures.write_text("")
    assert kicker(opened(view)).endswith("step 40")  # nothing is measured yet


def test_an_address_in_a_text_from_a_file_is_no_link() -> None:
    for text in ("[here](http://a.b/c)", "HTTPS://a.b", "see www.a.b"):
        shown = plain(text)
        assert "http:" not in shown.lower().replace("\\", "")
        assert "https:" not in shown.lower().replace("\\", "")
        assert "www." not in shown.replace("\\", "")
        assert shown.replace("\u2060", "").replace("\\", "") == text


def test_no_line_of_a_page_ends_between_a_number_and_its_percent_sign() -> None:
    assert plain("43.2 % of 5 % are % here") == "43\\.2\u00a0% of 5\u00a0% are % here"
