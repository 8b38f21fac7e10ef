from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.data import runs_folder
from dashboard.data.selection import parse
from tests import ROOT
from tests.support.synthetic_run import write_synthetic_run

APP = str(ROOT / "dashboard" / "app.py")
RUN = "20260101-000000-synthetic"


@pytest.fixture
def app(tmp_path: Path) -> AppTest:
    write_synthetic_run(tmp_path)
    runs_folder.use(tmp_path)
    return AppTest.from_file(APP, default_timeout=30)


def _follow(app: AppTest) -> Any:
    return next(toggle for toggle in app.toggle if toggle.label == "Follow latest")


def test_nothing_given_is_the_newest_run_followed_live() -> None:
    chosen = parse({}, ["b", "a"])
    assert (chosen.run_id, chosen.step, chosen.palette) == ("b", None, "dataset")
    assert (chosen.classes, chosen.image, chosen.live) == ((), None, True)
    assert (chosen.panel, chosen.present) == (1, False)


def test_what_a_link_says_is_taken_over() -> None:
    link = {"run": "a", "step": "20", "palette": "safe", "classes": "road,car", "live": "0"}
    chosen = parse(link, ["b", "a"])
    assert (chosen.run_id, chosen.step, chosen.palette) == ("a", 20, "safe")
    assert (chosen.classes, chosen.live) == (("road", "car"), False)


@pytest.mark.parametrize("step", ["-1", "1e3", "٣", "../..", "9" * 40, ""])
def test_a_malformed_step_follows_the_latest(step: str) -> None:
    assert parse({"step": step}, ["a"]).step is None


@pytest.mark.parametrize("panel", ["0", "6", "-1", "1.0", "٣", "", "x" * 99])
def test_a_panel_that_is_none_is_the_first(panel: str) -> None:
    assert parse({"panel": panel, "present": "yes"}, ["a"]).panel == 1
    assert not parse({"panel": panel, "present": "yes"}, ["a"]).present


def test_a_link_opens_the_story_at_its_panel_presented() -> None:
    chosen = parse({"panel": "4", "present": "1"}, ["a"])
    assert (chosen.panel, chosen.present) == (4, True)


def test_a_link_says_which_measure_and_what_the_map_shows() -> None:
    chosen = parse({"measure": "margin_p5", "color": "correct", "show": "target,trails"}, ["a"])
    assert (chosen.measure, chosen.color, chosen.show) == (
        "margin_p5", "correct", ("target", "trails")
    )  # fmt: skip
    assert parse({}, ["a"]).show is None
    assert parse({"show": ""}, ["a"]).show == ("",)


def test_an_unknown_run_falls_back_and_no_run_is_none() -> None:
    assert parse({"run": "../etc"}, ["a"]).run_id == "a"
    assert parse({"run": "a"}, []).run_id is None


def test_the_url_names_the_run_that_is_shown(app: AppTest) -> None:
    app.run()
    assert app.query_params["run"] in (RUN, [RUN])


def test_a_link_to_a_step_opens_that_step(app: AppTest) -> None:
    app.query_params["step"] = "30"
    app.run()
    assert any("measured at step 30" in found.value for found in app.markdown)


@pytest.mark.slow
def test_moving_the_step_switches_follow_latest_off(app: AppTest) -> None:
    app.run()
    app.select_slider[0].set_value(30).run()
    assert app.query_params["step"] in ("30", ["30"])
    assert _follow(app).value is False


@pytest.mark.slow
def test_follow_latest_forgets_the_step(app: AppTest) -> None:
    app.query_params["step"] = "10"
    app.run()
    _follow(app).set_value(True).run()
    assert "step" not in app.query_params
    assert app.select_slider[0].value == 40


@pytest.mark.slow
def test_the_palette_stands_in_the_url(app: AppTest) -> None:
    app.run()
    app.segmented_control(key="sidebar.palette").set_value("safe").run()
    assert app.query_params["palette"] in ("safe", ["safe"])


@pytest.mark.slow
def test_another_run_forgets_what_was_chosen_in_this_one(app: AppTest, tmp_path: Path) -> None:
    write_synthetic_run(tmp_path, run_id="20260102-000000-other")
    app.query_params["run"] = RUN
    asked = {"step": "10", "panel": "3", "present": "1"}
    for key, value in asked.items():
        app.query_params[key] = value
    app.run()
    app.selectbox(key="sidebar.run").set_value("20260102-000000-other").run()
    assert not set(asked) & set(app.query_params)
