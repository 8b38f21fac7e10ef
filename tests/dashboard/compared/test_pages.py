"""The Compare page: which run is better, where, what was set differently, and image by image."""

import json
import math
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.charts.compare import Curves, curves_figure, differences_figure
from dashboard.data import runs_folder
from dashboard.data.selection import parse
from dashboard.text.common import of_100
from dashboard.text.compared import settings as settings_words
from dashboard.text.compared import words
from spcl.analysis.worker import analyse
from spcl.store.compared.settings import Difference
from spcl.store.reader import Run
from tests.support.claims import broken
from tests.support.synthetic_run import write_synthetic_run

PAGE = """
from dashboard.data.opened_run import open_run
from dashboard.data.selection import selection
from dashboard.views import compare
compare.render(open_run(selection()))
"""


@pytest.fixture
def opened(folder: Path) -> Callable[..., AppTest]:
    runs_folder.use(folder)

    def run(*, runs: str = "", **query: str) -> AppTest:
        runs_folder.use(Path(runs) if runs else folder)
        app = AppTest.from_string(PAGE, default_timeout=60)
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
        assert not app.exception, app.exception
        return app

    return run


def text_of(app: AppTest) -> str:
    parts = [*app.title, *app.markdown, *app.caption, *app.subheader]
    return "\n".join(str(part.value) for part in parts).replace("\\", "").replace("\u00a0", " ")


@pytest.mark.slow
def test_one_run_against_another_is_answered_in_the_headline(
    opened: Callable[..., AppTest],
) -> None:
    app = opened(run="good-0", **{"with": "worse-0"})
    title = app.title[0].value.replace("\\", "").replace("\u00a0", " ")
    assert title.startswith("Shuffled <b>x</b> is ")
    assert "points worse than Synthetic day to dusk on dusk" in title
    assert "better on 0 of 12 images" in title
    text = text_of(app)
    assert "95 % interval over 12 images: −" in text
    assert "1 setting that can change what is learnt" in text
    table = app.dataframe[0].value
    assert table.values.tolist() == [["contrast.weight", "not recorded", "3.0", "yes"]], table
    assert "A does not record 1 of them" in text
    assert "default" not in " ".join(map(str, table.values.ravel())), "nobody recorded it"
    assert not broken(text)


@pytest.mark.slow
def test_seeds_of_one_setting_are_one_group(opened: Callable[..., AppTest]) -> None:
    app = opened(run="good-0", **{"with": "worse-0,good-1,worse-1"})
    text = text_of(app)
    assert "Over 2 seeds, from −" in text
    assert "they have the same sign" in text
    assert "step 40, 2 seeds" in text
    assert "first run against first run" in app.title[0].value
    assert "The bold line is the mean over the seeds" in text


def test_seeds_alone_are_held_against_each_other_and_called_chance(
    opened: Callable[..., AppTest],
) -> None:
    text = text_of(opened(run="good-0", **{"with": "good-1"}))
    assert "Synthetic day to dusk, seed 1" in text
    assert "Only the seed differs, so what tells them apart is chance." in text


def test_without_a_choice_the_newest_run_with_the_same_classes_is_compared(
    opened: Callable[..., AppTest],
) -> None:
    app = opened(run="good-0")
    assert app.multiselect[0].value == ["worse-1"], "runs are listed newest first, by name"
    offered = set(app.multiselect[0].options)
    assert len(offered) == 4
    assert not any("Cityscapes" in option or "zz" in option for option in offered)


@pytest.mark.slow
def test_another_step_of_the_other_run_can_be_chosen(opened: Callable[..., AppTest]) -> None:
    app = opened(run="good-0", **{"with": "worse-0", "with_step": "20"})
    assert "step 20" in text_of(app)
    app.select_slider[0].set_value(30).run()
    assert not app.exception
    assert "step 30" in text_of(app)
    assert app.query_params["with_step"] in ("30", ["30"])


@pytest.mark.long
@pytest.mark.slow
def test_classes_and_curves_can_be_compared_by_separability(
    opened: Callable[..., AppTest], folder: Path
) -> None:
    app = opened(run="good-0", measure="margin_mean", **{"with": "worse-0"})
    assert "No class has a value in both." in text_of(app)
    for name in ("good-0", "worse-0", "good-1", "worse-1"):
        analyse(Run(folder / name))
    text = text_of(opened(run="good-0", measure="margin_mean", **{"with": "worse-0"}))
    assert "the mean over the classes" in text
    assert re.search(r"\w+ is at 0\.\d{3} with A and 0\.\d{3} with B, 0\.000\.", text), text
    text = text_of(
        opened(run="good-0", measure="margin_mean", **{"with": "worse-0,good-1,worse-1"})
    )
    assert "the line is the range over 2 seeds" in text


def test_what_one_run_calls_what_the_other_calls_is_counted_over_said_images(
    opened: Callable[..., AppTest], folder: Path
) -> None:
    app = opened(run="good-0", **{"with": "worse-0"})
    text = text_of(app)
    counted = "Counted: every pixel of the 12 images of dusk that both runs observe"
    assert f"{counted}, which are the whole split. A and B call " in text
    first, other = (Run(folder / name).snapshot(40) for name in ("good-0", "worse-0"))
    keys = [one.key for one in Run(folder / "good-0").probe().images if one.domain == "target"]
    same = np.mean([(first.mask(key) == other.mask(key)).mean() for key in keys])
    assert f"A and B call {of_100(float(same))} % of them the same." in text
    choice = next(one for one in app.segmented_control if one.label == "Which of them")
    choice.set_value("second").run()
    assert not app.exception
    assert app.query_params["right"] in ("second", ["second"])
    assert "the labelled pixels that only B has right of the 12 images of dusk" in text_of(app)
    assert not broken(text_of(app))


@pytest.mark.slow
def test_a_map_of_both_runs_is_offered_or_refused_in_a_sentence(
    opened: Callable[..., AppTest], tmp_path: Path
) -> None:
    app = opened(run="good-0", **{"with": "worse-0"})
    text = text_of(app)
    assert "feature spaces of their own" in text
    assert "Not made yet for these two snapshots." in text
    ask = next(one for one in app.button if one.label == "Lay both runs out on one map")
    ask.click().run()
    assert not app.exception
    assert any("The analysis is being started" in str(one.proto) for one in app.get("progress"))
    for run_id, pixels in (("more", 20), ("less", 10)):
        write_synthetic_run(tmp_path, run_id=run_id, images=12, pixels_per_class=pixels)
    text = text_of(opened(run="more", runs=str(tmp_path), **{"with": "less"}))
    assert "less do not observe the same probe pixels" in text


def test_without_target_labels_nobody_is_called_better(opened: Callable[..., AppTest]) -> None:
    app = opened(run="good-0", **{"with": "unlabeled"})
    assert "Which of them" not in [one.label for one in app.segmented_control]
    assert app.title[0].value.startswith("Without target labels, nobody can say")
    assert "points better" not in text_of(app)


def test_alone_in_a_folder_a_run_has_nothing_to_compare_with(tmp_path: Path) -> None:
    write_synthetic_run(tmp_path)
    runs_folder.use(tmp_path)
    app = AppTest.from_string(PAGE, default_timeout=60)
    app.run()
    assert not app.exception
    assert app.title[0].value == "There is nothing to compare with yet"
    assert "python -m spcl adapt" in text_of(app)


def test_the_address_names_runs_that_exist_and_no_others() -> None:
    ids = ["a", "b", "c"]
    assert parse({"run": "a", "with": "c,b,x,a"}, ids).others == ("c", "b")
    assert parse({"run": "a", "with": "../b", "with_step": "x"}, ids).others == ()
    assert parse({"with_step": "99"}, ids).other_step == 99


def test_curves_of_seeds_have_a_mean_and_a_band_where_all_have_values() -> None:
    runs = [{0.0: 10.0, 10.0: 20.0}, {0.0: 20.0, 10.0: 40.0, 20.0: 50.0}]
    figure = curves_figure([Curves("A", [{0.0: 5.0}]), Curves("B", runs)], title="Step", dark=False)
    named = {trace.name: trace for trace in figure.data if trace.name}
    assert list(named["B"].x) == [0, 10]
    assert list(named["B"].y) == [15, 30]
    low, high = (trace for trace in figure.data if trace.line.width == 0)
    assert (list(low.y), list(high.y)) == ([10, 20], [20, 40])


def test_a_difference_that_may_be_chance_is_hollow_and_zero_is_on_the_axis() -> None:
    rows = [("Sky", 2.0, 1.0, 3.0), ("Car", 1.0, -0.5, 2.5), ("Bus", -3.0, math.nan, math.nan)]
    table = pd.DataFrame(rows, columns=["class", "change", "low", "high"])
    figure = differences_figure(table, unit="points", dark=False)
    dots = [trace.marker.color for trace in figure.data if trace.mode == "markers"]
    assert (dots[0] != "#FFFFFF", dots[1], dots[2] != "#FFFFFF") == (True, "#FFFFFF", True)
    assert sum(trace.mode == "lines" for trace in figure.data) == 2
    low, high = figure.layout.xaxis.range
    assert low < -3 < 0 < 3 < high
    alone = differences_figure(table[:1], unit="points", dark=False).layout.xaxis.range
    assert alone[0] < 0, "zero is always there"
    assert [note.text for note in figure.layout.annotations] == ["<b>+2.0</b>", "<b>+1.0</b>", "<b>−3.0</b>"]  # noqa: E501 # fmt: skip


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([], "Their settings are the same."),
        ([("seed", True)], "Only the seed differs, so what tells them apart is chance."),
        ([("record.every", False)],
         "They differ in what is recorded only; the training is the same."),
        ([("a.b", True), ("c.d", True)], "2 settings that can change what is learnt."),
        ([("a.b", True), ("threads", False)],
         "1 setting that can change what is learnt, and 1 that cannot."),
    ],
)  # fmt: skip
def test_the_settings_are_told_in_a_sentence(found: list[tuple[str, bool]], said: str) -> None:
    unknown = (None, None)
    settings = [Difference(key, ("1", "2"), changes, unknown) for key, changes in found]
    assert settings_words.settings_sentence(settings) == said


def test_a_setting_is_called_default_only_where_the_run_records_it() -> None:
    found = [
        Difference("a.b", ("1", "2", "2"), True, (True, False, None)),
        Difference("threads", ("1", None, "2"), False, (True, None, None)),
    ]
    table = settings_words.settings_table(found, ["A", "B", "C"])
    assert table.values.tolist() == [
        ["a.b", "1 (default)", "2", "2", "yes"],
        ["threads", "1 (default)", "not recorded", "2", "no"],
    ]
    assert settings_words.settings_notes(found, ["A", "B", "C"]) == (
        "B does not record 1 of them, so what held there is not known. Grey, and called default: "
        "as it was by default when the run began. C does not record which settings are defaults."
    )


def test_the_page_greys_defaults_and_says_which_run_does_not_know_them(
    folder: Path, tmp_path: Path
) -> None:
    for name in ("good-0", "worse-0"):
        shutil.copytree(folder / name, tmp_path / name)
    told = json.loads((tmp_path / "good-0" / "run.json").read_text())
    told["config"]["contrast"]["weight"] = 1.0
    told["not_default"] = ["seed"]
    (tmp_path / "good-0" / "run.json").write_text(json.dumps(told))
    runs_folder.use(tmp_path)
    app = AppTest.from_string(PAGE, default_timeout=60)
    app.query_params["run"] = "good-0"
    app.run()
    table = app.dataframe[0].value
    assert table.values.tolist() == [["contrast.weight", "1.0 (default)", "3.0", "yes"]]
    assert "B does not record which settings are defaults." in text_of(app)


def test_where_masks_differ_most_is_said_in_counts_or_shares() -> None:
    few, many = np.zeros((2, 3, 3), np.int64)
    few[0, 1], few[1, 0] = 5, 2
    many[0, 1], many[1, 2] = 60, 40
    names = ["Road", "Sky", "Car"]
    assert words.differ_most(few, names, "A", "B").startswith(
        "Where they differ, 5 of 7 pixels are"
    )
    assert "60 % of the pixels are road with A and sky with B" in words.differ_most(
        many, names, "A", "B"
    )
    assert (
        words.differ_most(np.eye(3, dtype=int), names, "A", "B")
        == "A and B agree on all its pixels."
    )


@pytest.mark.slow
def test_a_damaged_run_among_the_chosen_takes_no_other_down(
    opened: Callable[..., AppTest], folder: Path, tmp_path: Path
) -> None:
    for name in ("good-0", "worse-0", "worse-1"):
        shutil.copytree(folder / name, tmp_path / name)
    runs_folder.use(tmp_path)
    (tmp_path / "worse-0" / "snapshots" / "step_0000040" / "scores.json").write_text("{")
    app = AppTest.from_string(PAGE, default_timeout=60)
    app.query_params["run"], app.query_params["with"] = "good-0", "worse-0,worse-1"
    app.run()
    assert not app.exception, app.exception
    assert "worse-0" in app.warning[0].value.replace("\\", "").replace("\u00a0", " ")
    assert "points worse than" in app.title[0].value
