"""The Runs page: trainings side by side, the list, and what is done with the runs picked."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.charts.runs import Curves, common_range, small_multiple
from dashboard.data import recorded, runs_folder
from dashboard.data.runs.notes import notes_of
from dashboard.data.runs.table import matching, run_rows
from dashboard.text.runs import listed as words
from spcl.store.edits.notes import RunNotes
from spcl.store.edits.writer import BIN_FOLDER, write_run_notes
from spcl.store.reader import Run, list_runs
from spcl.store.schema import SCORED_FILE
from tests.conftest import Served, Watched
from tests.support.synthetic_run import SyntheticRun, set_recorded, write_synthetic_run

PAGE = """
from dashboard.views import runs
runs.render()
"""
PICKED = """
import streamlit as st
from dashboard.data.runs.table import run_rows
from dashboard.data import recorded, runs_folder
from dashboard.views.parts.runs_actions import actions, last_binned
rows = run_rows(recorded.run_list(str(runs_folder.runs_dir())))
last_binned()
actions([row for row in rows if row.summary.id in st.session_state["picked"]],
        open_run=lambda run_id: st.text(f"opened {run_id}"))
"""
SECONDS = 1000


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return two finished runs, a training that goes on, and a folder that is damaged."""
    for seed in (0, 1):
        write_synthetic_run(tmp_path, run_id=f"2026-{seed}", seed=seed, target_worsens=bool(seed))
    training = SyntheticRun(tmp_path, run_id="2025-training")
    training.write_probe()
    training.write_metrics(24)
    for step in (0, 10, 20):
        training.write_snapshot(step)
    shutil.copytree(tmp_path / "2026-0", tmp_path / "2024-damaged")
    (tmp_path / "2024-damaged" / "run.json").write_text("{")
    runs_folder.use(tmp_path)
    recorded.run_list.clear()
    yield tmp_path
    assert training.path.is_dir(), "a training is one as long as its writer lives"


def page(script: str = PAGE, **state: Any) -> AppTest:
    app = AppTest.from_string(script, default_timeout=60)
    for key, value in state.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception, app.exception
    return app


def text_of(app: AppTest) -> str:
    parts = [*app.title, *app.markdown, *app.caption, *app.subheader, *app.error]
    return "\n".join(str(part.value) for part in parts).replace("\\", "").replace("\u00a0", " ")


def test_trainings_stand_above_the_runs_that_have_ended(folder: Path) -> None:
    app = page()
    assert app.title[0].value == "1 training is running; 3 runs have ended"
    table = app.dataframe[0].value
    assert table["Id"].tolist() == ["2025-training", "2026-1", "2026-0", "2024-damaged"]
    assert table["Status"].tolist() == ["Training", "Finished", "Finished", "Cannot be read"]
    assert "Adaptation, step 20 of 40" in text_of(app)


def test_a_row_shows_the_score_that_was_recorded(folder: Path) -> None:
    scores = Run(folder / "2026-1").snapshot(40).scores["target"]
    before = Run(folder / "2026-1").snapshot(20).scores["target"]
    app = page()
    row = app.dataframe[0].value.set_index("Id").loc["2026-1"]
    assert row["Target"] == round(100 * scores["mean_iou"], 1)
    assert row["Change"] == pytest.approx(
        round(100 * scores["mean_iou"], 1) - round(100 * before["mean_iou"], 1)
    )
    app.selectbox(key="runs.score").set_value("person").run()
    person = app.dataframe[0].value.set_index("Id").loc["2026-1", "Target"]
    assert person == round(100 * scores["per_class_iou"][3], 1)


def test_a_row_shows_the_last_score_of_whole_splits(folder: Path) -> None:
    """A snapshot may be scored on the observed images alone; its score is no score of the run."""
    run = Run(folder / "2026-1")
    for step, mean in ((20, 0.25), (30, 0.375)):
        row = {"step": step, "target": {"mean_iou": mean, "per_class_iou": [mean] * 5}}
        with (run.path / SCORED_FILE).open("a") as file:
            file.write(json.dumps(row) + "\n")
    shown = page().dataframe[0].value.set_index("Id").loc["2026-1"]
    assert (shown["Target"], shown["Change"]) == (37.5, 12.5)
    with (run.path / SCORED_FILE).open("a") as file:
        file.write(
            json.dumps({"step": 40, "target": {"mean_iou": 0.5, "per_class_iou": []}}) + "\n"
        )
    assert page().dataframe[0].value.set_index("Id").loc["2026-1", "Target"] == 50.0


@pytest.mark.slow
def test_words_and_tags_find_runs_and_archived_ones_wait_to_be_asked_for(folder: Path) -> None:
    write_run_notes(Run(folder / "2026-0"), RunNotes(("paper",), "Tuesday's best"))
    write_run_notes(Run(folder / "2026-1"), RunNotes(("paper", "old"), archived=True))
    app = page()
    ids = app.dataframe[0].value["Id"].tolist()
    assert "2026-1" not in ids and "3 of 4 runs" in text_of(app)
    app.toggle(key="runs.archived").set_value(True).run()
    assert app.dataframe[0].value["Id"].tolist()[-1] == "2026-1"
    app.multiselect(key="runs.tags").set_value(["paper"]).run()
    assert set(app.dataframe[0].value["Id"]) == {"2026-0", "2026-1"}
    app.text_input(key="runs.find").set_value("BEST tues").run()
    assert app.dataframe[0].value["Id"].tolist() == ["2026-0"]
    app.text_input(key="runs.find").set_value("nothing has this").run()
    assert not app.dataframe and "0 of 4 runs" in text_of(app)


def test_an_archived_run_is_not_the_one_that_opens_by_itself(folder: Path) -> None:
    newest = recorded.run_list(str(folder))[0].id
    write_run_notes(Run(folder / newest), RunNotes(archived=True))
    recorded.run_list.clear()
    ids = [one.id for one in recorded.run_list(str(folder))]
    assert ids[0] != newest and ids[-1] == newest


def test_scores_of_different_data_are_not_read_side_by_side(folder: Path) -> None:
    for number, name in enumerate(("2026-0", "2026-1")):
        set_recorded(folder / name, data={"names_and_sizes": f"{number}abcdefg"})
    rows = run_rows(list_runs(folder))
    assert {row.data for row in rows} == {"0abcde", "1abcde", ""}
    assert "compare scores only where Data is the same" in words.caption(rows)


def test_tags_and_a_note_are_kept(folder: Path) -> None:
    app = page(PICKED, picked=["2026-0"])
    tags, note = app.text_input
    tags.set_value("paper, best ,, paper")
    note.set_value("Shown on Tuesday")
    next(button for button in app.button if button.label == "Keep").click().run()
    assert not app.exception
    assert notes_of(Run(folder / "2026-0")) == RunNotes(("paper", "best"), "Shown on Tuesday")


def test_tags_of_several_runs_change_what_they_share_only(folder: Path) -> None:
    write_run_notes(Run(folder / "2026-0"), RunNotes(("both", "own"), "mine"))
    write_run_notes(Run(folder / "2026-1"), RunNotes(("both",)))
    app = page(PICKED, picked=["2026-0", "2026-1"])
    assert app.text_input[0].value == "both"
    app.text_input[0].set_value("new")
    next(button for button in app.button if button.label == "Keep").click().run()
    assert notes_of(Run(folder / "2026-0")) == RunNotes(("own", "new"), "mine")
    assert notes_of(Run(folder / "2026-1")) == RunNotes(("new",))


def test_archive_and_back(folder: Path) -> None:
    app = page(PICKED, picked=["2026-0"])
    app.button(key="runs.archive").click().run()
    assert notes_of(Run(folder / "2026-0")).archived
    assert app.button(key="runs.archive").label == "Back to the list"
    app.button(key="runs.archive").click().run()
    assert not notes_of(Run(folder / "2026-0")).archived


def test_the_bin_says_what_it_means_and_undo_brings_the_run_back(folder: Path) -> None:
    app = page(PICKED, picked=["2026-0"])
    assert f"to {folder / BIN_FOLDER}? Nothing is erased" in text_of(app)
    next(button for button in app.button if button.label == "Move").click().run()
    assert not (folder / "2026-0").exists() and (folder / BIN_FOLDER / "2026-0").is_dir()
    assert "1 run moved to" in text_of(app)
    app.button(key="runs.undo").click().run()
    assert (folder / "2026-0").is_dir() and "moved to" not in text_of(app)


def test_a_training_cannot_be_binned_and_nobody_else_may(folder: Path) -> None:
    app = page(PICKED, picked=["2025-training"])
    next(button for button in app.button if button.label == "Move").click().run()
    assert "Not moved: 2025-training is being written by its training" in text_of(app)
    assert (folder / "2025-training").is_dir()
    runs_folder.use(folder, may_bin=False)
    app = page(PICKED, picked=["2026-0"])
    assert not any(button.label == "Move" for button in app.button)


def test_what_cannot_be_written_is_said(folder: Path) -> None:
    (folder / "2026-0" / "derived").symlink_to(folder)
    app = page(PICKED, picked=["2026-0"])
    app.button(key="runs.archive").click().run()
    assert "Nothing was noted: " in text_of(app) and not app.exception


def test_words_match_anywhere(folder: Path) -> None:
    rows = run_rows(list_runs(folder))
    assert [row.summary.id for row in matching(rows, text="2026 finished", tags=())] == [
        "2026-1",
        "2026-0",
    ]


def test_curves_share_one_scale_and_hostile_titles_are_text() -> None:
    one = Curves((0, 10), (0.12, 0.38), (0.2, float("nan")), 10, 40)
    two = Curves((0,), (0.71,), (float("nan"),), None, 40)
    assert common_range([one, two]) == (pytest.approx(0.1), pytest.approx(0.8))
    assert common_range([]) == (0.0, 1.0)
    picture = small_multiple(one, (0.1, 0.8), label='<b>"x', dark=False)
    assert "&lt;b&gt;&quot;x" in picture and "polyline" in picture
    assert len(re.findall("polyline", picture)) == 2
    assert len(re.findall("polyline", small_multiple(two, (0, 1), label="", dark=True))) == 1


def test_a_damaged_run_has_its_row_and_a_note_can_be_written_to_none_that_is_gone(
    folder: Path,
) -> None:
    row = next(row for row in run_rows(list_runs(folder)) if row.summary.id == "2024-damaged")
    assert row.info is None and words.now_line(row) == ""
    table = words.runs_table([row], None)
    assert table["Status"].tolist() == ["Cannot be read"] and table["Target"].isna().all()


@pytest.mark.long
@pytest.mark.browser
def test_runs_are_picked_compared_and_opened_in_a_browser(
    serve: Callable[..., Served], open_browser: Callable[..., Watched], tmp_path: Path
) -> None:
    for seed in (0, 1):
        write_synthetic_run(tmp_path / "runs", run_id=f"run-{seed}", seed=seed)
    watched = open_browser(f"{serve(tmp_path / 'runs').url}/runs")
    page = watched.page
    page.get_by_role("heading", name="All runs").wait_for()
    box = page.get_by_test_id("stDataFrame").bounding_box()
    row_height = box["height"] / 3
    for row in (1, 2):
        page.mouse.click(box["x"] + 16, box["y"] + (row + 0.5) * row_height)
        name = "open" if row == 1 else "compare"
        page.locator(f".st-key-runs-{name} button").wait_for(timeout=10 * SECONDS)
    page.locator(".st-key-runs-compare button").click()
    page.get_by_text("Compare with").first.wait_for(timeout=20 * SECONDS)
    assert "run=run-1" in page.url and "with=run-0" in page.url
    assert watched.console == [] and watched.outside == []
    assert json.loads((tmp_path / "runs" / "run-0" / "run.json").read_text())["id"] == "run-0"
